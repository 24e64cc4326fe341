#pragma once

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "cli/host.hpp"
#include "cli/selection.hpp"
#include "render/report.hpp"

namespace penstock::cli {

/// What is known of a run before its project is open.
render::Scope bare_scope(const Arguments& arguments, const Host& host);

/// The same with what the run is about.
render::Scope scope_of(const Arguments& arguments, const Host& host, const Selection& selection,
                       Context& context);

/// The headings and places of what is chosen.
void add_units(render::Scope& scope, const Selection& selection);

} // namespace penstock::cli
