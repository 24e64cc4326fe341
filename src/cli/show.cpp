#include "cli/commands.hpp"
#include "cli/plan_file.hpp"
#include "cli/report_scope.hpp"
#include "render/saved_plan.hpp"

#include <utility>

namespace penstock::cli {

Outcome show(const Arguments& arguments, const Host& host) {
    if (arguments.operands.empty()) {
        return failed({ErrorKind::invalid_input,
                       "show needs the file of a saved plan",
                       "`penstock plan --out FILE` writes one",
                       {}});
    }
    const auto saved = read_plan_file(arguments, arguments.operands.front());
    if (!saved) {
        return failed(saved.error());
    }
    const auto shown = style(arguments, host, host.out_is_terminal);
    auto text = render::saved_plan_text(*saved, shown);
    auto report = render::saved_plan_report(*saved, shown, bare_scope(arguments, host));
    if (!text || !report) {
        return failed(text ? report.error() : text.error());
    }
    Outcome outcome;
    outcome.plain = *render::saved_plan_text(*saved, without_colour(shown));
    outcome.report = std::move(*report);
    outcome.text = std::move(*text);
    outcome.document = render::saved_plan_json(*saved);
    return outcome;
}

} // namespace penstock::cli
