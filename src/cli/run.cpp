#include "cli/run.hpp"

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/operands.hpp"
#include "cli/parser.hpp"
#include "cli/report_files.hpp"
#include "json/text.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace penstock::cli {

namespace {

Outcome dispatch(const Arguments& arguments, const Host& host) {
    switch (arguments.command) {
    case Command::validate:
        return validate(arguments, host);
    case Command::plan:
        return plan(arguments, host);
    case Command::apply:
        if (const auto known = check_apply_operands(arguments); !known) {
            return failed(known.error(), ExitCode::invalid);
        }
        return apply(arguments, host);
    case Command::show:
        return show(arguments, host);
    case Command::drift:
        return drift(arguments, host);
    case Command::destroy:
        return destroy(arguments, host);
    case Command::status:
        return status(arguments, host);
    case Command::catalog:
        return catalog(arguments, host);
    case Command::schema:
        return schema(arguments);
    case Command::completion:
        return completion(arguments);
    case Command::version:
        return show_version();
    case Command::help:
        return help(arguments);
    }
    return {};
}

/// A mistake of this program. Only texts that cannot quote data are shown: a library's own
/// exception might repeat what it was given, and that may be a secret.
Outcome internal_error(std::string what) {
    return failed({ErrorKind::general,
                   "internal error: " + std::move(what),
                   "this is a mistake of penstock; please report it",
                   {}});
}

Outcome guarded(const Arguments& arguments, const Host& host) {
    try {
        return dispatch(arguments, host);
    } catch (const std::bad_alloc&) {
        return internal_error("out of memory");
    } catch (const std::system_error& error) {
        return internal_error(error.code().message());
    } catch (const std::logic_error&) {
        return internal_error("broken assumption");
    } catch (const std::exception&) {
        return internal_error("unexpected exception");
    }
}

int finish(Outcome outcome, bool json, const Host& host) {
    const int code = static_cast<int>(outcome.code);
    if (!json || outcome.text_is_json) {
        host.out(outcome.text);
    } else {
        outcome.document["exit_code"] = code;
        host.out(json::write_pretty(std::move(outcome.document)) + "\n");
    }
    if (!outcome.complaint.empty()) {
        host.err(outcome.complaint);
    }
    return code;
}

} // namespace

int run(const std::vector<std::string>& words, const Host& host) {
    const auto arguments = parse(words);
    if (!arguments) {
        return finish(failed(arguments.error()), asks_for_json(words), host);
    }
    const auto files = report_files(*arguments);
    if (!files) {
        return finish(failed(files.error()), arguments->json, host);
    }
    auto outcome = guarded(*arguments, host);
    if (outcome.code == ExitCode::interrupted && host.signal) {
        outcome.code = exit_code_of_signal(host.signal());
    }
    write_reports(*files, *arguments, host, outcome);
    return finish(std::move(outcome), arguments->json, host);
}

} // namespace penstock::cli
