#pragma once

#include "json/value.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::render {

/// When a segment is exported and how much of it, without its dates: `daily in full at 12:00 UTC`,
/// `every 6 h, from 12:00 UTC`. `schedule` and `export_mode` are canonical content; what no
/// manifest can say is shown as it is. Safe to print, as all texts of this file are.
std::string segment_schedule_in_words(const json::Value& schedule, std::string_view export_mode);

/// The first and last day of a segment's schedule: `from 2027-01-01 to 2028-01-01`. Empty where
/// segment_schedule_in_words() says all there is.
std::string segment_dates_in_words(const json::Value& schedule);

/// Schedule and dates of a segment: `every 6 h, from 2027-01-01 12:00 UTC to 2028-01-01`.
std::string segment_plan_in_words(const json::Value& segment);

/// What becomes of a segment's schedule, as (before, after): only what differs, and never twice the
/// same words.
std::pair<std::string, std::string> rescheduling_in_words(const json::Value& before,
                                                          const json::Value& after);

/// What else is known of a segment but its name: `file name %SEGMENT_ID%`; may be empty.
std::string segment_extras_in_words(const json::Value& segment);

/// All that is known of a segment that begins to be exported, but its name.
std::string segment_in_words(const json::Value& segment);

/// What the segments of a dataflow are called: `segment Loyalty Segment`; with the id in brackets
/// where others have the same name, by the id alone where there is no name.
class SegmentNames {
  public:
    /// Takes over {id: segment}; names that are already known stay.
    void add(const json::Value& segments);
    [[nodiscard]] std::string label(const std::string& id) const;

  private:
    std::map<std::string, std::string> names_;
    std::map<std::string, int> uses_;
};

/// Where a column's values come from: `person.name.firstName`, `constant "EU"`.
std::string column_source_in_words(const json::Value& column);

/// `firstName, Email`; `none`.
std::string mandatory_fields_in_words(const json::Value& fields);

/// `identity Email`; `columns a, b`; `none`.
std::string deduplication_key_in_words(const json::Value& keys);

} // namespace penstock::render
