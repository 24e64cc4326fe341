#pragma once

#include "json/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::json {

/// The value that an RFC 6901 pointer names, or null if there is none. "" names the whole value.
const Value* find(const Value& value, std::string_view pointer);
Value* find(Value& value, std::string_view pointer);

/// `pointer` with one more step, escaped as RFC 6901 asks.
std::string child(std::string_view pointer, std::string_view step);

/// The steps of a pointer, unescaped.
std::vector<std::string> steps(std::string_view pointer);

} // namespace penstock::json
