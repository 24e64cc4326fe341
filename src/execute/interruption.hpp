#pragma once

#include "base/result.hpp"

namespace penstock::execute {

/// What an operation fails with if the run was interrupted before it touched its entity. Schemas
/// that it has made for it may be left; a later run uses them.
inline Error interrupted_before_writing() {
    return {ErrorKind::interrupted, "interrupted before anything was written", {}, {}};
}

} // namespace penstock::execute
