#include "manifest/yaml_message.hpp"

#include <algorithm>
#include <iterator>

namespace penstock::manifest {

namespace {

struct Translation {
    std::string_view error; ///< how the parser's message begins
    std::string_view message;
    std::string_view suggestion;
};

constexpr std::string_view same_indentation =
    "keys of one mapping start in the same column, and text that contains `: ` needs quotes";

constexpr Translation translations[] = {
    {"end of map not found", "this line does not continue the mapping before it", same_indentation},
    {"illegal map value", "a `:` cannot stand here", same_indentation},
    {"illegal map key", "a key cannot stand here", same_indentation},
    {"end of sequence not found", "this line does not continue the list before it",
     "items of one list start with `- ` in the same column"},
    {"illegal flow end", "a closing bracket without its opening one", ""},
    {"illegal block entry", "a list item `- ` cannot stand here",
     "items of one list start with `- ` in the same column, on lines of their own"},
    {"illegal tab when looking for indentation", "a tab cannot indent YAML", "use spaces"},
    {"unknown token", "a character that cannot start a value",
     "quote text that begins with `@`, a backtick, `%` or a tab"},
    {"unknown escape character", "unknown escape in a double-quoted string",
     "write `\\\\` for a backslash, or use single quotes"},
    {"bad character found while scanning hex number", "an escape needs hexadecimal digits here",
     ""},
    {"invalid unicode", "an escape that is no Unicode character", ""},
    {"illegal EOF in scalar", "the quote is never closed", ""},
    {"illegal document indicator in scalar", "the quote is not closed before the document ends",
     ""},
    {"unexpected character in block scalar", "unexpected text behind `|` or `>`",
     "the text of a block starts on the next line"},
    {"the referenced anchor is not defined", "an alias to an anchor that is not defined before it",
     "quote text that begins with `*`"},
    {"alias not found after *", "`*` starts an alias, and no name follows",
     "quote text that begins with `*`"},
    {"anchor not found after &", "`&` starts an anchor, and no name follows",
     "quote text that begins with `&`"},
    {"bad file", "nested too deeply", ""},
};

} // namespace

YamlMessage explain_yaml_error(std::string_view error) {
    const auto known =
        std::find_if(std::begin(translations), std::end(translations), [&](const auto& entry) {
            return error.substr(0, entry.error.size()) == entry.error;
        });
    if (known == std::end(translations)) {
        return {"this is not valid YAML", ""};
    }
    return {std::string(known->message), std::string(known->suggestion)};
}

bool is_about_open_bracket(std::string_view error) {
    return error == "end of map flow not found" || error == "end of sequence flow not found";
}

bool is_about_open_quote(std::string_view error) {
    return error == "illegal EOF in scalar" || error == "illegal document indicator in scalar";
}

} // namespace penstock::manifest
