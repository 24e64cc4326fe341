#include "base/text.hpp"
#include "catalogue/catalogue.hpp"
#include "cli/commands.hpp"
#include "cli/completion_scripts.hpp"
#include "cli/completion_words.hpp"
#include "cli/schema_names.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::cli {

const std::vector<std::string>& shells() {
    static const std::vector<std::string> list{"bash", "zsh", "fish"};
    return list;
}

std::optional<std::string> completion_script(std::string_view shell) {
    if (shell == "bash") {
        return bash_completion();
    }
    if (shell == "zsh") {
        return zsh_completion();
    }
    if (shell == "fish") {
        return fish_completion();
    }
    return std::nullopt;
}

std::vector<std::string> words_of(WordKind kind) {
    switch (kind) {
    case WordKind::none:
    case WordKind::text:
    case WordKind::file:
    case WordKind::folder:
        return {};
    case WordKind::destination:
        return catalogue::Catalogue::embedded().slugs();
    case WordKind::schema:
        return schema_names();
    case WordKind::shell:
        return shells();
    case WordKind::topic: {
        std::vector<std::string> topics{"exit-codes"};
        for (const auto& command : commands()) {
            topics.emplace_back(command.name);
        }
        return topics;
    }
    }
    return {};
}

std::vector<std::string> names_of(const Flag& flag) {
    std::vector<std::string> names;
    if (!flag.letter.empty()) {
        names.emplace_back(flag.letter);
    }
    names.emplace_back(flag.name);
    return names;
}

Outcome completion(const Arguments& arguments) {
    const auto shell = arguments.operands.empty() ? std::string() : arguments.operands.front();
    auto script = completion_script(shell);
    if (!script) {
        return failed({ErrorKind::invalid_input,
                       shell.empty() ? std::string("completion needs the name of a shell")
                                     : fmt::format("there is no script for {}", printable(shell)),
                       fmt::format("known are {}", enumerate(shells())),
                       {}});
    }
    Outcome outcome;
    outcome.document = render::document(version());
    outcome.document["shell"] = shell;
    outcome.document["script"] = *script;
    outcome.text = std::move(*script);
    return outcome;
}

} // namespace penstock::cli
