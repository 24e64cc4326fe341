#include "plan/sources.hpp"

#include "base/text.hpp"
#include "json/pointer.hpp"
#include "model/source_path.hpp"
#include "plan/patch.hpp"

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

/// The dataflow whose attributes a step writes; null if it writes none.
const model::DesiredEntity* flow_with_new_attributes(const Step& step) {
    if (const auto* complete = std::get_if<CompleteEntity>(&step.operation)) {
        const auto& attributes = complete->desired.content["attributes"];
        return attributes.as_object().empty() ? nullptr : &complete->desired;
    }
    const auto* update = std::get_if<UpdateEntity>(&step.operation);
    return update != nullptr && touches(update->fields, "/attributes") ? &update->desired : nullptr;
}

class Checker {
  public:
    explicit Checker(const ProfileSchema& profile) : profile_(profile) {}

    void look_at_mapping(const model::DesiredEntity& flow) {
        for (const auto& [column, value] : flow.content["mapping"].as_object()) {
            if (value["sourceType"] == Value("ATTRIBUTE")) {
                look_at({flow, json::child("/mapping", column), fmt::format("column {}", column)},
                        value["source"].as_string());
            }
        }
    }

    void look_at_attributes(const model::DesiredEntity& flow) {
        for (const auto& [path, type] : flow.content["attributes"].as_object()) {
            look_at({flow, json::child("/attributes", path), fmt::format("attribute {}", path)},
                    path);
        }
    }

    void add(Note note) { notes_.push_back(std::move(note)); }

    std::vector<Note> take() { return std::move(notes_); }

  private:
    /// What is taken from a path.
    struct Taker {
        const model::DesiredEntity& flow;
        std::string pointer; ///< into its content
        std::string title;
    };

    void look_at(const Taker& taker, const std::string& source) {
        if (const auto identity = model::identity_of_path(source)) {
            look_at_identity(taker, *identity);
        } else if (const auto gap = find_gap(profile_.union_schema, model::source_steps(source))) {
            note(taker, "unknown-attribute",
                 fmt::format("the sandbox's profiles have no {}", source),
                 suggestion(gap->missing, gap->siblings,
                            gap->reached.empty() ? "" : gap->reached + "."));
        }
    }

    void look_at_identity(const Taker& taker, const std::string& identity) {
        const auto& known = profile_.namespaces;
        if (!known.empty() && std::find(known.begin(), known.end(), identity) == known.end()) {
            note(taker, "unknown-namespace",
                 fmt::format("the sandbox has no identity namespace {}", identity),
                 suggestion(identity, known, ""));
        }
    }

    static std::string suggestion(const std::string& word,
                                  const std::vector<std::string>& candidates,
                                  const std::string& prefix) {
        const auto near = nearest(word, candidates);
        return near ? fmt::format("did you mean {}{}?", prefix, *near) : "check how it is written";
    }

    void note(const Taker& taker, const char* code, std::string message, std::string hint) {
        const auto position =
            taker.flow.position ? taker.flow.position(taker.pointer) : SourcePosition{};
        if (position.line != 0) {
            message += fmt::format(" ({}:{})", position.file, position.line);
        }
        notes_.push_back({Severity::warning, code, address(taker.flow.key),
                          fmt::format("{}: {}", taker.title, message), std::move(hint)});
    }

    const ProfileSchema& profile_;
    std::vector<Note> notes_;
};

} // namespace

bool writes_columns(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const auto& step) {
        return std::holds_alternative<WriteMapping>(step.operation) ||
               flow_with_new_attributes(step) != nullptr;
    });
}

std::vector<Note> check_sources(const Plan& plan, const ProfileSchema& profile) {
    Checker checker(profile);
    if (!profile.unknown.empty() && writes_columns(plan)) {
        checker.add({Severity::warning, "sources-not-checked", plan.project,
                     "whether profiles have what columns are taken from was not checked: " +
                         profile.unknown,
                     ""});
    }
    for (const auto& step : plan.steps) {
        if (const auto* mapping = std::get_if<WriteMapping>(&step.operation)) {
            checker.look_at_mapping(mapping->desired);
        } else if (const auto* flow = flow_with_new_attributes(step)) {
            checker.look_at_attributes(*flow);
        }
    }
    return checker.take();
}

} // namespace penstock::plan
