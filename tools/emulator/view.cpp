#include "emulator/view.hpp"

#include "emulator/schedule.hpp"
#include "emulator/target_check.hpp"
#include "emulator/view_segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace penstock::emulator {

namespace {

void add_common(json::Object& item, const Entity& entity) {
    item["id"] = entity.id;
    item["createdAt"] = entity.created_at;
    item["updatedAt"] = entity.updated_at;
    item["createdBy"] = account(entity.created_by);
    item["updatedBy"] = account(entity.updated_by);
    item["createdClient"] = entity.created_by;
    item["updatedClient"] = entity.updated_by;
    item["sandboxId"] = fmt::format("sandbox-{}", entity.scope.sandbox);
    item["sandboxName"] = entity.scope.sandbox;
    item["imsOrgId"] = entity.scope.organization;
}

void hide(json::Object& params, std::string_view name, SecretsOnGet how) {
    switch (how) {
    case SecretsOnGet::echo:
        break;
    case SecretsOnGet::mask:
        params[name] = "**********";
        break;
    case SecretsOnGet::omit:
        params.erase(name);
        break;
    }
}

/// The spelling in which GET returns a parameter of auth (section 4.2).
std::string_view shown_name(const json::Value& schema, std::string_view name,
                            const Settings& settings) {
    const auto& returned = schema["properties"][name]["returnedAs"];
    const bool differs =
        returned.is_string() && settings.user_name_on_get == UserNameOnGet::returned_as;
    return differs ? std::string_view(returned.as_string()) : name;
}

void show_connection(json::Object& item, const Entity& entity, const Surroundings& around) {
    const json::Value body(entity.body);
    const auto* destination = around.specs.destination(body["connectionSpec"]["id"].as_string());
    if (destination != nullptr && body["auth"].is_object()) {
        const auto& schema = auth_spec(destination->spec, body["auth"]["specName"].as_string());
        json::Object params{{"authorizedDate", entity.authorized_date}};
        for (const auto& [name, value] : body["auth"]["params"].as_object()) {
            params[shown_name(schema, name, around.settings)] = value;
            if (is_secret(schema, name)) {
                hide(params, name, around.settings.secrets);
            }
        }
        item["auth"].make_object()["params"] = std::move(params);
    } else {
        item.erase("auth");
    }
    if (const auto& encryption = body["encryptionSpecs"]; encryption.is_object()) {
        // Written under one name and returned under another (section 5.4).
        json::Object params = encryption["params"].as_object();
        if (encryption["params"]["encryptionAlgo"].as_string() == "PGPGPG") {
            params["encryptionAlgo"] = "PGP/GPG";
        }
        hide(params, "publicKey", around.settings.secrets);
        item.erase("encryptionSpecs");
        item["encryption"] =
            json::Object{{"specName", "File Encryption"}, {"params", std::move(params)}};
    }
}

json::Object link_to(const Entity& entity) {
    return json::Object{{"id", entity.id},
                        {"connectionSpec", json::Value(entity.body)["connectionSpec"]}};
}

/// The base connection that an entity names, or the one that the service picked for it.
json::Value base_of(const Entity& entity, const Surroundings& around) {
    const json::Value body(entity.body);
    const auto& id = body["baseConnectionId"].as_string();
    if (const auto* base = around.store.find(Kind::connection, around.scope, id)) {
        return link_to(*base);
    }
    const auto& shown = id.empty() ? entity.internal_base_id : id;
    return json::Object{{"id", shown}, {"connectionSpec", body["connectionSpec"]}};
}

bool is_profile_source(const Entity& entity) {
    return json::Value(entity.body)["connectionSpec"]["id"].as_string() == profile_store_spec;
}

json::Value profile_type() {
    return json::Object{{"type", "ProfileFragments"}, {"id", "ups"}};
}

void show_source(json::Object& item, const Entity& entity, const Surroundings& around) {
    item["inheritedAttributes"] = json::Object{{"baseConnection", base_of(entity, around)}};
    if (is_profile_source(entity)) {
        if (around.settings.profile_store_base == ProfileStoreBase::reused) {
            item["baseConnectionId"] = base_of(entity, around)["id"];
        }
        if (around.settings.source_base_on_get == SourceBaseOnGet::inherited) {
            item.erase("baseConnectionId");
        }
        item["typeInfo"] = profile_type();
        return;
    }
    item["baseConnectionId"] = base_of(entity, around)["id"];
    if (around.settings.dataset_names == DatasetNames::kept) {
        return;
    }
    json::Array datasets;
    for (auto dataset : item["params"]["datasets"].as_array()) {
        const auto& known = around.settings.datasets;
        const auto id = dataset["dataSetId"].as_string();
        const auto found = std::find_if(known.begin(), known.end(),
                                        [&](const Dataset& entry) { return entry.id == id; });
        dataset.make_object()["name"] =
            found != known.end() ? found->name : fmt::format("Dataset {}", id);
        datasets.push_back(std::move(dataset));
    }
    item["params"].make_object()["datasets"] = std::move(datasets);
}

void fill_csv_options(json::Object& params, const DestinationSpec& destination) {
    const auto& known =
        destination.spec["targetSpec"]["spec"]["properties"]["csvOptions"]["properties"];
    auto& options = params["csvOptions"].make_object();
    for (const auto& [name, schema] : known.as_object()) {
        if (!options.contains(name)) {
            options[name] = schema["default"];
        }
    }
}

/// The format that the service gives the `data` of a target.
json::Value format_of(const json::Value& params, const TargetVariant* variant) {
    if (variant != nullptr) {
        return json::Value(variant->constants)["format"];
    }
    return params[params["fileType"].is_string() ? "fileType" : "datasetFileType"];
}

void show_legacy_params(json::Object& params, const TargetVariant& variant,
                        const Settings& settings) {
    if (settings.legacy_target_constants == LegacyTargetConstants::omit) {
        params.erase("mode");
        if (json::Value(variant.constants)["mode"].as_string() != "FTP") {
            params.erase("format");
        }
    }
    if (settings.include_file_manifest == IncludeFileManifest::fill &&
        !params.contains("includeFileManifest")) {
        params["includeFileManifest"] = false;
    }
}

void show_target(json::Object& item, const Entity& entity, const Surroundings& around) {
    item["inheritedAttributes"] = json::Object{{"baseConnection", base_of(entity, around)}};
    const auto* destination = around.specs.destination(item["connectionSpec"]["id"].as_string());
    auto& params = item["params"].make_object();
    if (params.contains("encryptionSpecs")) {
        hide(params["encryptionSpecs"].make_object(), "publicKey", around.settings.secrets);
    }
    const json::Value written(params);
    const auto* variant = variant_of(written, *destination);
    if (written["fileType"].as_string() == "CSV") {
        fill_csv_options(params, *destination);
    }
    if (variant != nullptr) {
        show_legacy_params(params, *variant, around.settings);
    }
    if (around.settings.target_data == TargetData::injected && item["data"].is_null()) {
        item["data"] = json::Object{
            {"format", format_of(written, variant)}, {"schema", nullptr}, {"properties", nullptr}};
    } else if (item["data"].is_null()) {
        item.erase("data");
    }
}

void show_schedule(json::Object& schedule, const Settings& settings) {
    switch (settings.export_mode_on_get) {
    case ExportModeOnGet::kept:
        break;
    case ExportModeOnGet::omit:
        schedule.erase("exportMode");
        break;
    case ExportModeOnGet::fill:
        if (!schedule.contains("exportMode")) {
            schedule["exportMode"] = is_one_time(json::Value(schedule))
                                         ? "DAILY_FULL_EXPORT"
                                         : "FIRST_FULL_THEN_INCREMENTAL";
        }
        break;
    }
    const bool lower = settings.folder_key == FolderKey::lower_n;
    const std::string_view shown = lower ? "foldernameTemplate" : "folderNameTemplate";
    const std::string_view other = lower ? "folderNameTemplate" : "foldernameTemplate";
    if (const auto* value = schedule.find(other)) {
        json::Value folder = *value;
        schedule.erase(other);
        schedule[shown] = std::move(folder);
    }
    if (settings.schedule_numbers == ScheduleNumbers::string) {
        for (const std::string_view name : {"interval", "startTime", "endTime"}) {
            if (auto* value = schedule.find(name); value != nullptr && value->is_integer()) {
                *value = fmt::format("{}", value->as_integer());
            }
        }
    }
}

json::Value inherited_by_flow(const json::Value& body, const Surroundings& around) {
    json::Array sources;
    for (const auto& id : body["sourceConnectionIds"].as_array()) {
        if (const auto* source =
                around.store.find(Kind::source_connection, around.scope, id.as_string())) {
            auto link = link_to(*source);
            if (is_profile_source(*source)) {
                link["baseConnection"] = base_of(*source, around);
                link["typeInfo"] = profile_type();
            }
            sources.push_back(std::move(link));
        }
    }
    json::Array targets;
    for (const auto& id : body["targetConnectionIds"].as_array()) {
        if (const auto* target =
                around.store.find(Kind::target_connection, around.scope, id.as_string())) {
            auto link = link_to(*target);
            link["baseConnection"] = base_of(*target, around);
            targets.push_back(std::move(link));
        }
    }
    return json::Object{{"properties", json::Object{{"isDestinationFlow", true}}},
                        {"sourceConnections", std::move(sources)},
                        {"targetConnections", std::move(targets)}};
}

void show_flow(json::Object& item, const Entity& entity, const Surroundings& around) {
    item["inheritedAttributes"] = inherited_by_flow(json::Value(item), around);
    if (item["scheduleParams"].is_object()) {
        show_schedule(item["scheduleParams"].make_object(), around.settings);
    } else {
        item.erase("scheduleParams");
    }
    if (!item["transformations"].as_array().empty()) {
        item["transformations"] = shown_transformations(std::move(item["transformations"]), around);
    }
    item["runs"] = fmt::format("/runs?property=flowId=={}", entity.id);
    item["lastOperation"] = entity.last_operation;
    if (!entity.last_run.is_null()) {
        item["lastRunDetails"] = entity.last_run;
    }
}

Description description_of(Kind kind, const Settings& settings) {
    switch (kind) {
    case Kind::connection:
        return settings.description_connection;
    case Kind::source_connection:
        return settings.description_source;
    case Kind::target_connection:
        return settings.description_target;
    case Kind::flow:
        return settings.description_flow;
    }
    return Description::keep;
}

} // namespace

std::string account(const std::string& client) {
    return client == service_account ? client : fmt::format("{}@techacct.adobe.com", client);
}

json::Value view(const Entity& entity, const Surroundings& around) {
    json::Object item;
    add_common(item, entity);
    for (const auto& [name, value] : entity.body) {
        item[name] = value;
    }
    if (description_of(entity.kind, around.settings) == Description::drop) {
        item.erase("description");
    }
    item["state"] = entity.state;
    item["version"] = entity.etag;
    item["etag"] = entity.etag;
    switch (entity.kind) {
    case Kind::connection:
        show_connection(item, entity, around);
        break;
    case Kind::source_connection:
        show_source(item, entity, around);
        break;
    case Kind::target_connection:
        show_target(item, entity, around);
        break;
    case Kind::flow:
        show_flow(item, entity, around);
        break;
    }
    return item;
}

std::span<const std::string_view> fields_of(Kind kind) {
    // The fields that all kinds share stand in the middle, so that each kind is one stretch.
    static constexpr std::array<std::string_view, 25> fields{"connectionSpec",
                                                             "baseConnectionId",
                                                             "params",
                                                             "id",
                                                             "createdAt",
                                                             "updatedAt",
                                                             "createdBy",
                                                             "updatedBy",
                                                             "createdClient",
                                                             "updatedClient",
                                                             "sandboxId",
                                                             "sandboxName",
                                                             "imsOrgId",
                                                             "name",
                                                             "description",
                                                             "state",
                                                             "version",
                                                             "etag",
                                                             "inheritedAttributes",
                                                             "flowSpec",
                                                             "sourceConnectionIds",
                                                             "targetConnectionIds",
                                                             "transformations",
                                                             "scheduleParams",
                                                             "lastRunDetails"};
    const std::span<const std::string_view> all(fields);
    return kind == Kind::flow ? all.subspan(3) : all.first(19);
}

} // namespace penstock::emulator
