#pragma once

#include "flow/service_error.hpp"

#include <string_view>

namespace penstock::flow {

/// Every credential in the JSON text of a create or a patch: the strings below `auth.params` and
/// `encryptionSpecs.params`, and the values of operations on `/auth` and `/encryption...`.
Hidden secrets_in(std::string_view body);

} // namespace penstock::flow
