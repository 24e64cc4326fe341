#include "plan/sensitive.hpp"

#include "json/pointer.hpp"

#include <string>

namespace penstock::plan {

namespace {

/// Of a field that stands for a whole block, only the value in it goes.
void hide_in(diff::FieldChange& field, const std::string& pointer) {
    if (!field.before || !pointer.starts_with(field.pointer)) {
        return;
    }
    if (auto* value = json::find(*field.before, pointer.substr(field.pointer.size()))) {
        *value = json::Value{};
    }
}

} // namespace

void hide_credentials(EntityChange& change, const model::DesiredEntity* desired) {
    if (!change.before) {
        return;
    }
    static const json::Value nothing;
    const auto& written = desired == nullptr ? nothing : desired->content["auth"]["params"];
    for (const auto& [name, value] : (*change.before)["auth"]["params"].as_object()) {
        if (!written.as_object().contains(name)) {
            change.hidden.push_back(json::child("/auth/params", name));
        }
    }
    for (const auto& pointer : change.hidden) {
        *json::find(*change.before, pointer) = json::Value{};
        for (auto& field : change.fields) {
            hide_in(field, pointer);
        }
    }
}

} // namespace penstock::plan
