#include "plan/flow_specs.hpp"

#include "json/text.hpp"
#include "normalise/segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace penstock::plan {

namespace {

using catalogue::Destination;
using json::Value;
using model::DesiredEntity;
using model::EntityKind;

/// The destination of a dataflow of segments; null for other entities.
const Destination* destination_of(const DesiredEntity& entity,
                                  const catalogue::Catalogue& catalogue) {
    const auto& all = catalogue.all();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& destination) {
        return entity.content["flowSpec"] == Value(destination.segment_flow_spec_id);
    });
    return entity.key.kind != EntityKind::flow || found == all.end() ? nullptr : &*found;
}

bool holds(const Value& list_or_text, const std::string& text) {
    const auto& list = list_or_text.as_array();
    return list_or_text == Value(text) ||
           std::find(list.begin(), list.end(), Value(text)) != list.end();
}

/// True if `spec` carries segments to the destination (reference, section 3.9): it names the
/// destination's connection spec, and `_workflow` is not that of datasets alone.
bool serves(const Value& spec, const std::string& id, const Destination& destination) {
    const auto& targets = spec["targetConnectionSpecIds"];
    const auto& workflow = spec["attributes"]["_workflow"];
    return spec["id"].as_string() == id &&
           (targets.is_null() || holds(targets, destination.connection_spec_id)) &&
           (!holds(workflow, "DATASETS") || holds(workflow, "SEGMENTS"));
}

class Resolver {
  public:
    Resolver(const model::DesiredGraph& desired, const model::LiveGraph& live,
             const catalogue::Catalogue& catalogue)
        : desired_(desired), live_(live), catalogue_(catalogue) {
        for (const auto& entity : live.entities) {
            // One of datasets may have the spec in question and says nothing about segments.
            if (entity.key && entity.kind == EntityKind::flow &&
                normalise::transforms(entity.document)) {
                present_[entity.key->name] = entity.document["flowSpec"]["id"].as_string();
            }
        }
    }

    ResolvedFlowSpecs resolve() {
        for (std::size_t i = 0; i < desired_.entities.size(); ++i) {
            const auto& entity = desired_.entities[i];
            if (const auto* destination = destination_of(entity, catalogue_)) {
                set(i, spec_for(entity, *destination));
            }
        }
        return std::move(result_);
    }

  private:
    std::string spec_for(const DesiredEntity& entity, const Destination& destination) {
        const auto& usual = destination.segment_flow_spec_id;
        const auto& other = destination.other_segment_flow_spec_id;
        const auto present = present_.find(entity.key.name);
        if (present != present_.end() &&
            (present->second == usual || (!other.empty() && present->second == other))) {
            return present->second;
        }
        if (!live_.flow_specs_unknown.empty()) {
            note("flow-specs-not-checked", "",
                 fmt::format("the sandbox was not asked for its flow specs: {}",
                             live_.flow_specs_unknown),
                 "dataflows of segments are created with the documented ones");
            return usual;
        }
        if (!live_.flow_specs || offered(usual, destination)) {
            return usual;
        }
        if (!other.empty() && offered(other, destination)) {
            note("other-flow-spec", destination.slug,
                 fmt::format("for segments to {} the sandbox offers flow spec {} and not {}; it is "
                             "used",
                             destination.title, other, usual),
                 "look at the first dataflow before you trust the others");
            return other;
        }
        note("flow-spec-missing", destination.slug,
             fmt::format("the sandbox offers no flow spec {} for segments to {}", usual,
                         destination.title),
             "the service will probably refuse the dataflow: ask Adobe whether the sandbox has "
             "this destination");
        return usual;
    }

    bool offered(const std::string& id, const Destination& destination) const {
        const auto& specs = *live_.flow_specs;
        return std::any_of(specs.begin(), specs.end(),
                           [&](const Value& spec) { return serves(spec, id, destination); });
    }

    /// Once for each destination, not for each of its exports.
    void note(const char* code, const std::string& destination, std::string message,
              std::string hint) {
        if (told_.emplace(code, destination).second) {
            result_.notes.push_back({Severity::warning, code,
                                     destination.empty() ? desired_.project : destination,
                                     std::move(message), std::move(hint)});
        }
    }

    void set(std::size_t index, const std::string& spec) {
        if (desired_.entities[index].content["flowSpec"] == Value(spec)) {
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
    std::map<std::string, std::string> present_; ///< flow specs of our dataflows, by export
    std::set<std::pair<std::string, std::string>> told_;
    ResolvedFlowSpecs result_;
};

} // namespace

std::vector<std::string> disputed_flow_specs(const model::DesiredGraph& desired,
                                             const catalogue::Catalogue& catalogue) {
    std::set<std::string> ids;
    for (const auto& entity : desired.entities) {
        if (const auto* destination = destination_of(entity, catalogue)) {
            ids.insert(destination->segment_flow_spec_id);
            ids.insert(destination->other_segment_flow_spec_id);
        }
    }
    ids.erase("");
    return {ids.begin(), ids.end()};
}

ResolvedFlowSpecs resolve_flow_specs(const model::DesiredGraph& desired,
                                     const model::LiveGraph& live,
                                     const catalogue::Catalogue& catalogue) {
    return Resolver(desired, live, catalogue).resolve();
}

} // namespace penstock::plan
