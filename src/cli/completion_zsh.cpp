#include "cli/completion_words.hpp"

#include <fmt/format.h>

namespace penstock::cli {

namespace {

std::string action(WordKind kind) {
    switch (kind) {
    case WordKind::none:
    case WordKind::text:
        return "";
    case WordKind::file:
        return "_files";
    case WordKind::folder:
        return "_files -/";
    case WordKind::destination:
    case WordKind::schema:
    case WordKind::shell:
    case WordKind::topic:
        return fmt::format("({})", fmt::join(words_of(kind), " "));
    }
    return "";
}

/// One specification of _arguments.
std::string flag_spec(const Flag& flag, const char* indent) {
    const auto names = flag.letter.empty()
                           ? fmt::format("'{}{}", flag.repeatable ? "*" : "", flag.name)
                           : fmt::format("{{{},{}}}'", flag.letter, flag.name);
    const auto value = flag.value.empty()
                           ? std::string()
                           : fmt::format(":{}:{}", flag.value, action(flag.value_kind));
    return fmt::format("{}{}[{}]{}'", indent, names, flag.summary, value);
}

} // namespace

std::string zsh_completion() {
    std::string flags;
    for (const auto& flag : global_flags()) {
        flags += flag_spec(flag, "        ") + "\n";
    }
    std::string names;
    std::string cases;
    for (const auto& command : commands()) {
        names += fmt::format("            '{}:{}'\n", command.name, command.summary);
        cases +=
            fmt::format("            {})\n                _arguments $global \\\n", command.name);
        for (const auto& flag : command.flags) {
            cases += flag_spec(flag, "                    ") + " \\\n";
        }
        cases += command.operand_kind == WordKind::none
                     ? "                    && return\n"
                     : fmt::format("                    '*:{}:{}' && return\n", command.name,
                                   action(command.operand_kind));
        cases += "                ;;\n";
    }
    return fmt::format(R"(#compdef penstock
# zsh completion for penstock
_penstock() {{
    local state line
    local -a global names
    global=(
{}    )
    _arguments -C $global '1:command:->command' '*::operand:->operand' && return
    case $state in
    command)
        names=(
{}        )
        _describe 'command' names
        ;;
    operand)
        case $line[1] in
{}        esac
        ;;
    esac
}}
_penstock "$@"
)",
                       flags, names, cases);
}

} // namespace penstock::cli
