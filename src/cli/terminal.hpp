#pragma once

#include "cli/host.hpp"
#include "render/style.hpp"

#include <optional>
#include <string>

namespace penstock::cli {

enum class ColourChoice { automatic, always, never };

/// What decides on colour.
struct ColourFacts {
    ColourChoice flag = ColourChoice::automatic;
    bool terminal = false;
    std::string no_color;       ///< NO_COLOR; empty if not set
    std::string clicolor_force; ///< CLICOLOR_FORCE
    std::string term;           ///< TERM
};

/// A flag wins; then NO_COLOR and TERM=dumb forbid, CLICOLOR_FORCE demands, a terminal allows.
bool use_colour(const ColourFacts& facts);

/// The facts for a stream of this process.
ColourFacts colour_facts(const Host& host, ColourChoice flag, bool terminal);

/// True under continuous integration, where nobody watches and nobody answers.
bool is_automation(const Host& host);

/// True if a line on standard error may be overwritten.
bool can_redraw(const Host& host);

/// True if somebody can be asked.
bool can_ask(const Host& host);

} // namespace penstock::cli
