#pragma once

#include "json/value.hpp"

#include <string>
#include <string_view>

namespace penstock::render {

/// True for the members of a dataset schedule that make up a manifest's `frequency`.
bool is_part_of_frequency(std::string_view name);

/// `EVERY_3_HOURS` for the schedule of a dataset flow; what no manifest can say is described.
std::string frequency_in_words(const json::Value& schedule);

/// A member of a schedule: times in epoch seconds as ISO 8601, all else as it is.
std::string schedule_value_in_words(std::string_view name, const json::Value& value);

} // namespace penstock::render
