#pragma once

#include "emulator/entity_store.hpp"
#include "http/message.hpp"
#include "http/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

/// A request on its way through one of the services, admitted by the gateway.
struct Call {
    const http::Request& request;
    std::string origin;
    std::vector<std::string> path; ///< below the service's own path, decoded
    http::Query query;
    Scope scope;
    std::string client; ///< who sent it
    std::int64_t now = 0;
    std::int64_t list_as_of = 0;
};

/// The steps of a URL's path, decoded; empty ones are left out, so that a slash at the end makes no
/// difference.
std::vector<std::string> split_path(std::string_view path);

/// The whole number under `name`, or `otherwise` if there is none; nothing for anything else than a
/// number from `lowest` to `highest`.
std::optional<std::int64_t> integer_in(const http::Query& query, std::string_view name,
                                       std::int64_t otherwise, std::int64_t lowest,
                                       std::int64_t highest);

} // namespace penstock::emulator
