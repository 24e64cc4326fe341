#include "render/fields.hpp"

#include "json/pointer.hpp"
#include "render/schedule_words.hpp"

#include <vector>

namespace penstock::render {

namespace {

using json::Object;
using json::Value;
using model::EntityKind;

constexpr std::string_view frequency = "/schedule/frequency";

/// True for `/segments/<id>/schedule` and all that field_of() gives that name.
bool tells_when(const std::vector<std::string>& steps) {
    return steps.size() > 2 && steps[0] == "segments" &&
           (steps[2] == "schedule" || steps[2] == "exportMode");
}

bool is_link(EntityKind kind, std::string_view member) {
    return member == (kind == EntityKind::flow ? "source" : "base") ||
           (kind == EntityKind::flow && member == "target");
}

Object members_of(const Value& object, bool (*wanted)(std::string_view)) {
    Object found;
    for (const auto& [name, value] : object.as_object()) {
        if (wanted(name)) {
            found.append(name, value);
        }
    }
    return found;
}

} // namespace

std::string field_of(EntityKind kind, std::string_view pointer) {
    const auto steps = json::steps(pointer);
    if (steps.empty()) {
        return std::string(pointer);
    }
    if (is_link(kind, steps[0])) {
        return json::child("", steps[0]);
    }
    if (kind != EntityKind::flow) {
        return std::string(pointer);
    }
    if (steps.size() == 2 && steps[0] == "schedule" && is_part_of_frequency(steps[1])) {
        return std::string(frequency);
    }
    if (tells_when(steps)) {
        return json::child(json::child(json::child("", steps[0]), steps[1]), "schedule");
    }
    if (steps.size() > 2 && steps[0] == "mapping") {
        return json::child(json::child("", steps[0]), steps[1]);
    }
    return std::string(pointer);
}

Value value_of_field(EntityKind kind, std::string_view field, const model::Content& content) {
    if (kind == EntityKind::flow && field == frequency) {
        return members_of(content["schedule"], is_part_of_frequency);
    }
    const auto steps = json::steps(field);
    if (kind == EntityKind::flow && tells_when(steps)) {
        return members_of(content["segments"][steps[1]], [](std::string_view name) {
            return name == "schedule" || name == "exportMode";
        });
    }
    const auto* found = json::find(content, field);
    return found == nullptr ? Value{} : *found;
}

} // namespace penstock::render
