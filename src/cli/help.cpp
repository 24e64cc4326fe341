#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/help_text.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

namespace penstock::cli {

namespace {

Outcome text_outcome(std::string text) {
    Outcome outcome;
    outcome.document = render::document(version());
    outcome.document["help"] = text;
    outcome.text = std::move(text);
    return outcome;
}

} // namespace

Outcome help(const Arguments& arguments) {
    if (arguments.operands.empty()) {
        return text_outcome(overview_text());
    }
    const auto& topic = arguments.operands.front();
    if (topic == "exit-codes") {
        return text_outcome(exit_code_table());
    }
    if (const auto* command = find_command(topic)) {
        return text_outcome(command_text(*command));
    }
    return failed({ErrorKind::invalid_input,
                   fmt::format("there is no help on {}", printable(topic)),
                   "see `penstock help`",
                   {}});
}

Outcome show_version() {
    Outcome outcome;
    outcome.text = fmt::format("penstock {}\n", version());
    outcome.document = render::document(version());
    return outcome;
}

} // namespace penstock::cli
