#include "cli/exit_codes.hpp"

#include <fmt/format.h>

#include <csignal>
#include <string_view>

namespace penstock::cli {

namespace {

std::string_view meaning(ExitCode code) {
    switch (code) {
    case ExitCode::done:
        return "done, or nothing to do";
    case ExitCode::failed:
        return "another error: wrong arguments, a destination's secret that cannot be read, ...";
    case ExitCode::changes:
        return "changes present (plan --detailed-exitcode), or drift found (drift)";
    case ExitCode::invalid:
        return "the manifests are invalid, or paths and flags choose none of them";
    case ExitCode::stale:
        return "the plan is stale, or somebody else changed the same fields";
    case ExitCode::partial:
        return "applied in part";
    case ExitCode::refused:
        return "refused by a guard or by an error that blocks the plan, or not approved";
    case ExitCode::authentication:
        return "authentication or permission, also when the environment's own credentials are "
               "missing";
    case ExitCode::network:
        return "network, rate limit or service failure that outlasted the retries";
    case ExitCode::interrupted:
        return "interrupted (SIGINT); what was in flight was finished and reported";
    case ExitCode::terminated:
        return "terminated (SIGTERM); what was in flight was finished and reported";
    }
    return "";
}

} // namespace

ExitCode exit_code(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::general:
    case ErrorKind::invalid_input:
    case ErrorKind::secret_unavailable:
    case ErrorKind::not_found:
    case ErrorKind::rejected:
    case ErrorKind::bad_answer:
    case ErrorKind::not_kept:
        return ExitCode::failed;
    case ErrorKind::authentication:
    case ErrorKind::permission:
        return ExitCode::authentication;
    case ErrorKind::stale:
        return ExitCode::stale;
    case ErrorKind::busy:
    case ErrorKind::rate_limited:
    case ErrorKind::unavailable:
    case ErrorKind::unreachable:
    case ErrorKind::network:
        return ExitCode::network;
    case ErrorKind::refused:
        return ExitCode::refused;
    case ErrorKind::interrupted:
        return ExitCode::interrupted;
    }
    return ExitCode::failed;
}

ExitCode exit_code_of_signal(int signal) {
    return signal == SIGTERM ? ExitCode::terminated : ExitCode::interrupted;
}

std::string exit_code_table() {
    std::string text = "Exit codes:\n";
    for (const auto code : all_exit_codes) {
        text += fmt::format("  {:>3}  {}\n", static_cast<int>(code), meaning(code));
    }
    text +=
        "\nCtrl-C stops after what is in flight. A second one, a second or more later, stops at\n"
        "once; the next apply repairs what that leaves.\n";
    return text;
}

} // namespace penstock::cli
