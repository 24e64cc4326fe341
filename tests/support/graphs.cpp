#include "support/graphs.hpp"

#include "desired/desired.hpp"
#include "json/pointer.hpp"
#include "live/read.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace penstock::test {

namespace {

using model::EntityKey;
using model::EntityKind;

/// The attributes and keys of a dataflow that has these in the place of a mapping.
void fill_attributes(model::LiveEntity& flow, const model::Content& content, json::Array segments,
                     json::Array primary) {
    json::Array attributes;
    for (const auto& [path, type] : content["attributes"].as_object()) {
        attributes.emplace_back(
            json::Object{{"type", type}, {"value", json::Object{{"path", path}}}});
    }
    flow.document.make_object()["transformations"] = json::Array{json::Object{
        {"name", "GeneralTransform"},
        {"params",
         json::Object{{"segmentSelectors", json::Object{{"selectors", std::move(segments)}}},
                      {"profileSelectors",
                       json::Object{{"selectors", std::move(attributes)},
                                    {"mandatoryFields", content["mandatoryFields"].as_array()},
                                    {"primaryFields", std::move(primary)}}}}}}};
}

/// The transformation of a dataflow of segments as the service has it once it was filled.
void fill(model::LiveEntity& flow, const model::DesiredEntity& desired) {
    json::Array selectors;
    for (const auto& [id, segment] : desired.content["segments"].as_object()) {
        json::Object value{{"id", id}};
        for (const auto& [name, member] : segment.as_object()) {
            value[name] = member;
        }
        selectors.emplace_back(
            json::Object{{"type", "PLATFORM_SEGMENT"}, {"value", std::move(value)}});
    }
    json::Array primary;
    for (const auto& key : desired.content["deduplicationKeys"].as_array()) {
        const bool identity = key["identityNamespace"].is_string();
        json::Object field = key.as_object();
        field["fieldType"] = identity ? "IDENTITY" : "ATTRIBUTE";
        primary.emplace_back(std::move(field));
    }
    if (desired.content["attributes"].is_object()) {
        fill_attributes(flow, desired.content, std::move(selectors), std::move(primary));
        flow.marker->digest = desired.digest;
        return;
    }
    json::Array mappings;
    for (const auto& [column, source] : desired.content["mapping"].as_object()) {
        const bool attribute = source["sourceType"] == json::Value("ATTRIBUTE");
        mappings.emplace_back(json::Object{
            {"sourceType", attribute ? json::Value("text/x.schema-path") : source["sourceType"]},
            {"source", source["source"]},
            {"destination", column}});
    }
    flow.document.make_object()["transformations"] = json::Array{json::Object{
        {"name", "GeneralTransform"},
        {"params",
         json::Object{
             {"segmentSelectors", json::Object{{"selectors", std::move(selectors)}}},
             {"mandatoryFields", desired.content["mandatoryFields"].as_array()},
             {"primaryFields", std::move(primary)},
             {"profileMapping", json::Object{{"mappingId", "map#1"}, {"mappingVersion", 0}}}}}}};
    flow.mapping_set = json::Object{{"id", "map#1"},
                                    {"version", 0},
                                    {"name", desired.content["name"]},
                                    {"inputSchema", json::Object{{"id", "input#1"}}},
                                    {"outputSchema", json::Object{{"id", "output#1"}}},
                                    {"mappings", std::move(mappings)}};
    flow.marker->digest = desired.digest;
}

std::map<EntityKey, std::string> create_all(model::LiveGraph& live, const plan::Plan& plan) {
    std::map<EntityKey, std::string> ids;
    for (const auto& step : plan.steps) {
        const auto* create = std::get_if<plan::CreateEntity>(&step.operation);
        if (create == nullptr) {
            continue;
        }
        json::Value document = create->request.body;
        for (const auto& slot : create->request.entities) {
            *json::find(document, slot.pointer) = ids.at(slot.key);
        }
        *json::find(document, create->description.pointer) =
            model::join_description(create->description.text, create->description.marker);
        ids[step.key] = fmt::format("{}#{}", model::address(step.key), 1);
        auto& members = document.make_object();
        members["id"] = ids[step.key];
        members["etag"] = "\"etag-1\"";
        members["state"] = "enabled";
        members["createdAt"] = std::int64_t{1'790'000'000'000};
        members["updatedBy"] = "penstock@techacct.adobe.com";
        live.entities.push_back(live::parse_entity(step.key.kind, std::move(document),
                                                   catalogue::Catalogue::embedded()));
    }
    return ids;
}

} // namespace

manifest::DatasetExport dataset_export(const std::string& name) {
    manifest::DatasetExport document;
    document.metadata.name = name;
    document.description = "For the CRM team";
    document.account = "s3";
    document.slug = "amazon-s3";
    document.destination = {{"bucketName", "acme-exports"},
                            {"path", "crm/" + name},
                            {"datasetFileType", "PARQUET"},
                            {"compression", "GZIP"}};
    document.datasets = {{"5ef3e3259ad2a1191ab7dd7d", "AAM Devices Data"},
                         {"5ef3e324052581191aa6a466", "AAM Authenticated Profiles"}};
    document.schedule = {manifest::DatasetFrequency::every_3_hours, 1796083200, 1827619200};
    return document;
}

manifest::Manifests small_project() {
    manifest::Manifests project;
    project.project.metadata.name = "acme";
    manifest::Account account;
    account.metadata.name = "s3";
    account.destination = "amazon-s3";
    account.connection = manifest::AccountAuth{
        "Access Key",
        {{"s3AccessKey", json::Value("AKIAIOSFODNN7EXAMPLE")},
         {"s3SecretKey", secrets::SecretReference(secrets::EnvironmentVariable{"S3_SECRET"})}}};
    project.accounts = {account};
    project.datasets = {dataset_export("devices")};
    return project;
}

model::DesiredGraph desired_of(const manifest::Manifests& manifests) {
    return desired::build(manifests, catalogue::Catalogue::embedded());
}

model::LiveGraph applied(const model::DesiredGraph& desired) {
    model::LiveGraph live{desired.project, {}};
    const auto plan = plan_of(desired, live);
    create_all(live, plan);
    for (const auto& step : plan.steps) {
        if (const auto* complete = std::get_if<plan::CompleteEntity>(&step.operation)) {
            const auto flow =
                std::find_if(live.entities.begin(), live.entities.end(),
                             [&](const auto& entity) { return entity.marker->key == step.key; });
            fill(*flow, complete->desired);
        }
    }
    for (auto& entity : live.entities) {
        if (entity.kind == EntityKind::flow) {
            const EntityKey key{EntityKind::flow, entity.marker->key.name};
            entity.state = desired.find(key)->content["enabled"].as_bool() ? "enabled" : "disabled";
        }
    }
    live::assign_owners(live, "");
    return live;
}

plan::Plan plan_of(const model::DesiredGraph& desired, const model::LiveGraph& live) {
    return plan::make(desired, live, catalogue::Catalogue::embedded(), {});
}

model::LiveEntity& live_at(model::LiveGraph& live, const std::string& address) {
    for (auto& entity : live.entities) {
        if (entity.key && model::address(*entity.key) == address) {
            return entity;
        }
    }
    FAIL("no live entity ", address);
    return live.entities.front();
}

std::vector<std::string> steps_of(const plan::Plan& plan) {
    std::vector<std::string> lines;
    for (const auto& step : plan.steps) {
        std::string line;
        if (std::holds_alternative<plan::CreateEntity>(step.operation)) {
            line = "create " + model::address(step.key);
        } else if (const auto* update = std::get_if<plan::UpdateEntity>(&step.operation)) {
            std::vector<std::string> paths;
            for (const auto& operation : update->request.body.as_array()) {
                paths.push_back(operation["path"].as_string());
            }
            line = fmt::format("patch {} {}", model::address(step.key), fmt::join(paths, ","));
        } else if (std::holds_alternative<plan::CompleteEntity>(step.operation)) {
            line = "complete " + model::address(step.key);
        } else if (const auto* mapping = std::get_if<plan::WriteMapping>(&step.operation)) {
            line = fmt::format("map {} {}", model::address(step.key),
                               mapping->mapping_set.empty() ? "anew" : mapping->mapping_set);
        } else if (const auto* set = std::get_if<plan::SetEnabled>(&step.operation)) {
            line =
                fmt::format("{} {}", set->enabled ? "enable" : "disable", model::address(step.key));
        } else {
            line = "delete " + std::get<plan::DeleteEntity>(step.operation).id;
        }
        for (const auto& before : step.after) {
            line +=
                fmt::format("{}{}", &before == step.after.data() ? " after " : " ", before.step);
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace penstock::test
