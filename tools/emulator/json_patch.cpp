#include "emulator/json_patch.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace penstock::emulator {

namespace {

/// A path that may be patched; `#` stands for an index.
struct Allowed {
    std::string_view pattern;
    bool add;
    bool replace;
    bool remove;
};

const std::vector<Allowed>& allowed_paths(Kind kind) {
    static const std::vector<Allowed> connection{
        {"/name", true, true, false},
        {"/description", true, true, false},
        {"/auth/params", true, true, true},
    };
    static const std::vector<Allowed> source{
        {"/name", true, true, false},
        {"/description", true, true, false},
    };
    static const std::vector<Allowed> target{
        {"/name", true, true, false},
        {"/description", true, true, false},
        {"/params", false, true, false},
        {"/params/*", true, false, false},
    };
    static const std::vector<Allowed> flow{
        {"/name", true, true, false},
        {"/description", true, true, false},
        {"/sourceConnectionIds", false, true, false},
        {"/scheduleParams", false, true, false},
        {"/transformations/0/params/segmentSelectors/selectors/-", true, false, false},
        {"/transformations/0/params/segmentSelectors/selectors/#", false, true, true},
        {"/transformations/0/params/profileSelectors/selectors/-", true, false, false},
        {"/transformations/0/params/profileSelectors/selectors/#", false, true, true},
        {"/transformations/0/params/profileSelectors", true, false, false},
        {"/transformations/0/params/profileSelectors/mandatoryFields", true, true, false},
        {"/transformations/0/params/profileSelectors/primaryFields", true, true, false},
        {"/transformations/0/params/mandatoryFields", true, true, false},
        {"/transformations/0/params/primaryFields", true, true, false},
        {"/transformations/0/params/profileMapping", true, true, false},
        {"/policy", true, false, false},
        {"/policy/enforcementRefs/-", true, false, false},
    };
    switch (kind) {
    case Kind::connection:
        return connection;
    case Kind::source_connection:
        return source;
    case Kind::target_connection:
        return target;
    case Kind::flow:
        return flow;
    }
    return flow;
}

std::optional<std::size_t> parse_index(std::string_view step) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool leading_zero = step.size() > 1 && step.front() == '0';
    if (error != std::errc{} || end != step.data() + step.size() || leading_zero) {
        return std::nullopt;
    }
    return index;
}

bool fits(std::string_view pattern, std::string_view path) {
    const auto wanted = json::steps(pattern);
    const auto given = json::steps(path);
    return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(),
                      [](const std::string& want, const std::string& step) {
                          return want == step || (want == "#" && parse_index(step)) ||
                                 (want == "*" && !step.empty());
                      });
}

bool is_allowed(Kind kind, const PatchStep& step) {
    const auto& paths = allowed_paths(kind);
    return std::any_of(paths.begin(), paths.end(), [&](const Allowed& allowed) {
        const bool op = step.op == PatchOp::add       ? allowed.add
                        : step.op == PatchOp::replace ? allowed.replace
                                                      : allowed.remove;
        return op && fits(allowed.pattern, step.path);
    });
}

std::optional<PatchOp> parse_op(std::string_view name) {
    if (name == "add") {
        return PatchOp::add;
    }
    if (name == "replace") {
        return PatchOp::replace;
    }
    if (name == "remove") {
        return PatchOp::remove;
    }
    return std::nullopt;
}

std::string_view name_of(PatchOp op) {
    switch (op) {
    case PatchOp::add:
        return "add";
    case PatchOp::replace:
        return "replace";
    case PatchOp::remove:
        return "remove";
    }
    return "";
}

tl::unexpected<Refusal> missing(const std::string& path) {
    return coded("1455-400", fmt::format("Patch validation failed: Missing field {}", path));
}

Outcome<void> apply_to_array(json::Array& array, const PatchStep& step, const std::string& last) {
    if (last == "-" && step.op == PatchOp::add) {
        array.push_back(step.value);
        return {};
    }
    const auto index = parse_index(last);
    const auto limit = array.size() + (step.op == PatchOp::add ? 1U : 0U);
    if (!index || *index >= limit) {
        return missing(step.path);
    }
    const auto position = array.begin() + static_cast<std::ptrdiff_t>(*index);
    switch (step.op) {
    case PatchOp::add:
        array.insert(position, step.value);
        break;
    case PatchOp::replace:
        *position = step.value;
        break;
    case PatchOp::remove:
        array.erase(position);
        break;
    }
    return {};
}

Outcome<void> apply_step(json::Value& document, const PatchStep& step) {
    const auto slash = step.path.rfind('/');
    auto* parent = json::find(document, std::string_view(step.path).substr(0, slash));
    const auto last = json::steps(step.path).back();
    if (parent == nullptr) {
        return missing(step.path);
    }
    if (parent->is_array()) {
        return apply_to_array(parent->make_array(), step, last);
    }
    if (!parent->is_object()) {
        return missing(step.path);
    }
    auto& object = parent->make_object();
    if (step.op != PatchOp::add && !object.contains(last)) {
        return missing(step.path);
    }
    if (step.op == PatchOp::remove) {
        object.erase(last);
    } else {
        object[last] = step.value;
    }
    return {};
}

Outcome<PatchStep> read_step(Kind kind, const json::Value& entry) {
    const auto& path = entry["path"].as_string();
    const auto op = parse_op(entry["op"].as_string());
    if (!op) {
        return coded("1434-400",
                     fmt::format("Unsupported patch operation [{}]", entry["op"].as_string()));
    }
    if (path.empty() || path.front() != '/') {
        return missing("path");
    }
    if (!entry.as_object().contains("value")) {
        return missing("value");
    }
    if (kind == Kind::connection && json::steps(path).front() == "connectionSpec") {
        return coded("1414-400", "connectionSpec of a connection cannot be changed");
    }
    PatchStep step{*op, path, entry["value"]};
    if (!is_allowed(kind, step)) {
        return coded("1455-400", fmt::format("Patch validation failed: {} of {} is not supported",
                                             name_of(*op), path));
    }
    return step;
}

} // namespace

Outcome<std::vector<PatchStep>> read_patch(Kind kind, std::string_view body) {
    if (body.empty()) {
        return coded("1405-400", "Request body is empty");
    }
    const auto parsed = json::parse(body);
    if (!parsed || !parsed->is_array()) {
        return plain(400, "The body of a PATCH is an array of operations");
    }
    if (parsed->as_array().empty()) {
        return coded("1405-400", "Request body has no operations");
    }
    std::vector<PatchStep> steps;
    for (const auto& entry : parsed->as_array()) {
        auto step = read_step(kind, entry);
        if (!step) {
            return tl::unexpected<Refusal>(std::move(step.error()));
        }
        steps.push_back(std::move(*step));
    }
    return steps;
}

Outcome<json::Object> apply_patch(const json::Object& content,
                                  const std::vector<PatchStep>& steps) {
    json::Value document(content);
    for (const auto& step : steps) {
        if (auto applied = apply_step(document, step); !applied) {
            return tl::unexpected<Refusal>(std::move(applied.error()));
        }
    }
    return document.as_object();
}

json::Array describe_steps(const std::vector<PatchStep>& steps) {
    json::Array described;
    for (const auto& step : steps) {
        described.push_back(
            json::Object{{"op", name_of(step.op)}, {"path", step.path}, {"value", step.value}});
    }
    return described;
}

} // namespace penstock::emulator
