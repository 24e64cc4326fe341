#include "plan/flow_specs.hpp"

#include "json/text.hpp"
#include "normalise/segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace penstock::plan {

namespace {

using catalogue::Destination;
using json::Value;
using model::DesiredEntity;
using model::EntityKind;

/// The destination of a dataflow of segments; null for other entities. The target tells, since
/// several destinations may have one flow spec.
const Destination* destination_of(const DesiredEntity& entity, const model::DesiredGraph& desired,
                                  const catalogue::Catalogue& catalogue) {
    if (entity.key.kind != EntityKind::flow || !model::carries_segments(entity.content)) {
        return nullptr;
    }
    const auto* target = desired.find({EntityKind::target, entity.key.name});
    return target == nullptr
               ? nullptr
               : catalogue.find_by_connection_spec(target->content["connectionSpec"].as_string());
}

bool holds(const Value& list_or_text, const std::string& text) {
    const auto& list = list_or_text.as_array();
    return list_or_text == Value(text) ||
           std::find(list.begin(), list.end(), Value(text)) != list.end();
}

/// True if `spec` carries segments to the destination (reference, section 3.9): it names the
/// destination's connection spec, and `_workflow` is not that of datasets alone.
bool serves(const Value& spec, const Destination& destination) {
    const auto& targets = spec["targetConnectionSpecIds"];
    const auto& workflow = spec["attributes"]["_workflow"];
    return (targets.is_null() || holds(targets, destination.connection_spec_id)) &&
           (!holds(workflow, "DATASETS") || holds(workflow, "SEGMENTS"));
}

/// The documented id, or the one that the sandbox has under the documented name.
std::string usual_spec(const Destination& destination, const model::LiveGraph& live) {
    if (!destination.segment_flow_spec_id.empty() || !live.flow_specs) {
        return destination.segment_flow_spec_id;
    }
    for (const auto& spec : *live.flow_specs) {
        if (spec["name"].as_string() == destination.segment_flow_spec_name &&
            serves(spec, destination)) {
            return spec["id"].as_string();
        }
    }
    return {};
}

/// The flow specs of our dataflows of segments, as they are.
class Present {
  public:
    explicit Present(const model::LiveGraph& live) {
        std::unordered_map<std::string_view, const std::string*> destinations; // by target
        for (const auto& entity : live.entities) {
            if (entity.kind == EntityKind::target) {
                destinations[entity.id] = &entity.document["connectionSpec"]["id"].as_string();
            }
        }
        for (const auto& entity : live.entities) {
            // One of datasets may have the spec in question and says nothing about segments.
            if (!entity.key || entity.kind != EntityKind::flow ||
                !normalise::transforms(entity.document)) {
                continue;
            }
            auto& flow = flows_[entity.key->name];
            flow.spec = &entity.document["flowSpec"]["id"].as_string();
            const auto targets = model::linked_ids(entity, EntityKind::target);
            const auto found =
                targets.empty() ? destinations.end() : destinations.find(targets.front());
            flow.destination = found == destinations.end() ? nullptr : found->second;
        }
    }

    /// The flow spec that the dataflow has and keeps: it goes to the destination, and has `usual`
    /// or the other one that documents give. Null if there is none. Several destinations may have
    /// one spec: that of a dataflow to another one says nothing about this.
    [[nodiscard]] const std::string* kept(const DesiredEntity& flow, const Destination& destination,
                                          const std::string& usual) const {
        const auto found = flows_.find(flow.key.name);
        if (found == flows_.end() || found->second.destination == nullptr ||
            *found->second.destination != destination.connection_spec_id) {
            return nullptr;
        }
        const auto& spec = *found->second.spec;
        const bool fits = spec == usual || spec == destination.other_segment_flow_spec_id;
        return !spec.empty() && fits ? &spec : nullptr;
    }

  private:
    struct Flow {
        const std::string* spec = nullptr;
        const std::string* destination = nullptr; ///< connection spec of its target
    };
    std::unordered_map<std::string_view, Flow> flows_; ///< by export
};

class Resolver {
  public:
    Resolver(const model::DesiredGraph& desired, const model::LiveGraph& live,
             const catalogue::Catalogue& catalogue, const MayDelete& may_delete,
             const std::optional<model::Shard>& shard)
        : desired_(desired), live_(live), catalogue_(catalogue), may_delete_(may_delete),
          shard_(shard), present_(live) {}

    ResolvedFlowSpecs resolve() {
        for (std::size_t i = 0; i < desired_.entities.size(); ++i) {
            const auto& entity = desired_.entities[i];
            if (const auto* destination = destination_of(entity, desired_, catalogue_)) {
                tells_ = model::owns(shard_, entity.key);
                set(i, spec_for(entity, *destination));
            }
        }
        if (!live_.flow_specs_unknown.empty()) {
            hold_back_unseen();
        }
        return std::move(result_);
    }

  private:
    /// Empty if it is not known.
    std::string spec_for(const DesiredEntity& entity, const Destination& destination) {
        auto usual = usual_spec(destination, live_);
        const auto& other = destination.other_segment_flow_spec_id;
        if (const auto* kept = present_.kept(entity, destination, usual)) {
            return *kept;
        }
        if (!live_.flow_specs_unknown.empty()) {
            return unchecked(usual);
        }
        if (!usual.empty() && (!live_.flow_specs || offered(usual, destination))) {
            return usual;
        }
        if (!other.empty() && live_.flow_specs && offered(other, destination)) {
            note("other-flow-spec", destination.slug,
                 fmt::format("for segments to {} the sandbox offers flow spec {} and not {}; it is "
                             "used",
                             destination.title, other, shown(destination)),
                 "look at the first dataflow before you trust the others");
            return other;
        }
        note("flow-spec-missing", destination.slug,
             fmt::format("the sandbox offers no flow spec {} for segments to {}",
                         shown(destination), destination.title),
             usual.empty() ? "its exports are left alone: ask Adobe whether the sandbox has this "
                             "destination"
                           : "the service will probably refuse the dataflow: ask Adobe whether the "
                             "sandbox has this destination",
             usual.empty() ? Severity::error : Severity::warning);
        return usual;
    }

    std::string unchecked(const std::string& usual) {
        if (!usual.empty()) {
            note("flow-specs-not-checked", "",
                 fmt::format("the sandbox was not asked for its flow specs: {}",
                             live_.flow_specs_unknown),
                 "dataflows of segments are created with the documented ones");
        }
        return usual; // hold_back_unseen() tells of the others
    }

    static const std::string& shown(const Destination& destination) {
        return destination.segment_flow_spec_id.empty() ? destination.segment_flow_spec_name
                                                        : destination.segment_flow_spec_id;
    }

    /// Without its flow spec the dataflows of a destination cannot be listed: nothing of an export
    /// that may have one is touched.
    void hold_back_unseen() {
        for (const auto& entity : live_.entities) {
            if (!entity.key || entity.kind != EntityKind::target) {
                continue;
            }
            const auto* destination = catalogue_.find_by_connection_spec(
                entity.document["connectionSpec"]["id"].as_string());
            // What was not selected is left alone anyway, and is none of the reader's business.
            const bool selected =
                desired_.find(*entity.key) != nullptr || !may_delete_ || may_delete_(*entity.key);
            if (selected && destination != nullptr &&
                !destination->segment_flow_spec_name.empty()) {
                result_.unresolved.insert(entity.key->name);
            }
        }
        for (const auto& name : result_.unresolved) {
            if (!model::owns(shard_, {EntityKind::flow, name})) {
                continue;
            }
            result_.notes.push_back(
                {Severity::error, "flow-spec-not-read", name,
                 fmt::format("the sandbox did not tell the flow spec of its destination: {}",
                             live_.flow_specs_unknown),
                 "the export is left alone; other exports are not concerned"});
        }
        const model::EntityKey shared{EntityKind::source, std::string(model::profile_store_name)};
        if (!result_.unresolved.empty() && desired_.find(shared) == nullptr) {
            result_.unresolved.insert(shared.name); // in use, for all that is known
        }
    }

    bool offered(const std::string& id, const Destination& destination) const {
        const auto& specs = *live_.flow_specs;
        return std::any_of(specs.begin(), specs.end(), [&](const Value& spec) {
            return spec["id"].as_string() == id && serves(spec, destination);
        });
    }

    /// Once for each destination, not for each of its exports.
    void note(const char* code, const std::string& destination, std::string message,
              std::string hint, Severity severity = Severity::warning) {
        if (tells_ && told_.emplace(code, destination).second) {
            result_.notes.push_back({severity, code,
                                     destination.empty() ? desired_.project : destination,
                                     std::move(message), std::move(hint)});
        }
    }

    void set(std::size_t index, const std::string& spec) {
        const auto& wanted = desired_.entities[index];
        if (spec.empty()) {
            result_.unresolved.insert(wanted.key.name);
        }
        if (spec.empty() || wanted.content["flowSpec"] == Value(spec)) {
            return;
        }
        if (!result_.desired) {
            result_.desired = desired_;
        }
        auto& entity = result_.desired->entities[index];
        entity.content.make_object()["flowSpec"] = spec;
        entity.digest = model::digest(entity.content);
    }

    const model::DesiredGraph& desired_;
    const model::LiveGraph& live_;
    const catalogue::Catalogue& catalogue_;
    const MayDelete& may_delete_;
    const std::optional<model::Shard>& shard_;
    bool tells_ = true; ///< the shard owns the dataflow that is looked at
    Present present_;
    std::set<std::pair<std::string, std::string>> told_;
    ResolvedFlowSpecs result_;
};

} // namespace

std::vector<std::string> named_flow_specs(const model::DesiredGraph& desired,
                                          const catalogue::Catalogue& catalogue) {
    std::set<std::string> names;
    for (const auto& entity : desired.entities) {
        if (const auto* destination = destination_of(entity, desired, catalogue)) {
            names.insert(destination->segment_flow_spec_name);
        }
    }
    names.erase("");
    return {names.begin(), names.end()};
}

std::vector<std::string> flow_specs_to_ask(const model::DesiredGraph& desired,
                                           const model::LiveGraph& live,
                                           const catalogue::Catalogue& catalogue) {
    const Present present(live);
    std::set<std::string> ids;
    for (const auto& entity : desired.entities) {
        const auto* destination = destination_of(entity, desired, catalogue);
        if (destination != nullptr &&
            present.kept(entity, *destination, usual_spec(*destination, live)) == nullptr) {
            ids.insert(destination->segment_flow_spec_id);
            ids.insert(destination->other_segment_flow_spec_id);
        }
    }
    ids.erase("");
    return {ids.begin(), ids.end()};
}

ResolvedFlowSpecs resolve_flow_specs(const model::DesiredGraph& desired,
                                     const model::LiveGraph& live,
                                     const catalogue::Catalogue& catalogue,
                                     const MayDelete& may_delete,
                                     const std::optional<model::Shard>& shard) {
    return Resolver(desired, live, catalogue, may_delete, shard).resolve();
}

} // namespace penstock::plan
