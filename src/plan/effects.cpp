#include "plan/effects.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace penstock::plan {

namespace {

using model::EntityKind;

/// How many exports use each connection that several may share, by its address: base connections,
/// and the source connection to the Profile Store with its own base.
std::map<std::string, std::size_t> exports_by_connection(const model::DesiredGraph& desired) {
    std::map<std::string, std::size_t> exports;
    for (const auto& entity : desired.entities) {
        if (entity.key.kind == EntityKind::target) {
            ++exports[entity.content["base"]["entity"].as_string()];
        } else if (const auto source =
                       model::referenced(entity.content["source"], EntityKind::source);
                   source && source->name == model::profile_store_name) {
            ++exports[model::address(*source)];
            ++exports[model::address({EntityKind::base, source->name})];
        }
    }
    return exports;
}

/// What an export carries: `3 datasets`, `2 segments`.
std::string freight(const model::DesiredGraph& desired, const std::string& name) {
    const auto* flow = desired.find({EntityKind::flow, name});
    if (flow != nullptr && model::carries_segments(flow->content)) {
        return counted(flow->content["segments"].as_object().size(), "segment");
    }
    const auto* source = desired.find({EntityKind::source, name});
    return counted(source == nullptr ? 0 : source->content["datasets"].as_object().size(),
                   "dataset");
}

bool changes(const EntityChange& change, std::string_view pointer) {
    return std::any_of(change.fields.begin(), change.fields.end(), [&](const auto& field) {
        return field.pointer.substr(0, pointer.size()) == pointer;
    });
}

std::vector<std::string> of_flow(const EntityChange& change, const model::DesiredGraph& desired) {
    std::vector<std::string> effects;
    const auto count = freight(desired, change.key.name);
    if (change.action == Action::remove) {
        if (desired.find(change.key) == nullptr) {
            effects.emplace_back("the export stops");
        }
    } else if (change.action == Action::replace) {
        effects.push_back(fmt::format("a new dataflow starts with a full snapshot of {}", count));
    } else if (change.action == Action::update) {
        if (changes(change, "/mapping") || changes(change, "/attributes")) {
            effects.emplace_back("files of the next run have the new columns");
        }
        if (changes(change, "/source")) {
            // Whether the service does is an open question (reference, section 10.2, question 8).
            effects.push_back(fmt::format("may export a full snapshot of {} again", count));
        }
        if (changes(change, "/enabled")) {
            effects.push_back(change.after && (*change.after)["enabled"].as_bool()
                                  ? "the export resumes"
                                  : "the export stops");
        }
    }
    return effects;
}

} // namespace

void describe_effects(Plan& plan, const model::DesiredGraph& desired) {
    const auto exports = exports_by_connection(desired);
    for (auto& change : plan.changes) {
        switch (change.key.kind) {
        case EntityKind::base:
        case EntityKind::source:
            if (change.action == Action::update || change.action == Action::replace) {
                const auto found = exports.find(model::address(change.key));
                if (found != exports.end()) {
                    change.effects.push_back(
                        fmt::format("used by {}", counted(found->second, "export")));
                }
            }
            break;
        case EntityKind::target:
            if (change.action == Action::update && changes(change, "/params")) {
                change.effects.emplace_back("files of the next run go to the new place or format");
            }
            break;
        case EntityKind::flow:
            change.effects = of_flow(change, desired);
            break;
        }
    }
}

} // namespace penstock::plan
