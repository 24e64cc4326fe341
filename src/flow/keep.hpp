#pragma once

#include "json/value.hpp"

#include <functional>

namespace penstock::flow {

/// What is kept of an entry of a list: called where the answer is read, perhaps on another thread.
/// Empty: all of it.
using Keep = std::function<json::Value(json::Value)>;

} // namespace penstock::flow
