#pragma once

#include "catalogue/catalogue.hpp"

namespace penstock::test {

/// The catalogue with every destination's encryption at its targets, as older documents have it.
const catalogue::Catalogue& encrypting_targets();

} // namespace penstock::test
