#pragma once

#include "catalogue/catalogue.hpp"

#include <string_view>

namespace penstock::catalogue {

/// Reads the text of one of schemas/destinations/*.json: the service's own connection spec, and
/// beside it what the spec does not say. Fails with ErrorKind::invalid_input if it is not usable.
Result<Destination> read_destination(std::string_view text);

} // namespace penstock::catalogue
