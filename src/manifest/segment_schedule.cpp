#include "manifest/segment_schedule.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace penstock::manifest {

namespace {

constexpr std::string_view full = "DAILY_FULL_EXPORT";
constexpr std::string_view incremental = "FIRST_FULL_THEN_INCREMENTAL";
constexpr std::string_view scheduled = "SCHEDULED";
constexpr std::string_view after_evaluation = "AFTER_SEGMENT_EVAL";

/// A row of the table of legal schedules (reference, section 6.2).
struct Rule {
    std::string_view mode;
    std::string_view frequency;
    std::string_view trigger;
    bool has_time; ///< `startTime` is required; otherwise it must not stand there
    bool recurs;   ///< `endDate` may stand there
};

constexpr std::array<Rule, 11> rules{{
    {full, "ONCE", scheduled, true, false},
    {full, "ONCE", after_evaluation, false, false},
    {full, "DAILY", scheduled, true, true},
    {full, "DAILY", after_evaluation, false, true},
    {full, "WEEKLY", scheduled, true, true},
    {full, "MONTHLY", scheduled, true, true},
    {incremental, "DAILY", scheduled, true, true},
    {incremental, "EVERY_3_HOURS", scheduled, true, true},
    {incremental, "EVERY_6_HOURS", scheduled, true, true},
    {incremental, "EVERY_8_HOURS", scheduled, true, true},
    {incremental, "EVERY_12_HOURS", scheduled, true, true},
}};

/// A field whose value is one of the platform's words.
struct Word {
    const Entry* entry = nullptr; ///< null if it is not written
    std::string text;             ///< empty if what is written is none of the words
};

Word word(const Node& schedule, std::string_view field, std::string_view Rule::*column) {
    Word result{schedule.entry(field), {}};
    if (result.entry != nullptr && std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
            return rule.*column == result.entry->value.string();
        })) {
        result.text = result.entry->value.string();
    }
    return result;
}

/// Reads one schedule.
class ScheduleReader {
  public:
    ScheduleReader(const Document& document, const Entry& entry, const std::string& path,
                   Complaints& complaints)
        : document_(document), key_(entry.span), node_(entry.value), path_(path),
          complaints_(complaints), mode_(word(node_, "exportMode", &Rule::mode)),
          frequency_(word(node_, "frequency", &Rule::frequency)),
          trigger_(word(node_, "triggerType", &Rule::trigger)) {}

    SegmentSchedule read() {
        SegmentSchedule result{mode_.text,           frequency_.text,
                               trigger_.text,        read_date("startDate"),
                               text_of("startTime"), read_date("endDate")};
        if (trigger_.entry == nullptr) {
            result.trigger_type = scheduled;
        }
        bool may_end = true;
        if (!mode_.text.empty() && !frequency_.text.empty()) {
            const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& candidate) {
                return candidate.mode == mode_.text && candidate.frequency == frequency_.text;
            });
            if (rule == rules.end()) {
                complain_about_frequency();
            } else {
                check_trigger();
                may_end = check_end(*rule);
            }
        }
        if (may_end && !result.start_date.empty() && !result.end_date.empty() &&
            result.end_date <= result.start_date) {
            add(node_.entry("endDate")->value.span, "end-before-start",
                "`endDate` must be later than `startDate`",
                "the last export is on the day before `endDate`", *node_.entry("startDate"));
        }
        return result;
    }

  private:
    void add(Span span, std::string code, std::string message, std::string suggestion,
             const Entry& other) {
        complaints_.add(document_.place(span),
                        {std::move(code), std::move(message), std::move(suggestion)},
                        document_.place(other.value.span), fmt::format("`{}` is here", other.key));
    }

    void add_missing(std::string_view field, std::string_view reason, std::string help) {
        complaints_.add(document_.place(key_),
                        {"missing-field",
                         fmt::format("`{}` needs the field `{}`: {}", path_, field, reason),
                         std::move(help)});
    }

    std::string text_of(std::string_view field) const {
        const Node* node = node_.find(field);
        return node == nullptr ? "" : node->string();
    }

    /// A day of the calendar; empty if there is none.
    std::string read_date(std::string_view field) {
        std::string text = text_of(field);
        if (!matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text.substr(0, longest_matched))) {
            return {}; // the schema has complained
        }
        if (!parse_iso8601(text + "T00:00:00Z")) {
            complaints_.add(document_.place(node_.find(field)->span),
                            {"bad-date", "this day does not exist"});
            return {};
        }
        return text;
    }

    void complain_about_frequency() {
        std::string message =
            fmt::format("`{}` does not go with `{}`", frequency_.text, mode_.text);
        std::string help;
        if (mode_.text == full) {
            help = fmt::format("full exports run once a day at most: write `exportMode: {}`, or "
                               "`frequency: DAILY`",
                               incremental);
        } else if (frequency_.text == "ONCE") {
            help = fmt::format("one full export is `exportMode: {}`; incremental exports recur, "
                               "such as `frequency: DAILY`",
                               full);
        } else {
            help = fmt::format("incremental exports run once a day at least: write `frequency: "
                               "DAILY`, or `exportMode: {}`",
                               full);
        }
        add(frequency_.entry->value.span, "schedule-combination", std::move(message),
            std::move(help), *mode_.entry);
    }

    void check_trigger() {
        const bool is_long = frequency_.text == "WEEKLY" || frequency_.text == "MONTHLY";
        if (trigger_.entry == nullptr && mode_.text == full) {
            add_missing("triggerType", "full exports have no default",
                        is_long ? "write `triggerType: SCHEDULED`"
                                : "write `triggerType: SCHEDULED` for exports at `startTime`, or "
                                  "`AFTER_SEGMENT_EVAL` for exports after the daily segmentation");
            return;
        }
        if (trigger_.entry != nullptr && trigger_.text.empty()) {
            return; // the schema has complained
        }
        const std::string_view trigger =
            trigger_.entry == nullptr ? scheduled : std::string_view(trigger_.text);
        const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& candidate) {
            return candidate.mode == mode_.text && candidate.frequency == frequency_.text &&
                   candidate.trigger == trigger;
        });
        if (rule == rules.end()) {
            const bool is_incremental = mode_.text == incremental;
            add(trigger_.entry->value.span, "schedule-combination",
                fmt::format("`{}` does not go with `{}`", trigger_.text,
                            is_incremental ? mode_.text : frequency_.text),
                fmt::format("{} exports run at `startTime` only: write `triggerType: SCHEDULED`",
                            is_incremental ? "incremental" : lowercase(frequency_.text)),
                is_incremental ? *mode_.entry : *frequency_.entry);
            return;
        }
        check_time(*rule);
    }

    void check_time(const Rule& rule) {
        const Entry* time = node_.entry("startTime");
        if (rule.has_time && time == nullptr) {
            add_missing("startTime", "exports run at a time of the day",
                        "startTime: the full hour in UTC, such as 06:00");
        } else if (!rule.has_time && time != nullptr) {
            add(time->span, "start-time-not-allowed",
                "exports after the daily segmentation have no `startTime`",
                "remove it, or write `triggerType: SCHEDULED`", *trigger_.entry);
        }
    }

    /// False if an end must not stand there and does.
    bool check_end(const Rule& rule) {
        const Entry* end = node_.entry("endDate");
        if (!rule.recurs && end != nullptr) {
            add(end->span, "once-with-end-date", "an export that runs `ONCE` has no end",
                "remove `endDate`, or choose a recurring frequency", *frequency_.entry);
            return false;
        }
        const bool means_end = end != nullptr || node_.entry("endTime") != nullptr;
        if (rule.recurs && !means_end) {
            complaints_.add(document_.place(key_),
                            {"no-end-date",
                             fmt::format("`{}` has no `endDate`: some of the platform's documents "
                                         "require one for exports that recur",
                                         path_),
                             "write the `endDate` that you want", Severity::warning});
        }
        return true;
    }

    const Document& document_;
    Span key_;
    const Node& node_;
    const std::string& path_;
    Complaints& complaints_;
    Word mode_;
    Word frequency_;
    Word trigger_;
};

} // namespace

SegmentSchedule read_segment_schedule(const Document& document, const Entry& schedule,
                                      const std::string& path, Complaints& complaints) {
    if (!schedule.value.is_mapping) {
        return {}; // the schema has complained
    }
    return ScheduleReader(document, schedule, path, complaints).read();
}

void check_long_frequency(const Document& document, const Node& schedule,
                          const catalogue::Destination& destination, Complaints& complaints) {
    const Node* mode = schedule.find("exportMode");
    const Node* frequency = schedule.find("frequency");
    if (mode == nullptr || mode->string() != full || frequency == nullptr ||
        (frequency->string() != "WEEKLY" && frequency->string() != "MONTHLY")) {
        return;
    }
    const auto& allowed = destination.long_frequencies;
    if (std::find(allowed.begin(), allowed.end(), frequency->string()) == allowed.end()) {
        complaints.add(
            document.place(frequency->span),
            {"frequency-not-allowed",
             fmt::format("{} has no {} exports", destination.title, lowercase(frequency->string())),
             "write `frequency: DAILY`"});
        return;
    }
    complaints.add(document.place(frequency->span),
                   {"long-frequency",
                    fmt::format("some of the platform's documents know `{}`, the schema of its "
                                "API does not: the service may refuse it",
                                frequency->string()),
                    "`DAILY` is the longest interval that all of them know", Severity::warning});
}

} // namespace penstock::manifest
