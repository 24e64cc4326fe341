#include "cli/commands.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"

namespace penstock::cli {

Outcome plan(const Arguments& arguments, const Host& host) {
    auto opened = open_project(arguments, host);
    if (!opened) {
        return std::move(opened).error();
    }
    auto context = Context::open(arguments, host, opened->selection.manifests, Access::read);
    if (!context) {
        return failed(context.error());
    }
    Progress progress(arguments, host);
    const auto planned = make_plan(**context, opened->selection, {}, progress);
    if (!planned) {
        return failed(planned.error());
    }
    Outcome outcome;
    outcome.text = render::plan_text(*planned, style(arguments, host, host.out_is_terminal));
    outcome.document = render::plan_json(*planned, version());
    if (planned->blocked()) {
        outcome.code = ExitCode::refused;
    } else if (arguments.detailed_exitcode && !planned->empty()) {
        outcome.code = ExitCode::changes;
    }
    return outcome;
}

} // namespace penstock::cli
