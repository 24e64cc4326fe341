#pragma once

#include "cli/arguments.hpp"
#include "cli/host.hpp"
#include "cli/outcome.hpp"

namespace penstock::cli {

Outcome validate(const Arguments& arguments, const Host& host);
Outcome plan(const Arguments& arguments, const Host& host);
Outcome apply(const Arguments& arguments, const Host& host);
Outcome show(const Arguments& arguments, const Host& host);
Outcome destroy(const Arguments& arguments, const Host& host);
Outcome drift(const Arguments& arguments, const Host& host);
Outcome status(const Arguments& arguments, const Host& host);
Outcome catalog(const Arguments& arguments, const Host& host);
Outcome schema(const Arguments& arguments);
Outcome completion(const Arguments& arguments);
Outcome show_version();
Outcome help(const Arguments& arguments);

} // namespace penstock::cli
