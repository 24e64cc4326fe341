#include "cli/completion_words.hpp"

#include <fmt/format.h>

namespace penstock::cli {

namespace {

std::string arguments_of(WordKind kind) {
    switch (kind) {
    case WordKind::none:
        return "";
    case WordKind::text:
        return " -x";
    case WordKind::file:
        return " -r -F";
    case WordKind::folder:
        return " -x -a '(__fish_complete_directories)'";
    case WordKind::destination:
    case WordKind::schema:
    case WordKind::shell:
    case WordKind::topic:
        return fmt::format(" -x -a '{}'", fmt::join(words_of(kind), " "));
    }
    return "";
}

std::string flag_line(const Flag& flag, const std::string& condition) {
    const auto letter =
        flag.letter.empty() ? std::string() : fmt::format(" -s {}", flag.letter.substr(1));
    return fmt::format("complete -c penstock{}{} -l {}{} -d '{}'\n", condition, letter,
                       flag.name.substr(2), arguments_of(flag.value_kind), flag.summary);
}

} // namespace

std::string fish_completion() {
    std::string text = "# fish completion for penstock\ncomplete -c penstock -f\n";
    for (const auto& flag : global_flags()) {
        text += flag_line(flag, "");
    }
    for (const auto& command : commands()) {
        text += fmt::format("complete -c penstock -n __fish_use_subcommand -a {} -d '{}'\n",
                            command.name, command.summary);
        const auto condition = fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name);
        for (const auto& flag : command.flags) {
            text += flag_line(flag, condition);
        }
        if (command.operand_kind == WordKind::file) {
            text += fmt::format("complete -c penstock{} -F\n", condition);
        } else if (const auto words = words_of(command.operand_kind); !words.empty()) {
            text +=
                fmt::format("complete -c penstock{} -a '{}'\n", condition, fmt::join(words, " "));
        }
    }
    return text;
}

} // namespace penstock::cli
