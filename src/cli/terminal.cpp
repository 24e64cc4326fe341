#include "cli/terminal.hpp"

namespace penstock::cli {

namespace {

std::string variable(const Host& host, const char* name) {
    return host.variable(name).value_or("");
}

} // namespace

bool use_colour(const ColourFacts& facts) {
    if (facts.flag != ColourChoice::automatic) {
        return facts.flag == ColourChoice::always;
    }
    if (!facts.no_color.empty() || facts.term == "dumb") {
        return false;
    }
    if (!facts.clicolor_force.empty() && facts.clicolor_force != "0") {
        return true;
    }
    return facts.terminal;
}

ColourFacts colour_facts(const Host& host, ColourChoice flag, bool terminal) {
    return {flag, terminal, variable(host, "NO_COLOR"), variable(host, "CLICOLOR_FORCE"),
            variable(host, "TERM")};
}

bool is_automation(const Host& host) {
    const auto ci = variable(host, "CI");
    return !ci.empty() && ci != "0" && ci != "false";
}

bool can_redraw(const Host& host) {
    return host.err_is_terminal && !is_automation(host) && variable(host, "TERM") != "dumb";
}

bool can_ask(const Host& host) {
    return host.in_is_terminal && host.err_is_terminal && !is_automation(host);
}

} // namespace penstock::cli
