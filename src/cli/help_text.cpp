#include "cli/help_text.hpp"

#include "cli/exit_codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace penstock::cli {

namespace {

std::string flag_words(const Flag& flag) {
    std::string text = flag.letter.empty() ? std::string("    ") : fmt::format("{}, ", flag.letter);
    text += flag.name;
    if (!flag.value.empty()) {
        text += fmt::format(" {}", flag.value);
    }
    return text;
}

std::string flags_text(std::span<const Flag> flags) {
    std::size_t width = 0;
    for (const auto& flag : flags) {
        width = std::max(width, flag_words(flag).size());
    }
    std::string text;
    for (const auto& flag : flags) {
        text += fmt::format("  {:{}}  {}\n", flag_words(flag), width, flag.summary);
    }
    return text;
}

} // namespace

std::string overview_text() {
    std::string text = "penstock keeps Adobe Experience Platform exports in git.\n\n"
                       "Usage: penstock [-C DIR] [-e ENV] COMMAND [PATH...]\n\nCommands:\n";
    for (const auto& command : commands()) {
        text += fmt::format("  {:<11} {}\n", command.name, command.summary);
    }
    text += "\nFlags, before or after the command:\n" + flags_text(global_flags());
    text += "\nPaths are manifest files or folders; they narrow a command to the manifests in\n"
            "them, as --selector does by labels and --target by names, and nothing else is\n"
            "deleted. `plan --out FILE` saves a plan; `apply FILE` carries out what it says,\n"
            "and nothing else.\n\n";
    return text + exit_code_table();
}

std::string command_text(const CommandEntry& command) {
    std::string text =
        fmt::format("{}.\n\nUsage: penstock {}{}{}\n", command.summary, command.name,
                    command.flags.empty() ? "" : " [FLAGS]",
                    command.operands.empty() ? "" : fmt::format(" {}", command.operands));
    if (!command.flags.empty()) {
        text += "\nFlags:\n" + flags_text(command.flags);
    }
    return text + "\nFlags of every command:\n" + flags_text(global_flags());
}

} // namespace penstock::cli
