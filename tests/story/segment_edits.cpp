#include "catalogue/catalogue.hpp"
#include "story/export_edits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace penstock::story {

namespace {

using manifest::DeduplicationKey;
using manifest::SegmentExport;
using test::Random;

const std::vector<manifest::SegmentSchedule>& schedules() {
    static const std::vector<manifest::SegmentSchedule> all{
        {"DAILY_FULL_EXPORT", "DAILY", "AFTER_SEGMENT_EVAL", "2026-12-01", "", "2027-12-01"},
        {"DAILY_FULL_EXPORT", "DAILY", "SCHEDULED", "2026-12-01", "12:00", "2027-12-01"},
        {"DAILY_FULL_EXPORT", "ONCE", "SCHEDULED", "2026-12-02", "01:00", ""},
        {"DAILY_FULL_EXPORT", "ONCE", "AFTER_SEGMENT_EVAL", "2026-12-02", "", ""},
        {"FIRST_FULL_THEN_INCREMENTAL", "EVERY_6_HOURS", "SCHEDULED", "2026-12-01", "00:00",
         "2027-06-01"},
        {"FIRST_FULL_THEN_INCREMENTAL", "EVERY_12_HOURS", "SCHEDULED", "2026-12-01", "03:00",
         "2027-06-01"},
    };
    return all;
}

bool takes_attributes(const SegmentExport& document) {
    return catalogue::Catalogue::embedded().find(document.slug)->columns ==
           catalogue::Columns::profile_selectors;
}

std::string file_name(const SegmentExport& document, Random& random) {
    return fmt::format("{}%SEGMENT_ID%_{}_%TIMESTAMP%",
                       takes_attributes(document) ? "%DESTINATION_NAME%_" : "",
                       random.number(1, 9));
}

manifest::Segment new_segment(const SegmentExport& document, Random& random) {
    manifest::Segment segment;
    const int n = random.number(1, 40);
    segment.id = fmt::format("25768be6-ebd5-45cc-8913-{:012x}", n);
    segment.name = fmt::format("Segment {}", n);
    segment.filename_template = file_name(document, random);
    segment.schedule = random.any(schedules());
    return segment;
}

void add_segments(SegmentExport& document, Random& random) {
    for (int i = random.number(1, 4); i > 0; --i) {
        auto segment = new_segment(document, random);
        const bool is_there =
            std::any_of(document.segments.begin(), document.segments.end(),
                        [&](const auto& other) { return other.id == segment.id; });
        if (!is_there) {
            document.segments.push_back(std::move(segment));
        }
    }
}

void remove_segments(SegmentExport& document, Random& random) {
    auto& segments = document.segments;
    for (int i = random.number(1, 3); i > 0 && segments.size() > 1; --i) {
        segments.erase(segments.begin() + random.number(0, static_cast<int>(segments.size()) - 1));
    }
}

void change_a_segment(SegmentExport& document, Random& random) {
    auto& segment = random.any(document.segments);
    if (random.one_in(2)) {
        segment.schedule = random.any(schedules());
    } else {
        segment.filename_template = file_name(document, random);
    }
}

/// What keys may name: columns, or paths where the export has attributes.
std::vector<std::string> names_for_keys(const SegmentExport& document) {
    if (takes_attributes(document)) {
        return document.attributes;
    }
    std::vector<std::string> names;
    for (const auto& column : document.mapping) {
        names.push_back(column.destination);
    }
    return names;
}

bool carries_email(const SegmentExport& document) {
    const auto is_email = [](const std::string& path) { return path == "identityMap.Email"; };
    return std::any_of(document.attributes.begin(), document.attributes.end(), is_email) ||
           std::any_of(document.mapping.begin(), document.mapping.end(),
                       [&](const auto& column) { return is_email(column.source); });
}

void choose_keys(SegmentExport& document, Random& random) {
    const auto names = names_for_keys(document);
    document.mandatory_fields.clear();
    document.deduplication_keys.clear();
    if (random.one_in(2)) {
        document.mandatory_fields.push_back(random.any(names));
    }
    if (random.one_in(2)) {
        document.deduplication_keys.push_back(
            {DeduplicationKey::Kind::attribute_path, random.any(names)});
    } else if (carries_email(document) && random.one_in(2)) {
        document.deduplication_keys.push_back(
            {DeduplicationKey::Kind::identity_namespace, "Email"});
    }
}

void add_columns(SegmentExport& document, Random& random) {
    const auto source = fmt::format("_acme.attributes.a{:02}", random.number(1, 20));
    if (takes_attributes(document)) {
        auto& paths = document.attributes;
        if (std::find(paths.begin(), paths.end(), source) == paths.end()) {
            paths.push_back(source);
        }
        return;
    }
    const auto column = fmt::format("column_{}", random.number(1, 20));
    const auto names = names_for_keys(document);
    if (std::find(names.begin(), names.end(), column) == names.end()) {
        document.mapping.push_back({source, column});
    }
}

void remove_columns(SegmentExport& document, Random& random) {
    const auto drop_one = [&](auto& list) {
        if (list.size() > 1) {
            list.erase(list.begin() + random.number(0, static_cast<int>(list.size()) - 1));
        }
    };
    drop_one(document.attributes);
    drop_one(document.mapping);
    choose_keys(document, random);
}

void change_a_column(SegmentExport& document, Random& random) {
    if (document.mapping.empty()) {
        return;
    }
    // An identity stays one: another column of its name could be a second one.
    auto& column = random.any(document.mapping);
    if (column.source.rfind("identityMap.", 0) != 0) {
        column.source = fmt::format("_acme.attributes.a{:02}", random.number(1, 20));
        column.source_type = "ATTRIBUTE";
    }
}

void shuffle(SegmentExport& document, Random& random) {
    std::shuffle(document.segments.begin(), document.segments.end(), random.engine());
    std::shuffle(document.mapping.begin(), document.mapping.end(), random.engine());
    std::shuffle(document.attributes.begin(), document.attributes.end(), random.engine());
}

void change_format(SegmentExport& document, Random& random) {
    auto& target = document.destination;
    if (!target.contains("fileType")) {
        return;
    }
    const bool csv = random.one_in(2);
    target["fileType"] = csv ? "CSV" : "PARQUET";
    target["compression"] = random.one_in(2) ? "GZIP" : "NONE";
    target.erase("csvOptions");
    if (csv && random.one_in(2)) {
        target["csvOptions"] = json::Object{{"delimiter", random.one_in(2) ? ";" : "|"}};
    }
}

void change_place(SegmentExport& document, Random& random) {
    for (const char* path : {"path", "remotePath"}) {
        if (document.destination.contains(path)) {
            document.destination[path] = fmt::format("place/{}", random.number(1, 4));
        }
    }
}

struct Change {
    std::string_view words;
    void (*make)(SegmentExport&, Random&);
};

constexpr std::array<Change, 12> changes{{
    {"description", [](SegmentExport& d,
                       Random& r) { d.description = fmt::format("Edition {}", r.number(1, 5)); }},
    {"switch", [](SegmentExport& d, Random&) { d.enabled = !d.enabled; }},
    {"more segments", add_segments},
    {"fewer segments", remove_segments},
    {"a segment", change_a_segment},
    {"more columns", add_columns},
    {"fewer columns", remove_columns},
    {"a column", change_a_column},
    {"keys", choose_keys},
    {"order", shuffle},
    {"format", change_format},
    {"place", change_place},
}};

} // namespace

std::string change(SegmentExport& document, Random& random) {
    const auto& chosen = random.any(changes);
    chosen.make(document, random);
    return fmt::format("{} of {}", chosen.words, document.metadata.name);
}

std::string change_everything(SegmentExport& document, Random& random) {
    for (const auto& each : changes) {
        each.make(document, random);
    }
    return fmt::format("everything of {}", document.metadata.name);
}

} // namespace penstock::story
