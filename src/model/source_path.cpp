#include "model/source_path.hpp"

namespace penstock::model {

std::vector<std::string> source_steps(std::string_view path) {
    std::vector<std::string> steps(1);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path.substr(i, 3) == "//.") {
            steps.back() += '.';
            i += 2;
        } else if (path[i] == '.') {
            steps.emplace_back();
        } else {
            steps.back() += path[i];
        }
    }
    return steps;
}

std::optional<std::string> identity_of_path(std::string_view path) {
    const auto steps = source_steps(path);
    if (steps.size() < 2 || steps[0] != "identityMap") {
        return std::nullopt;
    }
    return steps[1];
}

std::string path_of_identity(std::string_view identity) {
    std::string path = "identityMap.";
    for (const char c : identity) {
        path += c == '.' ? std::string("//.") : std::string(1, c);
    }
    return path;
}

std::optional<std::string> identity_namespace(const json::Value& column) {
    if (column["sourceType"] != json::Value("ATTRIBUTE")) {
        return std::nullopt;
    }
    return identity_of_path(column["source"].as_string());
}

std::optional<std::string> single_identity(const json::Value& content) {
    std::vector<std::string> found;
    const auto add = [&](std::optional<std::string> identity) {
        if (identity) {
            found.push_back(std::move(*identity));
        }
    };
    for (const auto& [name, column] : content["mapping"].as_object()) {
        add(identity_namespace(column));
    }
    for (const auto& [path, type] : content["attributes"].as_object()) {
        add(identity_of_path(path));
    }
    return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

} // namespace penstock::model
