#include "emulator/schema_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <vector>

namespace penstock::emulator {

namespace {

constexpr std::size_t longest_matched = 2000;

bool has_type(const json::Value& value, const std::string& type) {
    if (type == "object") {
        return value.is_object();
    }
    if (type == "array") {
        return value.is_array();
    }
    if (type == "string") {
        return value.is_string();
    }
    if (type == "integer") {
        return value.is_integer();
    }
    if (type == "number") {
        return value.is_number();
    }
    if (type == "boolean") {
        return value.is_bool();
    }
    return true;
}

bool matches(const std::string& pattern, const std::string& text) {
    // The patterns are a fixed handful, and building one costs far more than using it.
    thread_local std::map<std::string, std::regex> compiled;
    if (text.size() > longest_matched) {
        return false;
    }
    auto found = compiled.find(pattern);
    if (found == compiled.end()) {
        found = compiled.emplace(pattern, std::regex(pattern, std::regex::ECMAScript)).first;
    }
    return std::regex_search(text, found->second);
}

bool is_one_of(const json::Value& schema, const json::Value& value) {
    const auto& allowed = schema["enum"].as_array();
    if (!allowed.empty()) {
        return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
    }
    const auto& constants = schema["oneOf"].as_array();
    return constants.empty() ||
           std::any_of(constants.begin(), constants.end(),
                       [&](const json::Value& entry) { return entry["const"] == value; });
}

void check(const json::Value& schema, const json::Value& value, const std::string& name,
           std::vector<std::string>& faults) {
    if (!has_type(value, schema["type"].as_string())) {
        faults.push_back(fmt::format("{} is not of type {}", name, schema["type"].as_string()));
        return;
    }
    if (!is_one_of(schema, value)) {
        faults.push_back(fmt::format("{} is not one of the allowed values", name));
    }
    if (value.is_string() && schema["pattern"].is_string() &&
        !matches(schema["pattern"].as_string(), value.as_string())) {
        faults.push_back(fmt::format("{} does not match its pattern", name));
    }
    if (value.is_string() &&
        value.as_string().size() < static_cast<std::size_t>(schema["minLength"].as_integer())) {
        faults.push_back(fmt::format("{} is too short", name));
    }
    if (value.is_number() &&
        ((schema["minimum"].is_number() && value.as_double() < schema["minimum"].as_double()) ||
         (schema["maximum"].is_number() && value.as_double() > schema["maximum"].as_double()))) {
        faults.push_back(fmt::format("{} is out of range", name));
    }
    if (!value.is_object()) {
        return;
    }
    const auto& properties = schema["properties"];
    for (const auto& [property, content] : value.as_object()) {
        if (properties.as_object().contains(property)) {
            check(properties[property], content, fmt::format("{}.{}", name, property), faults);
        } else if (schema["additionalProperties"].is_bool()) {
            faults.push_back(fmt::format("{} has no parameter {}", name, property));
        }
    }
    for (const auto& required : schema["required"].as_array()) {
        const auto& property = required.as_string();
        if (!value.as_object().contains(property) &&
            properties[property]["conditional"].is_null()) {
            faults.push_back(fmt::format("{} lacks {}", name, property));
        }
    }
}

} // namespace

Outcome<void> check_schema(const json::Value& schema, const json::Value& document,
                           const std::string& name) {
    std::vector<std::string> faults;
    check(schema, document, name, faults);
    if (!faults.empty()) {
        return plain(400, fmt::format("{}", fmt::join(faults, "; ")));
    }
    return {};
}

} // namespace penstock::emulator
