#include "support/stored_state.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "model/marker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::test {

namespace {

std::string description_of(const emulator::Entity& entity) {
    const auto* description = entity.body.find("description");
    return description == nullptr ? std::string() : description->as_string();
}

std::string name_of(const emulator::EntityStore& store, const json::Value& id) {
    const auto found = store.entities().find(id.as_string());
    if (found == store.entities().end()) {
        return "missing";
    }
    const auto marked = model::split_description(description_of(found->second));
    return marked.marker ? model::address(marked.marker->key) : "foreign";
}

/// Sets without their order; empty ones count as absent.
void sort_sets(json::Object& place, const std::vector<const char*>& names) {
    for (const char* name : names) {
        auto list = json::Value(place)[name].as_array();
        if (list.empty()) {
            place.erase(name);
        } else {
            place[name] = json::sorted(std::move(list));
        }
    }
}

/// True if the keys are the one identity that the service takes as the key where none is given.
bool is_usual_key(const json::Value& place) {
    const auto& keys = place["primaryFields"].as_array();
    const auto& selectors = place["selectors"].as_array();
    const auto identities = std::count_if(selectors.begin(), selectors.end(), [](const auto& item) {
        return item["value"]["path"].as_string().rfind("identityMap.", 0) == 0;
    });
    // Columns of a mapping hold one identity at most.
    return keys.size() == 1 && keys.front()["fieldType"].as_string() == "IDENTITY" &&
           identities <= 1;
}

/// Selectors without order and times; columns in the place of the mapping set that holds them.
void put_in_words(json::Object& params, const emulator::DataPrep& data_prep) {
    json::Array selectors;
    for (auto selector : params["segmentSelectors"]["selectors"].as_array()) {
        auto& value = selector.make_object()["value"].make_object();
        value.erase("createTime");
        value.erase("updateTime");
        selectors.push_back(std::move(selector));
    }
    params["segmentSelectors"] = json::Object{{"selectors", json::sorted(std::move(selectors))}};
    if (is_usual_key(json::Value(params))) {
        params.erase("primaryFields");
    }
    if (auto* profile = params.find("profileSelectors")) {
        if (is_usual_key(*profile)) {
            profile->make_object().erase("primaryFields");
        }
        sort_sets(profile->make_object(), {"selectors", "mandatoryFields", "primaryFields"});
    }
    sort_sets(params, {"mandatoryFields", "primaryFields"});
    auto& mapping = params["profileMapping"];
    const auto set = data_prep.mapping_sets().find(mapping["mappingId"].as_string());
    if (set == data_prep.mapping_sets().end()) {
        return;
    }
    const auto* version = set->second.version(mapping["mappingVersion"].as_integer());
    const json::Value body(version == nullptr ? json::Object{} : version->body);
    mapping = json::sorted(body["mappings"].as_array());
}

/// The stored body with ids in words and without the salted part of its marker.
json::Value in_words(const emulator::EntityStore& store, const emulator::DataPrep& data_prep,
                     const emulator::Entity& entity) {
    json::Value body = entity.body;
    auto& members = body.make_object();
    auto marked = model::split_description(members["description"].as_string());
    if (marked.marker) {
        marked.marker->credentials.reset();
        marked.marker->encryption.reset();
        members["description"] = model::join_description(marked.text, *marked.marker);
    }
    if (auto* base = members.find("baseConnectionId")) {
        *base = name_of(store, *base);
    }
    for (const char* field : {"sourceConnectionIds", "targetConnectionIds"}) {
        if (auto* links = members.find(field)) {
            for (auto& link : links->make_array()) {
                link = name_of(store, link);
            }
        }
    }
    if (auto* params = json::find(body, "/transformations/0/params")) {
        put_in_words(params->make_object(), data_prep);
    }
    members["state"] = entity.state;
    // The end of what is exported once depends on when it was made.
    auto* schedule = members.find("scheduleParams");
    if (schedule != nullptr && (*schedule)["interval"] == json::Value(0)) {
        schedule->make_object().erase("endTime");
    }
    return body;
}

} // namespace

std::vector<std::string> stored_state(const emulator::Platform& platform) {
    std::vector<std::string> lines;
    for (const auto& [id, entity] : platform.store().entities()) {
        lines.push_back(fmt::format(
            "{} {}", emulator::collection_name(entity.kind),
            json::write_canonical(in_words(platform.store(), platform.data_prep(), entity))));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<std::string> managed_state(const emulator::Platform& platform,
                                       const std::string& project) {
    std::vector<std::string> lines;
    for (const auto& [id, entity] : platform.store().entities()) {
        const auto collection = std::string(emulator::collection_name(entity.kind));
        auto body = in_words(platform.store(), platform.data_prep(), entity);
        auto marked = model::split_description(body["description"].as_string());
        if (!marked.marker || marked.marker->project != project) {
            continue;
        }
        auto& members = body.make_object();
        marked.marker->digest.clear();
        if (collection == "sourceConnections" || collection == "targetConnections") {
            marked.text.clear(); // their text and a source's name are not managed
        }
        if (collection == "sourceConnections") {
            members.erase("name");
        }
        members["description"] = model::join_description(marked.text, *marked.marker);
        lines.push_back(collection + " " + json::write_canonical(body));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

} // namespace penstock::test
