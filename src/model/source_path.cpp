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

std::optional<std::string> identity_namespace(const json::Value& column) {
    const auto steps = source_steps(column["source"].as_string());
    if (column["sourceType"] != json::Value("ATTRIBUTE") || steps.size() < 2 ||
        steps[0] != "identityMap") {
        return std::nullopt;
    }
    return steps[1];
}

std::optional<std::string> single_identity(const json::Value& mapping) {
    std::optional<std::string> found;
    for (const auto& [name, column] : mapping.as_object()) {
        auto identity = identity_namespace(column);
        if (identity && found) {
            return std::nullopt;
        }
        if (identity) {
            found = std::move(identity);
        }
    }
    return found;
}

} // namespace penstock::model
