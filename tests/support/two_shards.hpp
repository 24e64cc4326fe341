#pragma once

#include "support/command_line.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::test {

bool contains(const std::string& text, std::string_view part);

/// Requests that change something.
std::size_t writes(const CommandResult& result);

/// The manifest of an export to the account "s3".
std::string export_of(std::string_view name);

/// Of two shards the first owns the export "clicks", the second the account "s3" and "devices". Of
/// five, the third owns nothing.
class TwoShards : public CommandLine {
  public:
    TwoShards();

    /// Gives the account another sort of credentials, for which it has to be made anew.
    void assume_role();
    /// Lets the second shard apply once the run has sent that many requests, without faults.
    void apply_second_after(std::size_t requests);
};

} // namespace penstock::test
