#include "support/foreign_edits.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "support/somebody.hpp"
#include "support/three_exports.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace penstock::test {

namespace {

using json::Array;
using json::Object;
using json::Value;

const std::string transformation = "/transformations/0/params";

Value document(CommandLine& penstock, const std::string& address) {
    const auto answer = as_somebody(penstock, http::Method::get, path_of(penstock, address));
    return json::parse(answer.body).value()["items"].as_array().at(0);
}

void send_patch(CommandLine& penstock, const std::string& address, const std::string& pointer,
                Value value, const char* op = "replace") {
    patch(penstock, path_of(penstock, address),
          Object{{"op", op}, {"path", pointer}, {"value", std::move(value)}});
}

/// `value` where it stands in `whole`; null takes what stands there away.
void put(Value& whole, const std::string& pointer, const Value& value) {
    auto steps = json::steps(pointer);
    auto* place = &whole;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        place = &place->make_object()[steps[i]];
    }
    if (value.is_null()) {
        place->make_object().erase(steps.back());
    } else {
        place->make_object()[steps.back()] = value;
    }
}

using Make = std::function<void(CommandLine&)>;

Make replaces(std::string address, std::string pointer, Value value) {
    return [=](CommandLine& penstock) { send_patch(penstock, address, pointer, value); };
}

using Changes = std::vector<std::pair<std::string, Value>>;

/// Of a block that travels as a whole.
Make changes(std::string address, std::string block, Changes changed) {
    return [=](CommandLine& penstock) {
        auto all = document(penstock, address)[block.substr(1)];
        for (const auto& [pointer, value] : changed) {
            put(all, pointer, value);
        }
        send_patch(penstock, address, block, std::move(all));
    };
}

/// What people see of a description; the marker behind it stays.
Make describes(std::string address, std::string was) {
    return [=](CommandLine& penstock) {
        auto text = document(penstock, address)["description"].as_string();
        REQUIRE(text.starts_with(was));
        send_patch(penstock, address, "/description", "By hand" + text.substr(was.size()));
    };
}

/// Credentials travel as a whole, too, with secrets of somebody else's.
Make signs_in(std::string address, std::string name, Value value) {
    return [=](CommandLine& penstock) {
        const bool is_s3 = address == "s3.base";
        Value all = is_s3 ? Object{{"s3AccessKey", "AKIAIOSFODNN7EXAMPLE"},
                                   {"s3SecretKey", std::string(40, 'c')}}
                          : Object{{"domain", "eloqua.example"},
                                   {"host", "sftp.eloqua.example"},
                                   {"username", "adobe-exports"},
                                   {"sshKey", "b3RoZXI="}};
        put(all, "/" + name, value);
        send_patch(penstock, address, "/auth/params", std::move(all));
    };
}

/// Of the chosen segment.
Make reselects(std::string address, Changes changed) {
    return [=](CommandLine& penstock) {
        const auto flow = document(penstock, address);
        const auto place = transformation + "/segmentSelectors/selectors";
        const auto& selectors = json::find(flow, place)->as_array();
        const auto found =
            std::find_if(selectors.begin(), selectors.end(), [](const auto& selector) {
                return selector["value"]["id"] == Value(chosen_segment);
            });
        REQUIRE(found != selectors.end());
        auto selector = *found;
        for (const auto& [pointer, value] : changed) {
            put(selector, "/value" + pointer, value);
        }
        send_patch(penstock, address, fmt::format("{}/{}", place, found - selectors.begin()),
                   std::move(selector));
    };
}

/// Column "tier" reads from elsewhere, in a new version of the mapping set.
Make remaps(std::string member, Value value) {
    return [=](CommandLine& penstock) {
        const auto flow = document(penstock, "loyalty.flow");
        auto named = *json::find(flow, transformation + "/profileMapping");
        const auto& id = named["mappingId"].as_string();
        const auto& set = penstock.platform.data_prep().mapping_sets().at(id);
        Value body(
            set.versions.at(static_cast<std::size_t>(named["mappingVersion"].as_integer())).body);
        for (auto& column : body.make_object()["mappings"].make_array()) {
            if (column["destination"] == Value("tier")) {
                column.make_object()[member] = value;
            }
        }
        const auto answer =
            as_somebody(penstock, http::Method::put,
                        "/data/foundation/conversion/mappingSets/" + id, json::write(body));
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        named.make_object()["mappingVersion"] =
            static_cast<std::int64_t>(
                penstock.platform.data_prep().mapping_sets().at(id).versions.size()) -
            1;
        send_patch(penstock, "loyalty.flow", transformation + "/profileMapping", std::move(named));
    };
}

Make deselects(std::string path) {
    return [=](CommandLine& penstock) {
        const auto flow = document(penstock, "leads.flow");
        const auto place = transformation + "/profileSelectors/selectors";
        const auto& selectors = json::find(flow, place)->as_array();
        const auto found =
            std::find_if(selectors.begin(), selectors.end(), [&](const auto& selector) {
                return selector["value"]["path"] == Value(path);
            });
        REQUIRE(found != selectors.end());
        send_patch(penstock, "leads.flow", fmt::format("{}/{}", place, found - selectors.begin()),
                   *found, "remove");
    };
}

/// To a new source connection of somebody's that reads the same.
Make relinks(std::string address) {
    return [=](CommandLine& penstock) {
        const auto old = document(penstock, address)["sourceConnectionIds"].as_array().at(0);
        auto body = penstock.platform.store().entities().at(old.as_string()).body;
        body["name"] = "Theirs";
        body["description"] = "Theirs";
        const auto answer = as_somebody(penstock, http::Method::post, "/sourceConnections",
                                        json::write(Value(body)));
        INFO(answer.body);
        REQUIRE(answer.status == 201);
        send_patch(penstock, address, "/sourceConnectionIds",
                   Array{json::parse(answer.body).value()["id"]});
    };
}

Make disables(std::string address) {
    return [=](CommandLine& penstock) {
        const auto answer = as_somebody(penstock, http::Method::post,
                                        path_of(penstock, address) + "/action?op=disable");
        REQUIRE(answer.status < 300);
        penstock.clock.advance(Milliseconds{60'000});
    };
}

void add_connections(std::vector<ForeignEdit>& all) {
    for (const auto& [address, name, was] :
         {std::tuple("s3.base", "acme/s3", "Bucket of the CRM team"),
          std::tuple("eloqua.base", "acme/eloqua", "Eloqua of the business unit")}) {
        all.push_back({address, "/name", fmt::format("name: {} -> By hand", name),
                       replaces(address, "/name", "By hand")});
        all.push_back({address, "/description", fmt::format("description: {} -> By hand", was),
                       describes(address, was)});
    }
    all.push_back({"ProfileStore.base", "/name", "name: acme/ProfileStore -> By hand",
                   replaces("ProfileStore.base", "/name", "By hand")});
    all.push_back({"s3.base", "/auth/params/s3AccessKey",
                   "s3AccessKey: AKIAIOSFODNN7EXAMPLE -> AKIAIOSFODNN7ANOTHER",
                   signs_in("s3.base", "s3AccessKey", "AKIAIOSFODNN7ANOTHER")});
    for (const auto& [name, was] :
         {std::pair("domain", "eloqua.example"), std::pair("host", "sftp.eloqua.example"),
          std::pair("username", "adobe-exports")}) {
        all.push_back({"eloqua.base", fmt::format("/auth/params/{}", name),
                       fmt::format("{}: {} -> by-hand", name, was),
                       signs_in("eloqua.base", name, "by-hand")});
    }
    for (const std::string target : {"devices", "loyalty", "leads"}) {
        const auto address = target + ".target";
        all.push_back({address, "/name", fmt::format("name: acme/{} -> By hand", target),
                       replaces(address, "/name", "By hand")});
    }
    const auto add = [&](const char* address, std::string pointer, Value value, std::string told) {
        all.push_back({address, "/params" + pointer, std::move(told),
                       changes(address, "/params", {{pointer, std::move(value)}})});
    };
    for (const auto& [address, folder] :
         {std::pair("devices.target", "crm/devices"), std::pair("loyalty.target", "crm/loyalty")}) {
        add(address, "/bucketName", "by-hand", "bucketName: demo-bucket -> by-hand");
        add(address, "/path", "by-hand", fmt::format("path: {} -> by-hand", folder));
        add(address, "/compression", "NONE", "compression: GZIP -> NONE");
    }
    add("devices.target", "/datasetFileType", "JSON", "datasetFileType: PARQUET -> JSON");
    all.push_back(
        {"loyalty.target", "/params/fileType", "fileType: CSV -> PARQUET",
         changes("loyalty.target", "/params", {{"/fileType", "PARQUET"}, {"/csvOptions", {}}})});
    add("loyalty.target", "/csvOptions/delimiter", ";", R"(csvOptions.delimiter: "," -> ";")");
    add("loyalty.target", "/csvOptions/quote", "", R"(csvOptions.quote: "\"" -> "")");
    add("loyalty.target", "/csvOptions/escape", "'", R"(csvOptions.escape: "\\" -> "'")");
    add("loyalty.target", "/csvOptions/nullValue", "", R"(csvOptions.nullValue: null -> "")");
    add("loyalty.target", "/csvOptions/emptyValue", "null", R"(csvOptions.emptyValue: "" -> null)");
    add("leads.target", "/remotePath", "/by-hand", "remotePath: /incoming/leads -> /by-hand");
    add("leads.target", "/includeFileManifest", false, "includeFileManifest: true -> (not set)");
}

void add_flows(std::vector<ForeignEdit>& all) {
    for (const auto& [name, was] : {std::pair("devices", "Devices of all visitors"),
                                    std::pair("loyalty", "Members for the CRM"),
                                    std::pair("leads", "Leads for the nurturing programme")}) {
        const auto address = fmt::format("{}.flow", name);
        all.push_back({address, "/name", fmt::format("name: acme/{} -> By hand", name),
                       replaces(address, "/name", "By hand")});
        all.push_back({address, "/description", fmt::format("description: {} -> By hand", was),
                       describes(address, was)});
        all.push_back({address, "/enabled", "enabled: true -> false", disables(address)});
        all.push_back({address, "/source/entity",
                       fmt::format("source connection: {} -> ", address == "leads.flow"
                                                                    ? "ProfileStore.source"
                                                                    : "the one of this export"),
                       relinks(address)});
    }
    const auto add = [&](const std::string& member, Value value, std::string told) {
        all.push_back({"devices.flow", "/schedule" + member, std::move(told),
                       changes("devices.flow", "/scheduleParams", {{member, std::move(value)}})});
    };
    add("/startTime", 1798768801, "startTime: 2027-01-01T02:00:00Z -> 2027-01-01T02:00:01Z");
    add("/endTime", 1830304801, "endTime: 2028-01-01T02:00:00Z -> 2028-01-01T02:00:01Z");
    add("/foldernameTemplate", "%DESTINATION%_%DATASET_ID%",
        "foldernameTemplate: %DESTINATION%_%DATASET_ID%_%DATETIME(YYYYMMdd_HHmmss)% -> "
        "%DESTINATION%_%DATASET_ID%");
    add("/interval", 6, "frequency: EVERY_3_HOURS -> EVERY_6_HOURS");
    all.push_back(
        {"devices.flow", "/schedule/timeUnit", "frequency: EVERY_3_HOURS -> DAILY",
         changes("devices.flow", "/scheduleParams", {{"/timeUnit", "day"}, {"/interval", 1}})});
    all.push_back({"devices.flow", "/schedule/exportMode", "frequency: EVERY_3_HOURS -> ONCE",
                   changes("devices.flow", "/scheduleParams",
                           {{"/exportMode", "DAILY_FULL_EXPORT"},
                            {"/timeUnit", "day"},
                            {"/interval", 0},
                            {"/endTime", {}}})});
}

void add_transformations(std::vector<ForeignEdit>& all) {
    for (const std::string address : {"loyalty.flow", "leads.flow"}) {
        const bool is_new = address == "loyalty.flow";
        const auto select = [&](const char* field, std::string told, Changes changed) {
            all.push_back({address, std::string("/segments/*") + field, std::move(told),
                           reselects(address, std::move(changed))});
        };
        const std::string daily =
            fmt::format("daily in full at {} UTC", is_new ? "06:00" : "05:00");
        select("/systemSegmentId", "systemSegmentId: 4711 -> 4712", {{"/systemSegmentId", "4712"}});
        select("/namespace", "namespace: aamSegments -> byHand", {{"/namespace", "byHand"}});
        select("/filenameTemplate",
               fmt::format("file name: {}_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)% -> "
                           "%DESTINATION_NAME%_%SEGMENT_ID%_%TIMESTAMP%",
                           is_new ? "gold" : "%DESTINATION_NAME%"),
               {{"/filenameTemplate", "%DESTINATION_NAME%_%SEGMENT_ID%_%TIMESTAMP%"}});
        select("/exportMode", daily + " -> daily changes",
               {{"/exportMode", "FIRST_FULL_THEN_INCREMENTAL"}});
        select("/schedule/frequency", daily + " -> weekly", {{"/schedule/frequency", "WEEKLY"}});
        select("/schedule/triggerType", daily + " -> daily after evaluation",
               {{"/schedule/triggerType", "AFTER_SEGMENT_EVAL"}, {"/schedule/startTime", {}}});
        select("/schedule/startDate",
               "from 2027-01-01 to 2028-01-01 -> from 2027-02-01 to 2028-01-01",
               {{"/schedule/startDate", "2027-02-01"}});
        select("/schedule/startTime", daily + " -> daily in full at 07:00 UTC",
               {{"/schedule/startTime", "07:00"}});
        select("/schedule/endDate",
               "from 2027-01-01 to 2028-01-01 -> from 2027-01-01 to 2028-02-01",
               {{"/schedule/endDate", "2028-02-01"}});
        const auto place = transformation + (is_new ? "" : "/profileSelectors");
        const std::string email = is_new ? "Email" : "identityMap.Email";
        const std::string name = is_new ? "firstName" : "person.name.firstName";
        all.push_back({address, "/mandatoryFields",
                       fmt::format("mandatory fields: {} -> {}", email, name),
                       replaces(address, place + "/mandatoryFields", Array{name})});
        all.push_back(
            {address, "/deduplicationKeys",
             fmt::format("deduplication key: identity Email -> column {}", name),
             replaces(address, place + "/primaryFields",
                      Array{Object{{"fieldType", "ATTRIBUTE"}, {"attributePath", name}}})});
    }
    all.push_back({"loyalty.flow", "/mapping/*/source",
                   "column tier: loyalty.tier -> person.name.lastName",
                   remaps("source", "person.name.lastName")});
    all.push_back({"loyalty.flow", "/mapping/*/sourceType",
                   R"(column tier: loyalty.tier -> constant "loyalty.tier")",
                   remaps("sourceType", "STATIC")});
    all.push_back({"leads.flow", "/attributes/*", "attribute person.name.lastName: removed",
                   deselects("person.name.lastName")});
}

} // namespace

const std::vector<ForeignEdit>& foreign_edits() {
    static const std::vector<ForeignEdit> all = [] {
        std::vector<ForeignEdit> made;
        add_connections(made);
        add_flows(made);
        add_transformations(made);
        return made;
    }();
    return all;
}

const ForeignEdit& foreign_edit(const std::string& address, const std::string& field) {
    const auto& all = foreign_edits();
    const auto found = std::find_if(all.begin(), all.end(), [&](const ForeignEdit& edit) {
        return edit.address == address && edit.field == field;
    });
    INFO(address, " ", field);
    REQUIRE(found != all.end());
    return *found;
}

} // namespace penstock::test
