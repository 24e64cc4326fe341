#include "manifest/segment_faults.hpp"

#include "base/time_text.hpp"
#include "manifest/read_export.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <utility>

namespace penstock::manifest {

namespace {

using Help = std::pair<std::string_view, std::string_view>;

constexpr Help other_frequencies[] = {
    {"HOURLY", "the shortest interval for segments is `EVERY_3_HOURS`"},
    {"EVERY_HOUR", "the shortest interval for segments is `EVERY_3_HOURS`"},
    {"EVERY_1_HOURS", "the shortest interval for segments is `EVERY_3_HOURS`"},
    {"EVERY_2_HOURS", "the shortest interval for segments is `EVERY_3_HOURS`"},
    {"EVERY_9_HOURS",
     "datasets know 9 hours, segments do not: `EVERY_8_HOURS` or `EVERY_12_HOURS`"},
    {"EVERY_24_HOURS", "write `DAILY`"},
    {"YEARLY", "the longest interval for segments is `MONTHLY`"},
    {"CHAINED", "write `frequency: ONCE` or `frequency: DAILY`, with `triggerType: "
                "AFTER_SEGMENT_EVAL`"},
    {"AFTER_SEGMENT_EVAL",
     "that is a `triggerType`: write it there, with `frequency: ONCE` or `frequency: DAILY`"}};

constexpr Help other_modes[] = {
    {"FULL", "write `DAILY_FULL_EXPORT`"},
    {"FULL_EXPORT", "write `DAILY_FULL_EXPORT`"},
    {"INCREMENTAL", "write `FIRST_FULL_THEN_INCREMENTAL`"},
};

constexpr Help other_triggers[] = {
    {"CHAINED", "write `AFTER_SEGMENT_EVAL`"},
    {"AFTER_SEGMENT_EVALUATION", "write `AFTER_SEGMENT_EVAL`"},
};

/// Fields of a schedule that stand elsewhere in the API's requests or in other kinds of schedules.
constexpr Help schedule_fields[] = {
    {"endTime", "exports of segments end on a day: write `endDate`"},
    {"interval", "write the interval as `frequency`, such as EVERY_6_HOURS"},
    {"timeUnit", "write the interval as `frequency`, such as EVERY_6_HOURS"},
};

constexpr Help spec_fields[] = {
    {"datasets", "datasets are exported by documents of `kind: DatasetExport`; what a segment "
                 "export carries are `segments`"},
    {"foldernameTemplate",
     "the folder is part of `destination`; names of files are `filenameTemplate`"},
    {"encryption", "files are encrypted by the account: write `encryption` there"},
    {"primaryFields", "write `deduplicationKeys`"},
    {"exportMode", "it belongs into `schedule`"},
    {"frequency", "it belongs into `schedule`"},
    {"triggerType", "it belongs into `schedule`"},
    {"startDate", "it belongs into `schedule`"},
    {"startTime", "it belongs into `schedule`"},
    {"endDate", "it belongs into `schedule`"},
};

constexpr Help key_fields[] = {
    {"fieldType", "remove it; `identityNamespace` or `attributePath` says the same"},
};

template <std::size_t Size>
void explain(Fault& fault, std::string_view word, const Help (&table)[Size]) {
    for (const auto& [name, help] : table) {
        if (word == name) {
            fault.suggestion = help;
        }
    }
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_day(const std::string& text) {
    return text.size() == 10 && parse_iso8601(text + "T00:00:00Z").has_value();
}

/// What somebody who wrote this as a day probably means.
std::string day_help(const std::string& text) {
    if (const auto time = parse_iso8601(text)) {
        return fmt::format("a day has no time: write `{}`", format_iso8601(*time).substr(0, 10));
    }
    if (text.size() > 10 && is_day(text.substr(0, 10))) {
        return fmt::format("a day has no time: write `{}`", text.substr(0, 10));
    }
    static const std::regex parts("^([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})$");
    std::smatch found;
    if (std::regex_match(text, found, parts)) {
        const auto day =
            fmt::format("{}-{:0>2}-{:0>2}", found[1].str(), found[2].str(), found[3].str());
        if (is_day(day)) {
            return fmt::format("write `{}`", day);
        }
    }
    return "write a day as year, month and day: 2027-01-01";
}

/// What somebody who wrote this as an hour of the day probably means.
std::string hour_help(const std::string& text) {
    if (const auto time = parse_iso8601(text)) {
        const auto utc = format_iso8601(*time);
        return fmt::format("write `startDate: {}` and `startTime: {}:00`", utc.substr(0, 10),
                           utc.substr(11, 2));
    }
    static const std::regex parts("^([0-9]{1,2})(:([0-9]{2})(:[0-9]{2})?)?(.*)$");
    std::smatch found;
    if (!std::regex_match(text, found, parts)) {
        return "write a full hour of the day in UTC: 06:00";
    }
    const int hour = std::stoi(found[1].str());
    const std::string minute = found[3].str();
    const bool full_hour = minute.empty() || minute == "00";
    const std::string rest = found[5].str();
    if (hour == 24 && full_hour) {
        return "midnight is `00:00`, at the beginning of a day";
    }
    if (hour > 23 || (!rest.empty() && rest != "Z")) {
        return "write a full hour of the day in UTC: 06:00";
    }
    if (!full_hour && hour < 23) {
        return fmt::format("exports start on the full hour: write `{:02}:00` or `{:02}:00`", hour,
                           hour + 1);
    }
    return fmt::format("exports start on the full hour, in UTC: write `{:02}:00`", hour);
}

/// The text of a scalar as somebody wrote it, a number too.
std::string written(const Node& node) {
    return node.is_string() ? node.string() : node.text;
}

/// A date or a time that is none, or not one in the form of a schedule.
void explain_time(const Node& node, Fault& fault) {
    constexpr std::size_t longest = 40;
    const std::string text = written(node);
    if (text.size() > longest) {
        return;
    }
    if (fault.field == "startTime") {
        fault.code = "bad-time";
        fault.message = "this is not a full hour of the day";
        fault.suggestion = hour_help(text);
    } else {
        fault.code = "bad-date";
        fault.message = "this is not a day";
        fault.suggestion = day_help(text);
    }
}

void explain_schedule(const Document& document, Fault& fault) {
    if (ends_with(fault.path, "schedule")) {
        if (fault.code == "unknown-field") {
            explain(fault, fault.field, schedule_fields);
        }
        return;
    }
    const Node& node = at(*document.root, pointer_of(fault.path));
    const bool is_time =
        fault.field == "startDate" || fault.field == "startTime" || fault.field == "endDate";
    if (is_time &&
        (fault.code == "bad-pattern" || (fault.code == "wrong-type" && node.scalar.is_number()))) {
        explain_time(node, fault);
    } else if (fault.code != "bad-value") {
        return;
    } else if (fault.field == "frequency") {
        explain(fault, node.string(), other_frequencies);
    } else if (fault.field == "exportMode") {
        explain(fault, node.string(), other_modes);
    } else if (fault.field == "triggerType") {
        explain(fault, node.string(), other_triggers);
    }
}

/// A mapping where a path has to be: the path that it holds, as columns and the API's selectors do.
void explain_mapped_attribute(const Node& node, Fault& fault) {
    for (const std::string_view field : {"source", "path"}) {
        if (const Node* path = node.find(field); path != nullptr && !path->string().empty()) {
            fault.suggestion = fmt::format("write the path alone: `{}`", shortened(path->string()));
            return;
        }
    }
}

/// A word where a mapping has to be: the mapping that was probably meant.
void explain_plain_item(const Document& document, Fault& fault) {
    const Node& node = at(*document.root, pointer_of(fault.path));
    const auto list = fault.path.substr(0, fault.path.find('['));
    if (fault.path.back() != ']') {
        return;
    }
    if (list == "spec.attributes" && node.is_mapping) {
        explain_mapped_attribute(node, fault);
    }
    if (!node.is_string()) {
        return;
    }
    const std::string text = shortened(node.string());
    if (list == "spec.segments") {
        fault.suggestion = fmt::format("write `{{id: {}}}`", text);
    } else if (list == "spec.mapping") {
        std::string column = text;
        std::replace(column.begin(), column.end(), '.', '_');
        fault.suggestion = fmt::format("write `{{source: {}, destination: {}}}`", text, column);
    } else if (list == "spec.deduplicationKeys") {
        fault.suggestion =
            fmt::format("write `{{identityNamespace: {}}}` or `{{attributePath: {}}}`", text, text);
    }
}

} // namespace

void explain_segment_fault(const Document& document, Fault& fault) {
    if (fault.code == "wrong-type") {
        explain_plain_item(document, fault);
    }
    if (fault.path.find("schedule") != std::string::npos) {
        explain_schedule(document, fault);
    } else if (fault.code == "unknown-field") {
        if (fault.path.find("deduplicationKeys") != std::string::npos) {
            explain(fault, fault.field, key_fields);
        } else if (fault.path == "spec" || fault.path.find("segments[") != std::string::npos) {
            explain(fault, fault.field, spec_fields);
        }
    }
}

} // namespace penstock::manifest
