#pragma once

#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/host.hpp"
#include "model/shard.hpp"

#include <optional>
#include <string_view>

namespace penstock::cli {

/// Reads the value of `--shard`: `I/N` with I from 1 to N, or `N`.
Result<ShardChoice> parse_shard(std::string_view text);

/// The shard that the command line asks for; nothing: all of the project. Where it does not say
/// which one, JOB_COMPLETION_INDEX does, which Kubernetes sets in each pod of an Indexed Job and
/// which counts from 0.
Result<std::optional<model::Shard>> chosen_shard(const Arguments& arguments, const Host& host);

} // namespace penstock::cli
