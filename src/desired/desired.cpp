#include "desired/desired.hpp"

#include "json/text.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace penstock::desired {

namespace {

using json::Object;
using json::Value;
using model::EntityKey;
using model::EntityKind;

/// Maps pointers into an entity's content to pointers into its manifest, longest prefix first.
using PointerMap = std::vector<std::pair<std::string, std::string>>;

std::function<SourcePosition(std::string_view)> positions(const manifest::Metadata& metadata,
                                                          PointerMap map) {
    if (!metadata.positions) {
        return {};
    }
    return [positions = metadata.positions, map = std::move(map)](std::string_view pointer) {
        for (const auto& [content, document] : map) {
            if (pointer.substr(0, content.size()) == content) {
                return positions->at(document + std::string(pointer.substr(content.size())));
            }
        }
        return positions->at("/metadata/name");
    };
}

model::DesiredEntity entity(EntityKey key, Object content) {
    model::DesiredEntity result;
    result.key = std::move(key);
    result.content = std::move(content);
    result.digest = json::digest(result.content);
    return result;
}

void set_description(Object& content, const std::string& description) {
    if (!description.empty()) {
        content["description"] = description;
    }
}

/// `scheduleParams` of a dataset flow (reference, section 6.1). `exportMode` is part of the
/// canonical form; the request leaves it out where interval and unit imply it.
Value schedule(const manifest::DatasetExport& document) {
    const auto params = [](const char* mode, const char* unit, int interval) {
        return Object{{"exportMode", mode}, {"timeUnit", unit}, {"interval", interval}};
    };
    const auto incremental = [&](const char* unit, int interval) {
        return params("FIRST_FULL_THEN_INCREMENTAL", unit, interval);
    };
    Object result;
    switch (document.schedule.frequency) {
    case manifest::DatasetFrequency::once:
        result = params("DAILY_FULL_EXPORT", "day", 0);
        break;
    case manifest::DatasetFrequency::daily:
        result = incremental("day", 1);
        break;
    case manifest::DatasetFrequency::every_3_hours:
        result = incremental("hour", 3);
        break;
    case manifest::DatasetFrequency::every_6_hours:
        result = incremental("hour", 6);
        break;
    case manifest::DatasetFrequency::every_9_hours:
        result = incremental("hour", 9);
        break;
    case manifest::DatasetFrequency::every_12_hours:
        result = incremental("hour", 12);
        break;
    }
    result["startTime"] = document.schedule.start_time;
    if (document.schedule.end_time) {
        result["endTime"] = *document.schedule.end_time;
    }
    if (!document.foldername_template.empty()) {
        result["foldernameTemplate"] = document.foldername_template;
    }
    return result;
}

model::DesiredEntity base_connection(const std::string& project, const manifest::Account& account,
                                     const manifest::AccountAuth& auth,
                                     const catalogue::Destination& destination) {
    Object content{{"name", model::generated_name(project, account.metadata.name)}};
    set_description(content, account.description);
    content["connectionSpec"] = destination.connection_spec_id;
    std::vector<model::SecretParameter> secrets;
    if (!auth.spec_name.empty()) {
        Object params;
        for (const auto& param : auth.params) {
            if (const auto* reference = std::get_if<secrets::SecretReference>(&param.value)) {
                secrets.push_back({param.name, *reference});
            } else {
                params[param.name] = std::get<Value>(param.value);
            }
        }
        content["auth"] = Object{{"specName", auth.spec_name}, {"params", std::move(params)}};
    }
    std::sort(secrets.begin(), secrets.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    auto result = entity({EntityKind::base, account.metadata.name}, std::move(content));
    result.secrets = std::move(secrets);
    result.position = positions(account.metadata, {{"/auth", "/spec/auth"},
                                                   {"/connectionSpec", "/spec/destination"},
                                                   {"/description", "/spec/description"}});
    return result;
}

void add_export(model::DesiredGraph& graph, const manifest::DatasetExport& document,
                const catalogue::Destination& destination) {
    const auto& name = document.metadata.name;
    const std::string shown = model::generated_name(graph.project, name);

    Object datasets;
    for (const auto& dataset : document.datasets) {
        datasets[dataset.id] = dataset.name;
    }
    auto source =
        entity({EntityKind::source, name}, {{"connectionSpec", catalogue::data_lake_spec_id},
                                            {"datasets", std::move(datasets)}});
    source.position = positions(document.metadata, {{"/datasets", "/spec/datasets"}});

    Object params = document.destination;
    for (const auto& [constant, value] : destination.target_constants) {
        params[constant] = value;
    }
    const auto external = graph.external_bases.find(document.account);
    auto target = entity({EntityKind::target, name},
                         {{"name", shown},
                          {"connectionSpec", destination.connection_spec_id},
                          {"base", external != graph.external_bases.end()
                                       ? model::reference_to_id(external->second.first)
                                       : model::reference_to({EntityKind::base, document.account})},
                          {"params", std::move(params)}});
    target.position = positions(document.metadata, {{"/params", "/spec/destination"},
                                                    {"/base", "/spec/account"},
                                                    {"/connectionSpec", "/spec/account"}});

    Object content{{"name", shown}};
    set_description(content, document.description);
    content["flowSpec"] = destination.dataset_flow_spec_id;
    content["source"] = model::reference_to(source.key);
    content["target"] = model::reference_to(target.key);
    content["schedule"] = schedule(document);
    content["enabled"] = document.enabled;
    auto flow = entity({EntityKind::flow, name}, std::move(content));
    flow.position =
        positions(document.metadata, {{"/schedule/foldernameTemplate", "/spec/foldernameTemplate"},
                                      {"/schedule/startTime", "/spec/schedule/startTime"},
                                      {"/schedule/endTime", "/spec/schedule/endTime"},
                                      {"/schedule", "/spec/schedule/frequency"},
                                      {"/enabled", "/spec/enabled"},
                                      {"/source", "/spec/datasets"},
                                      {"/target", "/spec/destination"},
                                      {"/flowSpec", "/spec/account"},
                                      {"/description", "/spec/description"}});

    graph.entities.push_back(std::move(source));
    graph.entities.push_back(std::move(target));
    graph.entities.push_back(std::move(flow));
}

} // namespace

model::DesiredGraph build(const manifest::Manifests& manifests,
                          const catalogue::Catalogue& catalogue) {
    model::DesiredGraph graph;
    graph.project = manifests.project.metadata.name;
    for (const auto& account : manifests.accounts) {
        const auto* destination = catalogue.find(account.destination);
        if (const auto* external = std::get_if<manifest::ExternalConnection>(&account.connection)) {
            graph.external_bases[account.metadata.name] = {external->id,
                                                           destination->connection_spec_id};
        } else {
            graph.entities.push_back(
                base_connection(graph.project, account,
                                std::get<manifest::AccountAuth>(account.connection), *destination));
        }
    }
    for (const auto& document : manifests.datasets) {
        add_export(graph, document, *catalogue.find(document.slug));
    }
    std::sort(graph.entities.begin(), graph.entities.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
    return graph;
}

} // namespace penstock::desired
