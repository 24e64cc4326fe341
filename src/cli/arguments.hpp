#pragma once

#include "cli/terminal.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace penstock::cli {

enum class Command {
    validate,
    plan,
    apply,
    show,
    drift,
    destroy,
    status,
    catalog,
    schema,
    completion,
    version,
    help,
};

/// What `--shard` says.
struct ShardChoice {
    std::optional<std::size_t> index; ///< from 1; nothing: a variable tells
    std::size_t count = 1;

    bool operator==(const ShardChoice&) const = default;
};

/// The command line, understood.
struct Arguments {
    Command command = Command::help;
    std::string folder = ".";
    std::optional<std::string> environment;
    bool json = false;
    bool quiet = false;
    ColourChoice colour = ColourChoice::automatic;
    std::optional<std::string> endpoint;
    std::optional<std::string> ims_endpoint;
    std::string ca_file;
    std::optional<std::size_t> parallelism;
    std::optional<std::size_t> timeout_seconds;
    std::vector<std::string> operands; ///< paths, or the name of what is asked for
    std::optional<std::string> out;    ///< file for the plan
    bool detailed_exitcode = false;
    bool explain = false; ///< tell each step of the plan
    bool auto_approve = false;
    std::vector<std::string> selectors; ///< of labels, each sound
    std::vector<std::string> targets;   ///< addresses
    std::optional<ShardChoice> shard;
    std::optional<std::size_t> shard_timeout; ///< seconds
    std::optional<std::size_t> allow_deletes; ///< exports that may go
    std::size_t runs = 1;
    std::vector<std::string> reports; ///< `FORMAT=FILE` each
    std::optional<std::size_t> markdown_budget;
    std::optional<std::string> baseline; ///< file of drift that is accepted
    bool unmanaged = false;              ///< list dataflows of others
};

} // namespace penstock::cli
