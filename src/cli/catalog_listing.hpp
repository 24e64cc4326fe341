#pragma once

#include "catalogue/catalogue.hpp"
#include "json/value.hpp"

#include <string>
#include <vector>

namespace penstock::cli {

/// One line for each destination.
std::string destinations_text(const std::vector<catalogue::Destination>& destinations);

/// Everything that a manifest may say about one destination.
std::string destination_text(const catalogue::Destination& destination);

json::Value destinations_json(const std::vector<catalogue::Destination>& destinations);
json::Object destination_json(const catalogue::Destination& destination);

} // namespace penstock::cli
