#include "emulator/data_prep.hpp"
#include "emulator/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>

namespace penstock::emulator {

namespace {

/// A page by offset of `count` items; `start` and `limit` are required (section 3.11). The link
/// repeats the query.
Outcome<http::Response> page_of(std::size_t count, const Call& call,
                                const std::function<json::Value(std::size_t)>& item) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    const auto start = integer_in(call.query, "start", -1, 0, most);
    const auto limit = integer_in(call.query, "limit", -1, 1, most);
    if (start.value_or(-1) < 0 || limit.value_or(-1) < 0) {
        return problem(400, "Invalid request",
                       "start, a number from 0, and limit, a number from 1, are required");
    }
    const auto total = static_cast<std::int64_t>(count);
    const auto first = std::min(*start, total);
    const auto last = std::min(first + *limit, total);
    json::Array data;
    for (auto i = first; i < last; ++i) {
        data.push_back(item(static_cast<std::size_t>(i)));
    }
    json::Object links;
    if (last < total) {
        auto query = call.query;
        for (auto& [name, value] : query) {
            if (name == "start") {
                value = fmt::format("{}", last);
            }
        }
        links["next"] = json::Object{
            {"href", fmt::format("/{}?{}", call.path.front(), http::write_query(query))}};
    }
    return json_response(
        200, json::Object{{"data", std::move(data)},
                          {"_page", json::Object{{"count", last - first}, {"limit", *limit}}},
                          {"_links", std::move(links)}});
}

std::string shown_type(const std::string& type, const Settings& settings) {
    if (type == "ATTRIBUTE") {
        return "text/x.schema-path";
    }
    if (type == "EXPRESSION" && settings.expression_type_on_get == ExpressionType::mime) {
        return "text/x.aep-xl";
    }
    return type;
}

} // namespace

Outcome<http::Response> DataPrep::list_schemas(const Call& call) const {
    std::vector<const ConversionSchema*> found;
    for (const auto& [id, schema] : schemas_) {
        if (schema.scope == call.scope && schema.created_at <= call.list_as_of) {
            found.push_back(&schema);
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto* a, const auto* b) { return a->sequence > b->sequence; });
    return page_of(found.size(), call, [&](std::size_t i) {
        const auto* schema = found[i];
        return json::Object{{"id", schema->id},
                            {"version", 0},
                            {"name", schema->name},
                            {"jsonSchema", schema->json_schema}};
    });
}

Outcome<http::Response> DataPrep::list_mapping_sets(const Call& call) const {
    const auto name = http::find(call.query, "name");
    const auto order = http::find(call.query, "orderBy").value_or("-updatedDate");
    const auto field = order.substr(order.find_first_not_of("+-") == 1 ? 1 : 0);
    if (field != "createdDate" && field != "updatedDate") {
        return problem(400, "Invalid request", "orderBy takes createdDate and updatedDate");
    }
    std::vector<const MappingSet*> found;
    for (const auto& [id, set] : sets_) {
        const auto* named = set.versions.back().body.find("name");
        if (set.scope == call.scope && set.created_at <= call.list_as_of &&
            (!name || (named != nullptr && named->as_string() == *name))) {
            found.push_back(&set);
        }
    }
    const bool descending = order.front() == '-';
    const bool by_creation = field == "createdDate";
    const auto key = [&](const MappingSet* set) {
        return std::pair(by_creation ? set->created_at : set->versions.back().modified_at,
                         set->sequence);
    };
    std::sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
        return descending ? key(b) < key(a) : key(a) < key(b);
    });
    return page_of(found.size(), call, [&](std::size_t i) {
        const auto* set = found[i];
        auto item = shown(*set, static_cast<std::int64_t>(set->versions.size()) - 1, call.query);
        if (settings_.mapping_set_list == MappingSetList::no_names) {
            item.make_object().erase("name");
        } else if (settings_.mapping_set_list == MappingSetList::no_mappings) {
            item.make_object().erase("mappings");
        } else if (settings_.mapping_set_list == MappingSetList::empty_mappings) {
            item.make_object()["mappings"] = json::Array{};
        }
        return item;
    });
}

Outcome<http::Response> DataPrep::read_mapping_set(const Call& call, const MappingSet& set) const {
    const auto last = static_cast<std::int64_t>(set.versions.size()) - 1;
    const auto usual = settings_.mapping_version_default == MappingVersionDefault::zero ? 0 : last;
    const auto number = integer_in(call.query, "version", usual, 0, last);
    if (!number) {
        return problem(404, "Not found", fmt::format("Mapping set {} has no such version", set.id));
    }
    if (call.path.size() == 2) {
        return json_response(200, shown(set, *number, call.query));
    }
    const json::Value full = shown(set, *number, {});
    if (call.path[2] == "mappings" && call.path.size() == 3) {
        return json_response(200, full["mappings"]);
    }
    if (call.path[2] == "mappings" && call.path.size() == 4) {
        for (const auto& mapping : full["mappings"].as_array()) {
            if (mapping["id"].as_string() == call.path[3]) {
                return json_response(200, mapping);
            }
        }
    }
    return problem(404, "Not found", fmt::format("Mapping set {} has no such part", set.id));
}

json::Value DataPrep::shown(const MappingSet& set, std::int64_t number,
                            const http::Query& query) const {
    const auto& version = *set.version(number);
    const json::Value body(version.body);
    const auto link = [&](std::string_view member) {
        json::Object named{{"id", body[member]["id"]}, {"version", 0}};
        if (member == "outputSchema" && http::find(query, "expandSchema") == "true") {
            named["jsonSchema"] = schema(set.scope, body[member]["id"].as_string())->json_schema;
        }
        return named;
    };
    json::Object full{{"id", set.id},
                      {"version", number},
                      {"createdDate", set.created_at},
                      {"modifiedDate", version.modified_at},
                      {"createdBy", account(set.created_by)},
                      {"modifiedBy", account(version.modified_by)},
                      {"supportVersion", "1.1"},
                      {"status", "PUBLISHED"},
                      {"strictMapping", false},
                      {"allowNullValues", false},
                      {"inputSchema", link("inputSchema")},
                      {"outputSchema", link("outputSchema")}};
    if (body["name"].is_string() && settings_.mapping_set_name == MappingSetName::kept) {
        full["name"] = body["name"];
    }
    if (body["xdmVersion"].is_string()) {
        full["xdmVersion"] = body["xdmVersion"];
    }
    json::Array mappings;
    for (std::size_t i = 0; i < version.mapping_ids.size(); ++i) {
        mappings.push_back(shown_mapping(set, number, i));
    }
    full["mappings"] = std::move(mappings);
    return full;
}

json::Value DataPrep::shown_mapping(const MappingSet& set, std::int64_t number,
                                    std::size_t index) const {
    const auto& version = *set.version(number);
    const json::Value body(version.body);
    const auto& mapping = body["mappings"].as_array()[index];
    json::Object full{{"id", version.mapping_ids[index]},
                      {"version", 0},
                      {"createdDate", version.modified_at},
                      {"modifiedDate", version.modified_at},
                      {"createdBy", account(version.modified_by)},
                      {"modifiedBy", account(version.modified_by)},
                      {"sourceType", shown_type(mapping["sourceType"].as_string(), settings_)},
                      {"source", mapping["source"]},
                      {"destination", mapping["destination"]},
                      {"identity", false},
                      {"primaryIdentity", false},
                      {"matchScore", 0.0},
                      {"functionVersion", 1},
                      {"sourceAttribute", mapping["source"]},
                      {"destinationXdmPath", mapping["destination"]}};
    for (const std::string_view member : {"name", "description"}) {
        if (mapping[member].is_string()) {
            full[member] = mapping[member];
        }
    }
    return full;
}

} // namespace penstock::emulator
