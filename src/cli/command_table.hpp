#pragma once

#include "cli/arguments.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace penstock::cli {

enum class FlagId {
    chdir,
    environment,
    json,
    quiet,
    color,
    no_color,
    endpoint,
    ims_endpoint,
    ca_file,
    parallelism,
    timeout,
    help,
    version,
    out,
    detailed_exitcode,
    auto_approve,
    runs,
    selector,
    target,
    allow_deletes,
    write,
    markdown_budget,
    baseline,
    unmanaged,
    explain,
    shard,
    shard_timeout,
};

/// What a word on the command line can be, for completion.
enum class WordKind { none, text, file, folder, destination, schema, shell, topic };

/// One flag: the parser, the help and the completion scripts all come from this.
struct Flag {
    FlagId id;
    std::string_view letter; ///< `-C`, or empty
    std::string_view name;   ///< `--chdir`
    std::string_view value;  ///< how its value is called in the help; empty: it takes none
    WordKind value_kind;
    std::string_view summary;
    bool repeatable = false; ///< each use counts, not just the last
};

struct CommandEntry {
    Command command;
    std::string_view name;
    std::string_view operands; ///< how they are called in the help; empty: it takes none
    WordKind operand_kind;
    std::string_view summary;
    std::span<const Flag> flags; ///< besides the global ones
};

std::span<const Flag> global_flags();
std::span<const CommandEntry> commands();
const CommandEntry& entry(Command command);
const CommandEntry* find_command(std::string_view name);

} // namespace penstock::cli
