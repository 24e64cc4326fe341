#pragma once

#include "base/error.hpp"

#include <tl/expected.hpp>

#include <utility>

namespace penstock {

/// A value, or why there is none. Fallible input and output returns this.
template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure from a function that returns a Result.
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {}) {
    return tl::unexpected<Error>(Error{kind, std::move(message), std::move(hint), {}});
}

} // namespace penstock
