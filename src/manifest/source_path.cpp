#include "manifest/source_path.hpp"

#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace penstock::manifest {

namespace {

constexpr std::string_view identity_map = "identityMap";
constexpr std::string_view escaped_dot = "//.";

/// The path's steps, as written.
std::vector<std::string_view> steps_of(std::string_view path) {
    std::vector<std::string_view> steps;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path.substr(at, escaped_dot.size()) == escaped_dot) {
            at += escaped_dot.size() - 1;
        } else if (path[at] == '.') {
            steps.push_back(path.substr(begin, at - begin));
            begin = at + 1;
        }
    }
    steps.push_back(path.substr(begin));
    return steps;
}

std::string joined(const std::vector<std::string_view>& steps, std::string_view with) {
    std::string text;
    for (const auto step : steps) {
        text += text.empty() ? "" : with;
        text += step;
    }
    return text;
}

std::optional<SourceFault> check_identity(const std::vector<std::string_view>& steps) {
    if (steps.size() == 1) {
        return SourceFault{"bad-source", "`identityMap` alone names no identity",
                           "write the namespace too, such as identityMap.Email"};
    }
    const bool has_index = steps[1].find('[') != std::string_view::npos;
    if (steps.size() == 2 && !has_index) {
        return std::nullopt;
    }
    if (has_index || steps.back() == "id") {
        return SourceFault{"bad-source", "an identity is mapped as a whole",
                           fmt::format("write `identityMap.{}`",
                                       shortened(steps[1].substr(0, steps[1].find('['))))};
    }
    const std::vector<std::string_view> name(steps.begin() + 1, steps.end());
    return SourceFault{"unescaped-namespace", "a dot inside a namespace must be escaped",
                       fmt::format("write `identityMap.{}`", shortened(joined(name, escaped_dot)))};
}

} // namespace

std::optional<SourceFault> check_source_path(std::string_view path) {
    if (path.find('(') != std::string_view::npos) {
        return SourceFault{"bad-source", "this is not a path",
                           "write `sourceType: EXPRESSION` beside an expression"};
    }
    if (path.find_first_of(" \t\r\n") != std::string_view::npos) {
        return SourceFault{"bad-source", "a path has no blanks", "remove them"};
    }
    auto steps = steps_of(path);
    const bool has_slashes = path.starts_with('/');
    if (has_slashes) {
        std::string dotted(path.substr(1));
        std::replace(dotted.begin(), dotted.end(), '/', '.');
        return SourceFault{"bad-source", "the steps of a path are separated by dots",
                           fmt::format("write `{}`", shortened(dotted))};
    }
    if (std::find(steps.begin(), steps.end(), "") != steps.end()) {
        steps.erase(std::remove(steps.begin(), steps.end(), ""), steps.end());
        return SourceFault{"bad-source", "the path has an empty step",
                           steps.empty()
                               ? "write a path such as person.name.firstName"
                               : fmt::format("write `{}`", shortened(joined(steps, ".")))};
    }
    return steps.front() == identity_map ? check_identity(steps) : std::nullopt;
}

std::optional<std::string> identity_namespace(std::string_view path) {
    const auto steps = steps_of(path);
    if (steps.size() < 2 || steps.front() != identity_map) {
        return std::nullopt;
    }
    std::string name(path.substr(identity_map.size() + 1));
    for (auto at = name.find(escaped_dot); at != std::string::npos; at = name.find(escaped_dot)) {
        name.replace(at, escaped_dot.size(), ".");
    }
    return name;
}

} // namespace penstock::manifest
