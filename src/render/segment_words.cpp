#include "render/segment_words.hpp"

#include "base/text.hpp"
#include "json/text.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace penstock::render {

namespace {

using json::Value;

constexpr std::string_view full = "DAILY_FULL_EXPORT";
constexpr std::string_view incremental = "FIRST_FULL_THEN_INCREMENTAL";
constexpr std::string_view after_evaluation = "AFTER_SEGMENT_EVAL";
constexpr std::string_view scheduled = "SCHEDULED";

/// A value as it is, without the quotes that would mark an empty one.
std::string raw(const Value& value) {
    return printable(value.is_string() ? value.as_string() : json::write(value));
}

/// N of `EVERY_N_HOURS`; empty for all else.
std::string_view hours_between(std::string_view frequency) {
    constexpr std::string_view prefix = "EVERY_";
    constexpr std::string_view suffix = "_HOURS";
    if (frequency.size() <= prefix.size() + suffix.size() || !frequency.starts_with(prefix) ||
        !frequency.ends_with(suffix)) {
        return {};
    }
    const auto digits =
        frequency.substr(prefix.size(), frequency.size() - prefix.size() - suffix.size());
    const bool number =
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    return number ? digits : std::string_view{};
}

/// Builds the phrase for one schedule, part by part.
class Phrase {
  public:
    Phrase(const Value& schedule, std::string_view export_mode)
        : frequency_(schedule["frequency"].as_string()), mode_(export_mode),
          time_(raw_or_empty(schedule["startTime"])), date_(raw_or_empty(schedule["startDate"])),
          trigger_(raw_or_empty(schedule["triggerType"])), hours_(hours_between(frequency_)) {
        if (trigger_.empty()) {
            trigger_ = scheduled; // reference, section 4.7
        }
    }

    std::string write(bool with_time) const {
        return rhythm() + amount() + (with_time ? moment() : trigger_other_than_time());
    }

  private:
    static std::string raw_or_empty(const Value& value) {
        return value.is_null() ? std::string() : raw(value);
    }

    std::string rhythm() const {
        if (!hours_.empty()) {
            return fmt::format("every {} h", hours_);
        }
        for (const std::string_view known : {"ONCE", "DAILY", "WEEKLY", "MONTHLY"}) {
            if (frequency_ == known) {
                return lowercase(known);
            }
        }
        return frequency_.empty() ? "no frequency" : printable(frequency_);
    }

    /// The export mode, where the rest of the phrase leaves it open.
    std::string amount() const {
        const bool daily_after_evaluation = frequency_ == "DAILY" && trigger_ == after_evaluation;
        const bool implies_full = daily_after_evaluation || frequency_ == "ONCE" ||
                                  frequency_ == "WEEKLY" || frequency_ == "MONTHLY";
        if (mode_ == full) {
            return implies_full ? "" : " in full";
        }
        if (mode_ == incremental) {
            return hours_.empty() ? " changes" : "";
        }
        return mode_.empty() ? ", no export mode" : fmt::format(", {}", printable(mode_));
    }

    std::string moment() const {
        if (trigger_ == scheduled && frequency_ == "ONCE") {
            return date_.empty() ? at_time(" at ")
                                 : fmt::format("{}{}{}", time_.empty() ? " on " : " at ", date_,
                                               at_time(" "));
        }
        return trigger_other_than_time() + at_time(hours_.empty() ? " at " : ", from ");
    }

    std::string trigger_other_than_time() const {
        if (trigger_ == scheduled) {
            return "";
        }
        return trigger_ == after_evaluation ? " after evaluation" : fmt::format(", {}", trigger_);
    }

    std::string at_time(std::string_view preposition) const {
        return time_.empty() ? "" : fmt::format("{}{} UTC", preposition, time_);
    }

    std::string_view frequency_;
    std::string_view mode_;
    std::string time_;
    std::string date_;
    std::string trigger_;
    std::string_view hours_;
};

/// All members of a schedule by their own names, for differences that the phrases do not show.
std::string spelled_out(const Value& segment) {
    std::string text = fmt::format("exportMode {}", raw(segment["exportMode"]));
    const auto& schedule = segment["schedule"];
    if (!schedule.is_object()) {
        return fmt::format("{}, schedule {}", text, raw(schedule));
    }
    for (const auto& [name, value] : schedule.as_object()) {
        text += fmt::format(", {} {}", printable(name), raw(value));
    }
    return text;
}

std::string joined(const std::string& first, const std::string& second) {
    return first + (first.empty() || second.empty() ? "" : ", ") + second;
}

std::string list(const std::vector<std::string>& words) {
    return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

bool is_hourly(const Value& schedule) {
    return !hours_between(schedule["frequency"].as_string()).empty();
}

std::string phrase(const Value& segment, bool with_time) {
    const auto& schedule = segment["schedule"];
    if (!schedule.is_object()) {
        return schedule.is_null() ? "no schedule" : raw(schedule);
    }
    return Phrase(schedule, segment["exportMode"].as_string()).write(with_time);
}

/// `from 2027-01-01 to 2028-01-01`, with the time of the first day where one is given.
std::string dates(const Value& schedule, const std::string& time) {
    const auto& start = schedule["startDate"];
    const auto& end = schedule["endDate"];
    const bool once = schedule["frequency"].as_string() == "ONCE";
    const bool said = once && schedule["triggerType"].as_string() != after_evaluation;
    std::string text;
    if (!start.is_null() && !said) {
        text = fmt::format("from {}{}{}", raw(start), time.empty() ? "" : " ", time);
    }
    if (!end.is_null()) {
        return fmt::format("{}{}to {}", text, text.empty() ? "" : " ", raw(end));
    }
    return once || text.empty() ? text : text + " without end";
}

std::string with_dates(const Value& segment, bool with_time) {
    const auto& schedule = segment["schedule"];
    const auto& time = schedule["startTime"];
    if (with_time && is_hourly(schedule) && !schedule["startDate"].is_null() && !time.is_null()) {
        return joined(phrase(segment, false), dates(schedule, raw(time) + " UTC"));
    }
    return joined(phrase(segment, with_time), dates(schedule, ""));
}

} // namespace

std::string segment_schedule_in_words(const Value& schedule, std::string_view export_mode) {
    return phrase(json::Object{{"schedule", schedule}, {"exportMode", export_mode}}, true);
}

std::string segment_dates_in_words(const Value& schedule) {
    return dates(schedule, "");
}

std::string segment_plan_in_words(const Value& segment) {
    return with_dates(segment, true);
}

std::pair<std::string, std::string> rescheduling_in_words(const Value& before, const Value& after) {
    const auto& old_schedule = before["schedule"];
    const auto& new_schedule = after["schedule"];
    const bool same_phrase = phrase(before, true) == phrase(after, true);
    const bool same_dates = old_schedule["startDate"] == new_schedule["startDate"] &&
                            old_schedule["endDate"] == new_schedule["endDate"];
    std::pair<std::string, std::string> both;
    if (same_phrase && !same_dates) {
        both = {segment_dates_in_words(old_schedule), segment_dates_in_words(new_schedule)};
    } else if (!same_phrase) {
        // The first hour of a rhythm that is given up tells nobody anything.
        const bool given_up =
            is_hourly(old_schedule) && old_schedule["frequency"] != new_schedule["frequency"];
        const auto& in_words = same_dates ? phrase : with_dates;
        both = {in_words(before, !given_up), in_words(after, true)};
    }
    if (both.first == both.second) {
        return {spelled_out(before), spelled_out(after)};
    }
    for (auto* text : {&both.first, &both.second}) {
        if (text->empty()) {
            *text = "no dates";
        }
    }
    return both;
}

std::string segment_extras_in_words(const Value& segment) {
    std::string text;
    for (const auto& [name, label] :
         {std::pair("filenameTemplate", "file name"), std::pair("systemSegmentId", "audience"),
          std::pair("namespace", "namespace")}) {
        if (const auto& value = segment[name]; !value.is_null()) {
            text = joined(text, fmt::format("{} {}", label, value_in_words(value)));
        }
    }
    return text;
}

std::string segment_in_words(const Value& segment) {
    return joined(segment_plan_in_words(segment), segment_extras_in_words(segment));
}

void SegmentNames::add(const Value& segments) {
    for (const auto& [id, segment] : segments.as_object()) {
        const auto name = printable(trimmed(segment["name"].as_string()));
        if (!name.empty() && names_.emplace(id, name).second) {
            ++uses_[name];
        }
    }
}

std::string SegmentNames::label(const std::string& id) const {
    const auto found = names_.find(id);
    if (found == names_.end()) {
        return fmt::format("segment {}", printable(id));
    }
    return uses_.at(found->second) == 1
               ? fmt::format("segment {}", found->second)
               : fmt::format("segment {} ({})", found->second, printable(id));
}

std::string column_source_in_words(const Value& column) {
    const auto& type = column["sourceType"].as_string();
    const auto& source = column["source"];
    if (type == "ATTRIBUTE") {
        return value_in_words(source);
    }
    // Quotes keep a constant apart from a path, and an empty one in sight.
    if (type == "STATIC") {
        return fmt::format("constant {}", printable(json::write(source)));
    }
    return fmt::format("{} {}", type == "EXPRESSION" ? "expression" : value_in_words(type),
                       value_in_words(source));
}

std::string mandatory_fields_in_words(const Value& fields) {
    std::vector<std::string> words;
    std::transform(fields.as_array().begin(), fields.as_array().end(), std::back_inserter(words),
                   [](const auto& field) { return value_in_words(field); });
    return list(words);
}

std::string deduplication_key_in_words(const Value& keys) {
    std::vector<std::string> words;
    std::vector<std::string> columns;
    for (const auto& key : keys.as_array()) {
        if (key["attributePath"].is_string()) {
            columns.push_back(value_in_words(key["attributePath"]));
        } else if (key["identityNamespace"].is_string()) {
            words.push_back(fmt::format("identity {}", value_in_words(key["identityNamespace"])));
        } else {
            words.push_back(value_in_words(key));
        }
    }
    if (!columns.empty()) {
        words.push_back(fmt::format("{} {}", columns.size() == 1 ? "column" : "columns",
                                    fmt::join(columns, ", ")));
    }
    return list(words);
}

} // namespace penstock::render
