#include "emulator/specs.hpp"

#include "base/embedded_file.hpp"
#include "emulator/embedded_data.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

namespace penstock::emulator {

std::span<const penstock::EmbeddedFile> embedded_destinations();

namespace {

constexpr std::string_view provider_id = "14e34fac-d307-11e9-bb65-2a2ae2dbcce4";
const json::Value nothing;

json::Value source_spec(std::string_view id, std::string_view name) {
    return json::Object{{"id", id},
                        {"name", name},
                        {"providerId", provider_id},
                        {"version", "1.0"},
                        {"authSpec", json::Array{}},
                        {"attributes", json::Object{{"category", "platform"}}}};
}

/// The destinations whose segment flows some documents give the dataset flow spec: ADLS, Data
/// Landing Zone and Google Cloud Storage (section 5.1).
bool is_disputed(std::string_view connection_spec_id) {
    static constexpr std::array<std::string_view, 3> disputed{
        "be2c3209-53bc-47e7-ab25-145db8b873e1", "10440537-2a7b-4583-ac39-ed38d4b848e8",
        "c5d93acb-ea8b-4b14-8f53-02138444ae99"};
    return std::find(disputed.begin(), disputed.end(), connection_spec_id) != disputed.end();
}

} // namespace

Specs::Specs() {
    for (const auto& file : embedded_destinations()) {
        const auto parsed = json::parse(file.text);
        if (!parsed) {
            throw std::logic_error(fmt::format("{}: {}", file.name, parsed.error().message));
        }
        auto spec = (*parsed)["connectionSpec"];
        spec.make_object()["targetSpec"].make_object()["attributes"] =
            json::Object{{"partnerSchema", json::Object{{"jsonSchema", partner_schema()}}}};
        const auto id = spec["id"].as_string();
        destinations_.push_back({id, spec, (*parsed)["targetConstants"]["mode"].as_string()});
        for (const auto& flow : (*parsed)["flowSpecs"].as_array()) {
            if (!flow["disputed"].as_bool()) {
                flows_.push_back(
                    {flow["id"].as_string(),
                     flow["name"].as_string(),
                     id,
                     {flow["workflow"].as_string() == "DATASETS" ? Workflow::datasets
                                                                 : Workflow::segments}});
            }
        }
    }
    for (auto flow : flows_) {
        if (is_disputed(flow.connection_spec_id)) {
            if (flow.serves(Workflow::segments)) {
                continue;
            }
            flow.workflows.push_back(Workflow::segments);
        }
        shared_flows_.push_back(std::move(flow));
    }
}

bool FlowSpec::serves(Workflow workflow) const {
    return std::find(workflows.begin(), workflows.end(), workflow) != workflows.end();
}

const std::vector<FlowSpec>& Specs::flows(SegmentFlowSpecs how) const {
    return how == SegmentFlowSpecs::distinct ? flows_ : shared_flows_;
}

const DestinationSpec* Specs::destination(std::string_view connection_spec_id) const {
    const auto found =
        std::find_if(destinations_.begin(), destinations_.end(),
                     [&](const auto& entry) { return entry.id == connection_spec_id; });
    return found == destinations_.end() ? nullptr : &*found;
}

const FlowSpec* Specs::flow(std::string_view flow_spec_id, SegmentFlowSpecs how) const {
    const auto& offered = flows(how);
    const auto found = std::find_if(offered.begin(), offered.end(),
                                    [&](const auto& entry) { return entry.id == flow_spec_id; });
    return found == offered.end() ? nullptr : &*found;
}

bool Specs::is_connection_spec(std::string_view id) const {
    return id == profile_store_spec || id == data_lake_spec || destination(id) != nullptr;
}

json::Array Specs::connection_specs() const {
    json::Array items;
    for (const auto& entry : destinations_) {
        auto spec = entry.spec;
        spec.make_object()["attributes"] = json::Object{{"isDestination", true}};
        items.push_back(std::move(spec));
    }
    items.push_back(source_spec(profile_store_spec, "Unified Profile Service"));
    items.push_back(source_spec(data_lake_spec, "Data Lake"));
    return items;
}

json::Array Specs::flow_specs(SegmentFlowSpecs how) const {
    json::Array items;
    for (const auto& entry : flows(how)) {
        json::Array sources;
        json::Array workflows;
        for (const auto workflow : entry.workflows) {
            const bool datasets = workflow == Workflow::datasets;
            sources.emplace_back(datasets ? data_lake_spec : profile_store_spec);
            workflows.emplace_back(datasets ? "DATASETS" : "SEGMENTS");
        }
        items.push_back(
            json::Object{{"id", entry.id},
                         {"name", entry.name},
                         {"providerId", provider_id},
                         {"version", "1.0"},
                         {"sourceConnectionSpecIds", std::move(sources)},
                         {"targetConnectionSpecIds", json::Array{entry.connection_spec_id}},
                         {"attributes", json::Object{{"isDestinationFlow", true},
                                                     {"_workflow", std::move(workflows)}}}});
    }
    return items;
}

const json::Value& auth_spec(const json::Value& connection_spec, std::string_view name) {
    for (const auto& candidate : connection_spec["authSpec"].as_array()) {
        if (candidate["name"].as_string() == name) {
            return candidate["spec"];
        }
    }
    return nothing;
}

bool is_secret(const json::Value& schema, std::string_view property) {
    return schema["properties"][property]["format"].as_string() == "password";
}

} // namespace penstock::emulator
