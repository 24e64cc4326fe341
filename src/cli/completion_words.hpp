#pragma once

#include "cli/command_table.hpp"

#include <string>
#include <vector>

namespace penstock::cli {

/// The words that a value or operand of that kind can be; empty where the shell lists files.
std::vector<std::string> words_of(WordKind kind);

/// Each flag under all its names, as a shell's word list.
std::vector<std::string> names_of(const Flag& flag);

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

} // namespace penstock::cli
