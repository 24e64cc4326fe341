#include "cli/parser.hpp"

#include "base/text.hpp"
#include "cli/command_table.hpp"
#include "cli/label_selector.hpp"
#include "cli/shard_choice.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <utility>

namespace penstock::cli {

namespace {

constexpr std::size_t most_parallel = 256;
constexpr std::size_t longest_timeout = 3600;
constexpr std::size_t most_runs = 100;
constexpr std::size_t most_deletes = 1'000'000;
constexpr std::size_t longest_wait = 7 * 24 * 3600; ///< of a shard, in seconds
constexpr std::size_t shortest_markdown =
    1'000; ///< what says that all else is left out fits into it
constexpr std::size_t longest_markdown = 100'000'000;

/// What the library puts its findings into, by flag; converted afterwards, so that all complaints
/// are in our words.
struct Found {
    std::map<FlagId, bool> set;
    std::map<FlagId, std::string> values;
    std::map<FlagId, std::vector<std::string>> lists;
    std::vector<std::string> operands;
};

void add_flag(CLI::App& app, const Flag& flag, Found& found) {
    std::string names(flag.name);
    if (!flag.letter.empty()) {
        names = fmt::format("{},{}", flag.letter, flag.name);
    }
    if (flag.value.empty()) {
        app.add_flag(names, found.set[flag.id])
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else if (flag.repeatable) {
        // The library would take `[a,b]` apart if it filled a list by itself.
        app.add_option_function<std::string>(
               names,
               [&list = found.lists[flag.id]](const std::string& word) { list.push_back(word); })
            ->trigger_on_parse()
            ->type_name(std::string(flag.value))
            ->allow_extra_args(false);
    } else {
        app.add_option(names, found.values[flag.id])
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
            ->type_name(std::string(flag.value))
            ->allow_extra_args(false);
    }
}

Error complaint(std::string message, std::string hint) {
    return {ErrorKind::invalid_input,
            std::move(message),
            hint.empty() ? "see `penstock --help`" : std::move(hint),
            {}};
}

Error unexpected_operand(const std::string& word, const CommandEntry& command) {
    return complaint(fmt::format("unexpected argument {} for {}", printable(word), command.name),
                     fmt::format("see `penstock help {}`", command.name));
}

Error unexpected(const std::string& word, const CommandEntry* command) {
    std::vector<std::string> known;
    if (word.size() > 1 && word[0] == '-') {
        const auto add = [&](std::span<const Flag> flags) {
            for (const auto& flag : flags) {
                known.emplace_back(flag.name);
            }
        };
        add(global_flags());
        if (command != nullptr) {
            add(command->flags);
        }
        const auto near = nearest(word.substr(0, word.find('=')), known);
        return complaint(fmt::format("unknown flag {}", printable(word)),
                         near ? fmt::format("did you mean {}?", *near) : "");
    }
    if (command != nullptr) {
        return unexpected_operand(word, *command);
    }
    for (const auto& item : commands()) {
        known.emplace_back(item.name);
    }
    const auto near = nearest(word, known);
    return complaint(fmt::format("unknown command {}", printable(word)),
                     near ? fmt::format("did you mean {}?", *near) : "");
}

Result<std::optional<std::size_t>> number(const Found& found, FlagId id, std::string_view flag,
                                          std::size_t most, std::size_t least = 1) {
    const auto value = found.values.find(id);
    if (value == found.values.end() || value->second.empty()) {
        return std::nullopt;
    }
    const auto& text = value->second;
    std::size_t parsed = 0;
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, parsed);
    if (error != std::errc{} || end != last || parsed < least || parsed > most) {
        return fail(complaint(fmt::format("{} takes a number from {} to {}, not {}", flag, least,
                                          most, printable(text)),
                              ""));
    }
    return parsed;
}

std::optional<std::string> text(const Found& found, FlagId id) {
    const auto value = found.values.find(id);
    return value == found.values.end() || value->second.empty() ? std::nullopt
                                                                : std::optional(value->second);
}

bool is_set(const Found& found, FlagId id) {
    const auto value = found.set.find(id);
    return value != found.set.end() && value->second;
}

ColourChoice colour(const Found& found) {
    if (is_set(found, FlagId::no_color)) {
        return ColourChoice::never;
    }
    return is_set(found, FlagId::color) ? ColourChoice::always : ColourChoice::automatic;
}

/// An empty word, of a variable that is not set perhaps, must not pass for no choice at all.
Result<void> take_choice(const Found& found, Arguments& arguments) {
    if (const auto list = found.lists.find(FlagId::selector); list != found.lists.end()) {
        arguments.selectors = list->second;
    }
    if (const auto list = found.lists.find(FlagId::target); list != found.lists.end()) {
        arguments.targets = list->second;
    }
    for (const auto& text : arguments.selectors) {
        if (const auto selector = parse_selector(text); !selector) {
            return fail(selector.error());
        }
    }
    if (std::find(arguments.targets.begin(), arguments.targets.end(), "") !=
        arguments.targets.end()) {
        return fail(complaint("--target needs the name of an export or account", ""));
    }
    return {};
}

/// `given`: how often the flag stands there, be it with an empty word.
Result<void> take_shard(const Found& found, std::size_t given, Arguments& arguments) {
    if (given > 1) {
        return fail(complaint("--shard is given twice, and a run is one shard",
                              "start a process for each shard"));
    }
    const auto timeout = number(found, FlagId::shard_timeout, "--shard-timeout", longest_wait, 0);
    if (!timeout) {
        return fail(timeout.error());
    }
    arguments.shard_timeout = *timeout;
    if (given != 0) {
        const auto choice = parse_shard(text(found, FlagId::shard).value_or(""));
        if (!choice) {
            return fail(choice.error());
        }
        arguments.shard = *choice;
    } else if (*timeout) {
        return fail(complaint("--shard-timeout says how long a shard waits, and there is none",
                              "write --shard I/N, too"));
    }
    return {};
}

Result<Arguments> convert(const Found& found, const CommandEntry* command) {
    Arguments result;
    result.operands = found.operands;
    if (is_set(found, FlagId::help)) {
        result.command = Command::help;
        result.operands.clear();
        if (command != nullptr) {
            result.operands.emplace_back(command->name);
        }
    } else if (is_set(found, FlagId::version)) {
        result.command = Command::version;
    } else if (command == nullptr) {
        return fail(complaint("a command is missing", ""));
    } else {
        result.command = command->command;
    }
    result.folder = text(found, FlagId::chdir).value_or(".");
    result.environment = text(found, FlagId::environment);
    result.json = is_set(found, FlagId::json);
    result.quiet = is_set(found, FlagId::quiet);
    result.colour = colour(found);
    result.endpoint = text(found, FlagId::endpoint);
    result.ims_endpoint = text(found, FlagId::ims_endpoint);
    result.ca_file = text(found, FlagId::ca_file).value_or("");
    result.out = text(found, FlagId::out);
    result.explain = is_set(found, FlagId::explain);
    result.detailed_exitcode = is_set(found, FlagId::detailed_exitcode);
    result.auto_approve = is_set(found, FlagId::auto_approve);
    if (const auto reports = found.lists.find(FlagId::write); reports != found.lists.end()) {
        result.reports = reports->second;
    }
    result.baseline = text(found, FlagId::baseline);
    result.unmanaged = is_set(found, FlagId::unmanaged);

    const auto parallelism = number(found, FlagId::parallelism, "--parallelism", most_parallel);
    if (!parallelism) {
        return fail(parallelism.error());
    }
    const auto timeout = number(found, FlagId::timeout, "--timeout", longest_timeout);
    if (!timeout) {
        return fail(timeout.error());
    }
    const auto runs = number(found, FlagId::runs, "--runs", most_runs);
    if (!runs) {
        return fail(runs.error());
    }
    const auto budget = number(found, FlagId::markdown_budget, "--markdown-budget",
                               longest_markdown, shortest_markdown);
    if (!budget) {
        return fail(budget.error());
    }
    result.markdown_budget = *budget;
    result.parallelism = *parallelism;
    result.timeout_seconds = *timeout;
    result.runs = runs->value_or(1);
    const auto deletes = number(found, FlagId::allow_deletes, "--allow-deletes", most_deletes, 0);
    if (!deletes) {
        return fail(deletes.error());
    }
    result.allow_deletes = *deletes;
    if (const auto taken = take_choice(found, result); !taken) {
        return fail(taken.error());
    }
    return result;
}

bool takes_no_value(std::string_view name) {
    const auto among = [&](std::span<const Flag> flags) {
        return std::any_of(flags.begin(), flags.end(), [&](const Flag& flag) {
            return flag.name == name && flag.value.empty();
        });
    };
    const auto items = commands();
    return among(global_flags()) || std::any_of(items.begin(), items.end(), [&](const auto& item) {
               return among(item.flags);
           });
}

/// `--json=yes` and the like: the library would read many spellings of yes and no.
std::optional<Error> needless_value(std::span<const std::string> words) {
    for (const auto& word : words) {
        const auto name = word.substr(0, word.find('='));
        if (name != word && takes_no_value(name)) {
            return complaint(fmt::format("{} takes no value", name),
                             fmt::format("write {} alone", name));
        }
    }
    return std::nullopt;
}

/// The flag as it was given to the command; null: it was not.
const CLI::Option* given_flag(const CLI::App& app, const char* flag) {
    const auto used = app.get_subcommands();
    const auto* option = used.empty() ? nullptr : used.front()->get_option_no_throw(flag);
    return option != nullptr && option->count() > 0 ? option : nullptr;
}

/// `--out "$FILE"` without a FILE must not pass for a plan that was saved, nor `--baseline ""` for
/// a baseline that was read.
bool names_no_file(const CLI::App& app, const char* flag) {
    const auto* option = given_flag(app, flag);
    return option != nullptr && option->as<std::string>().empty();
}

bool takes_many(const CommandEntry& command) {
    return command.operands.find("...") != std::string_view::npos;
}

std::optional<Error> needless_operand(const std::vector<std::string>& operands,
                                      const CommandEntry* command) {
    if (command == nullptr || takes_many(*command)) {
        return std::nullopt;
    }
    const std::size_t most = command->operands.empty() ? 0 : 1;
    return operands.size() > most ? std::optional(unexpected_operand(operands[most], *command))
                                  : std::nullopt;
}

} // namespace

Result<Arguments> parse(const std::vector<std::string>& words) {
    CLI::App app("", "penstock");
    app.set_help_flag();
    app.require_subcommand(0, 1);
    Found found;
    for (const auto& flag : global_flags()) {
        add_flag(app, flag, found);
    }
    std::map<const CLI::App*, const CommandEntry*> entries;
    for (const auto& item : commands()) {
        auto* subcommand = app.add_subcommand(std::string(item.name));
        subcommand->set_help_flag();
        subcommand->fallthrough();
        for (const auto& flag : item.flags) {
            add_flag(*subcommand, flag, found);
        }
        if (!item.operands.empty()) {
            subcommand->add_option("operands", found.operands)
                ->expected(0, takes_many(item) ? 1 << 20 : 1);
        }
        entries[subcommand] = &item;
    }
    const auto chosen = [&]() -> const CommandEntry* {
        const auto used = app.get_subcommands();
        return used.empty() ? nullptr : entries[used.front()];
    };
    // What stands behind `--` is never a flag; the library knows that for required operands only.
    const auto mark = std::find(words.begin(), words.end(), "--");
    if (auto error = needless_value({words.begin(), mark})) {
        return fail(std::move(*error));
    }
    try {
        // It takes the words from the back.
        app.parse(std::vector<std::string>(std::make_reverse_iterator(mark), words.rend()));
    } catch (const CLI::ExtrasError&) {
        const auto extra = app.remaining(true);
        return fail(unexpected(extra.empty() ? "" : extra.front(), chosen()));
    } catch (const CLI::ParseError& error) {
        return fail(complaint(printable(error.what()), ""));
    }
    for (auto word = mark == words.end() ? mark : mark + 1; word != words.end(); ++word) {
        found.operands.push_back(*word);
    }
    const auto* command = chosen();
    for (const auto* flag : {"--out", "--baseline"}) {
        if (names_no_file(app, flag)) {
            return fail(complaint(fmt::format("{} needs the name of a file", flag), ""));
        }
    }
    if (auto error = needless_operand(found.operands, command)) {
        return fail(std::move(*error));
    }
    auto arguments = convert(found, command);
    if (arguments && arguments->command != Command::help) {
        const auto* shard = given_flag(app, "--shard");
        const auto given = shard == nullptr ? std::size_t{0} : shard->count();
        if (const auto taken = take_shard(found, given, *arguments); !taken) {
            return fail(taken.error());
        }
    }
    return arguments;
}

bool asks_for_json(const std::vector<std::string>& words) {
    const auto end = std::find(words.begin(), words.end(), "--");
    return std::any_of(words.begin(), end, [](const std::string& word) {
        return word.substr(0, word.find('=')) == "--json";
    });
}

} // namespace penstock::cli
