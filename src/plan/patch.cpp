#include "plan/patch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::plan {

std::string Patch::next_value() const {
    return fmt::format("/{}/value", operations_.size());
}

void Patch::append(const char* op, std::string path, json::Value& value) {
    operations_.emplace_back(
        json::Object{{"op", op}, {"path", std::move(path)}, {"value", std::move(value)}});
}

bool touches(const std::vector<diff::FieldChange>& fields, std::string_view pointer) {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
        return std::string_view(field.pointer).substr(0, pointer.size()) == pointer &&
               (field.pointer.size() == pointer.size() || field.pointer[pointer.size()] == '/');
    });
}

} // namespace penstock::plan
