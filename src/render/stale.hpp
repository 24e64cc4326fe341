#pragma once

#include "json/value.hpp"
#include "plan/approved.hpp"
#include "render/style.hpp"

#include <string>
#include <vector>

namespace penstock::render {

/// What of a saved plan is left alone, and who changed what meanwhile: a heading and two lines or
/// more for each; empty without any.
std::string stale_text(const std::vector<plan::Stale>& stale, const Style& style);

/// What became of it, as a clause that follows its address.
std::string stale_clause(const plan::Stale& stale);

json::Value stale_json(const std::vector<plan::Stale>& stale);

} // namespace penstock::render
