#include "cli/completion_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace penstock::cli {

namespace {

/// What compgen is to list for a value or operand.
std::string generator(WordKind kind) {
    switch (kind) {
    case WordKind::none:
    case WordKind::text:
        return "";
    case WordKind::file:
        return "-f";
    case WordKind::folder:
        return "-d";
    case WordKind::destination:
    case WordKind::schema:
    case WordKind::shell:
    case WordKind::topic:
        return fmt::format("-W \"{}\"", fmt::join(words_of(kind), " "));
    }
    return "";
}

std::string joined_names(std::span<const Flag> flags, const char* separator, bool with_value_only) {
    std::vector<std::string> all;
    for (const auto& flag : flags) {
        if (!with_value_only || !flag.value.empty()) {
            for (auto& name : names_of(flag)) {
                all.push_back(std::move(name));
            }
        }
    }
    return fmt::format("{}", fmt::join(all, separator));
}

/// Every flag of any command, once.
std::vector<Flag> all_flags() {
    std::vector<Flag> all(global_flags().begin(), global_flags().end());
    for (const auto& command : commands()) {
        for (const auto& flag : command.flags) {
            if (std::none_of(all.begin(), all.end(),
                             [&](const Flag& known) { return known.id == flag.id; })) {
                all.push_back(flag);
            }
        }
    }
    return all;
}

std::string value_case(std::span<const Flag> flags) {
    std::string text;
    for (const auto& flag : flags) {
        if (flag.value.empty()) {
            continue;
        }
        const auto what = generator(flag.value_kind);
        text += fmt::format(
            "        {}) {}return ;;\n", fmt::join(names_of(flag), "|"),
            what.empty() ? "" : fmt::format("COMPREPLY=($(compgen {} -- \"$current\")); ", what));
    }
    return text;
}

} // namespace

std::string bash_completion() {
    std::string names;
    std::string cases;
    const auto all = all_flags();
    const auto values = value_case(all);
    for (const auto& command : commands()) {
        names += (names.empty() ? "" : " ") + std::string(command.name);
        cases += fmt::format("        {})\n", command.name);
        cases += fmt::format("            flags=\"$flags {}\"\n",
                             joined_names(command.flags, " ", false));
        if (const auto what = generator(command.operand_kind); !what.empty()) {
            cases += fmt::format("            operands=({})\n", what);
        }
        cases += "            ;;\n";
    }
    return fmt::format(R"(# bash completion for penstock
_penstock() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}"
    local previous="${{COMP_WORDS[COMP_CWORD - 1]}}"
    local flags="{}"
    local command="" word i
    local -a operands=()
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${{COMP_WORDS[i]}}"
        case "$word" in
        {}) ((i++)) ;;
        -*) ;;
        *)
            command="$word"
            break
            ;;
        esac
    done
    case "$previous" in
{}    esac
    case "$command" in
        "")
            operands=(-W "{}")
            ;;
{}    esac
    if [[ "$current" == -* ]]; then
        COMPREPLY=($(compgen -W "$flags" -- "$current"))
    elif ((${{#operands[@]}})); then
        COMPREPLY=($(compgen "${{operands[@]}}" -- "$current"))
    fi
}}
complete -o filenames -o bashdefault -F _penstock penstock
)",
                       joined_names(global_flags(), " ", false), joined_names(all, "|", true),
                       values, names, cases);
}

} // namespace penstock::cli
