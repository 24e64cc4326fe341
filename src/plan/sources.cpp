#include "plan/sources.hpp"

#include "base/text.hpp"
#include "json/pointer.hpp"
#include "model/source_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace penstock::plan {

namespace {

using json::Value;

/// Where a path leaves the schema.
struct Gap {
    std::string reached; ///< the part of the path that is there
    std::string missing; ///< the step that is not
    std::vector<std::string> siblings;
};

/// Nothing if the path is there, or if the schema does not tell: a reference, or an object without
/// a list of its properties.
std::optional<Gap> find_gap(const Value& schema, const std::vector<std::string>& steps) {
    const Value* here = &schema;
    std::string reached;
    for (const auto& step : steps) {
        while ((*here)["items"].is_object()) {
            here = &(*here)["items"];
        }
        const auto& properties = (*here)["properties"];
        if (const auto* property = properties.as_object().find(step)) {
            here = property;
        } else if ((*here)["additionalProperties"].is_object()) {
            here = &(*here)["additionalProperties"];
        } else if (!properties.is_object() || (*here)["allOf"].is_array() ||
                   (*here)["$ref"].is_string()) {
            return std::nullopt;
        } else {
            Gap gap{reached, step, {}};
            for (const auto& [name, sibling] : properties.as_object()) {
                gap.siblings.push_back(name);
            }
            return gap;
        }
        reached += (reached.empty() ? "" : ".") + step;
    }
    return std::nullopt;
}

class Checker {
  public:
    explicit Checker(const ProfileSchema& profile) : profile_(profile) {}

    void look_at(const model::DesiredEntity& flow) {
        for (const auto& [column, value] : flow.content["mapping"].as_object()) {
            const auto& source = value["source"].as_string();
            if (value["sourceType"] != Value("ATTRIBUTE")) {
                continue;
            }
            if (const auto identity = model::identity_namespace(value)) {
                look_at_identity(flow, column, *identity);
            } else if (const auto gap =
                           find_gap(profile_.union_schema, model::source_steps(source))) {
                note(flow, column, "unknown-attribute",
                     fmt::format("the sandbox's profiles have no {}", source),
                     suggestion(gap->missing, gap->siblings,
                                gap->reached.empty() ? "" : gap->reached + "."));
            }
        }
    }

    void add(Note note) { notes_.push_back(std::move(note)); }

    std::vector<Note> take() { return std::move(notes_); }

  private:
    void look_at_identity(const model::DesiredEntity& flow, const std::string& column,
                          const std::string& identity) {
        const auto& known = profile_.namespaces;
        if (!known.empty() && std::find(known.begin(), known.end(), identity) == known.end()) {
            note(flow, column, "unknown-namespace",
                 fmt::format("the sandbox has no identity namespace {}", identity),
                 suggestion(identity, known, ""));
        }
    }

    static std::string suggestion(const std::string& word,
                                  const std::vector<std::string>& candidates,
                                  const std::string& prefix) {
        const auto near = nearest(word, candidates);
        return near ? fmt::format("did you mean {}{}?", prefix, *near)
                    : "the service will probably refuse the mapping";
    }

    void note(const model::DesiredEntity& flow, const std::string& column, const char* code,
              std::string message, std::string hint) {
        const auto position =
            flow.position ? flow.position(json::child("/mapping", column)) : SourcePosition{};
        if (position.line != 0) {
            message += fmt::format(" ({}:{})", position.file, position.line);
        }
        notes_.push_back({Severity::warning, code, address(flow.key),
                          fmt::format("column {}: {}", column, message), std::move(hint)});
    }

    const ProfileSchema& profile_;
    std::vector<Note> notes_;
};

} // namespace

bool writes_mappings(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const auto& step) {
        return std::holds_alternative<WriteMapping>(step.operation);
    });
}

std::vector<Note> check_sources(const Plan& plan, const ProfileSchema& profile) {
    Checker checker(profile);
    if (!profile.unknown.empty() && writes_mappings(plan)) {
        checker.add({Severity::warning, "sources-not-checked", plan.project,
                     "whether profiles have what columns are taken from was not checked: " +
                         profile.unknown,
                     ""});
    }
    for (const auto& step : plan.steps) {
        if (const auto* mapping = std::get_if<WriteMapping>(&step.operation)) {
            checker.look_at(mapping->desired);
        }
    }
    return checker.take();
}

} // namespace penstock::plan
