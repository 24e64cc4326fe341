#include "cli/command_table.hpp"

#include <algorithm>
#include <array>

namespace penstock::cli {

namespace {

constexpr std::array<Flag, 13> global{{
    {FlagId::chdir, "-C", "--chdir", "DIR", WordKind::folder,
     "Folder of penstock.yaml; paths count from it"},
    {FlagId::environment, "-e", "--environment", "ENV", WordKind::text,
     "Environment of penstock.yaml; may be left out if there is just one"},
    {FlagId::json, "", "--json", "", WordKind::none, "Write one JSON document to standard output"},
    {FlagId::quiet, "-q", "--quiet", "", WordKind::none, "No progress and no log"},
    {FlagId::color, "", "--color", "", WordKind::none, "Colour even without a terminal"},
    {FlagId::no_color, "", "--no-color", "", WordKind::none, "No colour"},
    {FlagId::endpoint, "", "--endpoint", "URL", WordKind::text, "Where the platform is"},
    {FlagId::ims_endpoint, "", "--ims-endpoint", "URL", WordKind::text,
     "Where access tokens come from"},
    {FlagId::ca_file, "", "--ca-file", "FILE", WordKind::file,
     "Certificates to trust, PEM, instead of those of the system"},
    {FlagId::parallelism, "", "--parallelism", "N", WordKind::text,
     "How much is done at the same time (default 8)"},
    {FlagId::timeout, "", "--timeout", "SECONDS", WordKind::text,
     "Limit of one request (default 60)"},
    {FlagId::help, "-h", "--help", "", WordKind::none, "Show help"},
    {FlagId::version, "", "--version", "", WordKind::none, "Show the version"},
}};

constexpr Flag selector{FlagId::selector,
                        "-l",
                        "--selector",
                        "LABELS",
                        WordKind::text,
                        "Only what has such labels, as in team=crm,tier!=gold; repeatable",
                        true};
constexpr Flag target{FlagId::target,
                      "",
                      "--target",
                      "ADDRESS",
                      WordKind::text,
                      "Only this export or account; repeatable",
                      true};
constexpr Flag shard{
    FlagId::shard,  "",
    "--shard",      "I/N",
    WordKind::text, "Only what belongs to shard I of N; N alone takes I from JOB_COMPLETION_INDEX"};
constexpr Flag shard_timeout{
    FlagId::shard_timeout, "",
    "--shard-timeout",     "SECONDS",
    WordKind::text,        "How long a shard waits for the others (default 600)"};
constexpr Flag allow_deletes{
    FlagId::allow_deletes, "",
    "--allow-deletes",     "N",
    WordKind::text,        "Let N exports be deleted, whatever the limits of the project are"};
constexpr Flag auto_approve{FlagId::auto_approve,     "", "--auto-approve", "", WordKind::none,
                            "Do not ask for approval"};

constexpr Flag write_flag{FlagId::write,
                          "",
                          "--write",
                          "FORMAT=FILE",
                          WordKind::file,
                          "Write a report as text, json, markdown, sarif, junit, openmetrics or "
                          "github; repeatable",
                          true};
constexpr Flag budget_flag{FlagId::markdown_budget, "",
                           "--markdown-budget",     "BYTES",
                           WordKind::text,          "Longest report in Markdown (default 65000)"};

constexpr Flag explain_flag{
    FlagId::explain, "",
    "--explain",     "",
    WordKind::none,  "Tell each step, why it is there and what it waits for"};

constexpr std::array<Flag, 2> report_flags{{write_flag, budget_flag}};
constexpr std::array<Flag, 3> show_flags{{explain_flag, write_flag, budget_flag}};

constexpr std::array<Flag, 9> plan_flags{{
    {FlagId::out, "", "--out", "FILE", WordKind::file, "Save the plan to a file, for apply"},
    {FlagId::detailed_exitcode, "", "--detailed-exitcode", "", WordKind::none,
     "Exit with 2 if there are changes"},
    explain_flag,
    selector,
    target,
    shard,
    allow_deletes,
    write_flag,
    budget_flag,
}};

constexpr std::array<Flag, 9> apply_flags{{auto_approve, explain_flag, selector, target, shard,
                                           shard_timeout, allow_deletes, write_flag, budget_flag}};

constexpr std::array<Flag, 7> drift_flags{{
    {FlagId::baseline, "", "--baseline", "FILE", WordKind::file,
     "Drift that is accepted for a time, and does not count"},
    {FlagId::unmanaged, "", "--unmanaged", "", WordKind::none,
     "List dataflows that no manifest describes"},
    {FlagId::write, "", "--write", "FORMAT=FILE", WordKind::file,
     "Write a report as text, json, markdown, sarif, junit, openmetrics, github or baseline; "
     "repeatable",
     true},
    budget_flag,
    selector,
    target,
    shard,
}};

constexpr std::array<Flag, 8> destroy_flags{
    {auto_approve, explain_flag, selector, target, shard, shard_timeout, write_flag, budget_flag}};

constexpr std::array<Flag, 4> status_flags{{
    {FlagId::runs, "", "--runs", "N", WordKind::text, "How many runs of each export (default 1)"},
    selector,
    target,
    shard,
}};

constexpr std::array<CommandEntry, 12> table{{
    {Command::validate, "validate", "[PATH...]", WordKind::file,
     "Check the manifests, without the network", report_flags},
    {Command::plan, "plan", "[PATH...]", WordKind::file, "Show what apply would change",
     plan_flags},
    {Command::apply, "apply", "[PLAN | PATH...]", WordKind::file,
     "Make the platform what the manifests say", apply_flags},
    {Command::show, "show", "PLAN", WordKind::file, "Show a saved plan, without the network",
     show_flags},
    {Command::drift, "drift", "[PATH...]", WordKind::file,
     "Show what was changed in the platform and not in git", drift_flags},
    {Command::destroy, "destroy", "[PATH...]", WordKind::file,
     "Delete what penstock made for this project", destroy_flags},
    {Command::status, "status", "[PATH...]", WordKind::file, "Show exports and their last runs",
     status_flags},
    {Command::catalog,
     "catalog",
     "[DESTINATION]",
     WordKind::destination,
     "Show destinations and their parameters",
     {}},
    {Command::schema,
     "schema",
     "[NAME]",
     WordKind::schema,
     "Print the JSON Schema of manifests, or of what --json prints",
     {}},
    {Command::completion,
     "completion",
     "SHELL",
     WordKind::shell,
     "Print a completion script for bash, zsh or fish",
     {}},
    {Command::version, "version", "", WordKind::none, "Show the version", {}},
    {Command::help,
     "help",
     "[TOPIC]",
     WordKind::topic,
     "Show help on a command, or on exit-codes",
     {}},
}};

} // namespace

std::span<const Flag> global_flags() {
    return global;
}

std::span<const CommandEntry> commands() {
    return table;
}

const CommandEntry& entry(Command command) {
    return *std::find_if(table.begin(), table.end(),
                         [&](const auto& item) { return item.command == command; });
}

const CommandEntry* find_command(std::string_view name) {
    const auto* found = std::find_if(table.begin(), table.end(),
                                     [&](const auto& item) { return item.name == name; });
    return found == table.end() ? nullptr : found;
}

} // namespace penstock::cli
