#pragma once

#include "http/message.hpp"
#include "json/value.hpp"
#include "support/command_line.hpp"

#include <string>

namespace penstock::test {

/// The id of the stored entity of that address, e.g. "devices.flow".
std::string id_of(const CommandLine& penstock, const std::string& address);

/// A request of somebody else to the sandbox of the project; `path` is below the Flow Service's
/// unless it begins with /data/.
http::Response as_somebody(CommandLine& penstock, http::Method method, const std::string& path,
                           const std::string& body = {}, const std::string& etag = {});

/// One JSON Patch operation of somebody else on the entity at `path`. A minute goes by.
void patch(CommandLine& penstock, const std::string& path, const json::Value& operation);

/// Somebody replaces the value at a pointer; of parameters the whole block travels.
void edit(CommandLine& penstock, const std::string& address, std::string pointer,
          json::Value value);

} // namespace penstock::test
