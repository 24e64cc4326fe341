#include "manifest/wording.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::manifest {

std::string_view type_name(std::string_view type) {
    if (type == "string") {
        return "a string";
    }
    if (type == "integer") {
        return "a whole number";
    }
    if (type == "boolean") {
        return "true or false";
    }
    if (type == "array") {
        return "a list";
    }
    return "a mapping";
}

std::string_view kind_of(const Node& node) {
    if (node.is_mapping) {
        return "a mapping";
    }
    if (node.is_sequence) {
        return "a list";
    }
    if (node.scalar.is_bool()) {
        return "a boolean";
    }
    return node.scalar.is_number() ? "a number" : "a string";
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::string type_help(const std::vector<std::string>& types, const Node& node) {
    const std::string lower = lowercase(node.string());
    if (types.size() == 1 && types.front() == "array") {
        return "write a list: each item on a line of its own that begins with `- `";
    }
    if (contains(types, "string") && !node.text.empty()) {
        return fmt::format("write it in quotes: \"{}\"", shortened(node.text));
    }
    if (contains(types, "boolean") && contains({"yes", "on", "true", "y"}, lower)) {
        return "write `true`, without quotes";
    }
    if (contains(types, "boolean") && contains({"no", "off", "false", "n"}, lower)) {
        return "write `false`, without quotes";
    }
    if (contains(types, "integer") && is_number(node.string())) {
        return "write it without quotes";
    }
    return "";
}

std::vector<std::string> quoted(const std::vector<std::string>& words) {
    std::vector<std::string> result;
    for (const auto& word : words) {
        result.push_back(fmt::format("`{}`", word));
    }
    return result;
}

std::optional<std::string> meant(std::string_view word, const std::vector<std::string>& choices) {
    for (const auto& choice : choices) {
        if (lowercase(choice) == lowercase(word)) {
            return choice;
        }
    }
    return nearest(word, choices);
}

std::string choices_text(std::string_view word, const std::vector<std::string>& choices) {
    if (const auto near = meant(word, choices)) {
        return fmt::format("did you mean `{}`?", *near);
    }
    return choices.empty() ? "" : fmt::format("use {}", enumerate(quoted(choices), "or"));
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool has_control(std::string_view text, bool lines_allowed) {
    const std::string shown = printable(text);
    if (shown == text) {
        return false;
    }
    if (!lines_allowed) {
        return true;
    }
    std::string flat(text);
    std::replace_if(
        flat.begin(), flat.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return printable(flat) != flat;
}

std::string shortened(std::string_view text) {
    constexpr std::size_t longest = 60;
    if (text.size() <= longest) {
        return std::string(text);
    }
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return std::string(text.substr(0, end)) + "...";
}

} // namespace penstock::manifest
