#include "emulator/specs.hpp"

#include "base/embedded_file.hpp"
#include "emulator/embedded_data.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
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

/// The documents give Campaign's flow spec a name and no id (section 5.5); this one is made up.
constexpr std::string_view campaign_flow_spec_id = "0a7c6d52-94e1-4b3f-8e27-5d1f0c9b6a38";

/// A flow spec as a destination's file has it.
struct FileFlow {
    std::string id;
    std::string name;
    std::string connection_spec_id;
    Workflow workflow;
    bool is_disputed; ///< by documents that say otherwise
    bool is_campaign; ///< one of the two that Campaign may have
};

/// The destinations whose segment flows some documents give the dataset flow spec: ADLS, Data
/// Landing Zone and Google Cloud Storage (section 5.1).
bool is_disputed(std::string_view connection_spec_id) {
    static constexpr std::array<std::string_view, 3> disputed{
        "be2c3209-53bc-47e7-ab25-145db8b873e1", "10440537-2a7b-4583-ac39-ed38d4b848e8",
        "c5d93acb-ea8b-4b14-8f53-02138444ae99"};
    return std::find(disputed.begin(), disputed.end(), connection_spec_id) != disputed.end();
}

std::vector<std::string> texts(const json::Value& list) {
    std::vector<std::string> texts;
    for (const auto& entry : list.as_array()) {
        texts.push_back(entry.as_string());
    }
    return texts;
}

DestinationSpec read_destination(const json::Value& file) {
    auto spec = file["connectionSpec"];
    spec.make_object()["targetSpec"].make_object()["attributes"] =
        json::Object{{"partnerSchema", json::Object{{"jsonSchema", partner_schema()}}}};
    DestinationSpec destination;
    destination.id = spec["id"].as_string();
    destination.spec = std::move(spec);
    destination.mode = file["targetConstants"]["mode"].as_string();
    for (const auto& variant : file["targetVariants"].as_array()) {
        destination.variants.push_back(
            {texts(variant["parameters"]), variant["constants"].as_object()});
    }
    destination.columns = file["columns"].as_string() == "profileSelectors"
                              ? Columns::profile_selectors
                              : Columns::mapping_set;
    destination.required_tokens = texts(file["filenameTokens"]["required"]);
    destination.optional_tokens = texts(file["filenameTokens"]["optional"]);
    return destination;
}

void read_flows(const json::Value& file, std::vector<FileFlow>& flows) {
    const auto& entries = file["flowSpecs"].as_array();
    const bool is_campaign =
        std::any_of(entries.begin(), entries.end(),
                    [](const json::Value& entry) { return entry["id"].is_null(); });
    for (const auto& entry : entries) {
        flows.push_back(
            {entry["id"].as_string(), entry["name"].as_string(),
             file["connectionSpec"]["id"].as_string(),
             entry["workflow"].as_string() == "DATASETS" ? Workflow::datasets : Workflow::segments,
             entry["disputed"].as_bool(), is_campaign});
    }
}

/// The flow as the switch about Campaign has it; nothing if there is none then.
std::optional<FileFlow> campaign_flow(FileFlow flow, CampaignFlowSpec campaign) {
    const bool is_own = flow.id.empty();
    if (is_own != (campaign == CampaignFlowSpec::own)) {
        return std::nullopt;
    }
    if (is_own) {
        flow.id = campaign_flow_spec_id;
    }
    return flow;
}

/// The flows that there are, with those of one id in one.
std::vector<FlowSpec> merged(const std::vector<FileFlow>& flows, SegmentFlowSpecs segments,
                             CampaignFlowSpec campaign) {
    std::vector<FlowSpec> specs;
    std::string campaign_name;
    for (const auto& entry : flows) {
        const auto flow = entry.is_campaign ? campaign_flow(entry, campaign) : std::optional(entry);
        if (entry.is_campaign && entry.id.empty()) {
            campaign_name = entry.name;
        }
        if (!flow || (flow->is_disputed && !flow->is_campaign)) {
            continue;
        }
        std::vector<Workflow> workflows{flow->workflow};
        if (segments == SegmentFlowSpecs::dataset && is_disputed(flow->connection_spec_id)) {
            if (flow->workflow == Workflow::segments) {
                continue;
            }
            workflows.push_back(Workflow::segments);
        }
        auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const FlowSpec& spec) { return spec.id == flow->id; });
        if (found == specs.end()) {
            specs.push_back({flow->id, flow->name, {}, std::move(workflows)});
            found = std::prev(specs.end());
        }
        found->connection_spec_ids.push_back(flow->connection_spec_id);
        if (flow->is_campaign && campaign == CampaignFlowSpec::shared) {
            found->name = campaign_name;
        }
    }
    return specs;
}

} // namespace

Specs::Specs() {
    std::vector<FileFlow> flows;
    for (const auto& file : embedded_destinations()) {
        const auto parsed = json::parse(file.text);
        if (!parsed) {
            throw std::logic_error(fmt::format("{}: {}", file.name, parsed.error().message));
        }
        destinations_.push_back(read_destination(*parsed));
        read_flows(*parsed, flows);
    }
    for (const auto segments : {SegmentFlowSpecs::distinct, SegmentFlowSpecs::dataset}) {
        for (const auto campaign :
             {CampaignFlowSpec::own, CampaignFlowSpec::shared, CampaignFlowSpec::unnamed}) {
            flows_[{segments, campaign}] = merged(flows, segments, campaign);
        }
    }
}

bool FlowSpec::serves(Workflow workflow) const {
    return std::find(workflows.begin(), workflows.end(), workflow) != workflows.end();
}

bool FlowSpec::serves(std::string_view connection_spec_id) const {
    return std::find(connection_spec_ids.begin(), connection_spec_ids.end(), connection_spec_id) !=
           connection_spec_ids.end();
}

const std::vector<FlowSpec>& Specs::flows(const Settings& settings) const {
    return flows_.at({settings.segment_flow_specs, settings.campaign_flow_spec});
}

const DestinationSpec* Specs::destination(std::string_view connection_spec_id) const {
    const auto found =
        std::find_if(destinations_.begin(), destinations_.end(),
                     [&](const auto& entry) { return entry.id == connection_spec_id; });
    return found == destinations_.end() ? nullptr : &*found;
}

const FlowSpec* Specs::flow(std::string_view flow_spec_id, const Settings& settings) const {
    const auto& offered = flows(settings);
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

json::Array Specs::flow_specs(const Settings& settings) const {
    json::Array items;
    for (const auto& entry : flows(settings)) {
        json::Array sources;
        json::Array workflows;
        for (const auto workflow : entry.workflows) {
            const bool datasets = workflow == Workflow::datasets;
            sources.emplace_back(datasets ? data_lake_spec : profile_store_spec);
            workflows.emplace_back(datasets ? "DATASETS" : "SEGMENTS");
        }
        const auto& targets = entry.connection_spec_ids;
        items.push_back(
            json::Object{{"id", entry.id},
                         {"name", entry.name},
                         {"providerId", provider_id},
                         {"version", "1.0"},
                         {"sourceConnectionSpecIds", std::move(sources)},
                         {"targetConnectionSpecIds", json::Array(targets.begin(), targets.end())},
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
