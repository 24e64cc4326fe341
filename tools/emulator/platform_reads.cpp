#include "emulator/paging.hpp"
#include "emulator/platform.hpp"
#include "emulator/view.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace penstock::emulator {

namespace {

json::Value envelope(json::Array items) {
    return json::Object{{"items", std::move(items)}};
}

/// The whole list of specs, narrowed by property filters (section 3.9).
Outcome<http::Response> spec_list(const json::Array& specs, std::string_view collection,
                                  const http::Query& query, const Settings& settings) {
    static constexpr std::array<std::string_view, 7> fields{"id",
                                                            "name",
                                                            "providerId",
                                                            "version",
                                                            "attributes",
                                                            "targetConnectionSpecIds",
                                                            "sourceConnectionSpecIds"};
    http::Query filters{{"limit", "100"}};
    for (const auto& [name, value] : query) {
        if (name != "property") {
            return coded("1451-400", fmt::format("Query parameter [{}] is not supported", name));
        }
        filters.emplace_back(name, value);
    }
    const Listing listing{std::vector<std::int64_t>(specs.size()),
                          [&](std::size_t index) { return specs[index]; }};
    auto page = list_page(listing, {collection, {}, filters, fields}, settings);
    if (!page) {
        return tl::unexpected<Refusal>(std::move(page.error()));
    }
    return json_response(200, *page);
}

Outcome<http::Response> spec_by_id(const json::Array& specs, std::string_view collection,
                                   const std::string& id) {
    for (const auto& spec : specs) {
        if (spec["id"].as_string() == id) {
            return json_response(200, envelope({spec}));
        }
    }
    return not_found(collection, id);
}

/// Everything of a request that its page depends on.
std::string page_name(Kind kind, const Call& call) {
    return fmt::format("{}\n{}\n{}\n{}\n{}", collection_name(kind), call.scope.organization,
                       call.scope.sandbox, call.origin, http::write_query(call.query));
}

} // namespace

Platform::Answer Platform::list(Kind kind, const Call& call) const {
    const bool by_name = std::any_of(call.query.begin(), call.query.end(), [](const auto& pair) {
        return pair.first == "property" && pair.second.starts_with("name=");
    });
    if (by_name && settings_.name_filter == NameFilter::documented &&
        (kind == Kind::source_connection || kind == Kind::target_connection)) {
        return coded("1449-400", "Filter field [name] is not known");
    }
    pages_.forget_older_than(revision_, settings_);
    const auto page_asked = page_name(kind, call);
    if (const auto* body = pages_.find(page_asked, call.list_as_of)) {
        return text_response(200, *body);
    }
    const auto found = store_.list(kind, call.scope, call.list_as_of);
    Listing listing;
    listing.sequences.reserve(found.size());
    for (const auto* entity : found) {
        listing.sequences.push_back(entity->sequence);
    }
    const auto surroundings = around(call.scope);
    listing.show = [&](std::size_t index) { return view(*found[index], surroundings); };
    // Clients filter by these, and they are shown as they were written.
    listing.member = [&](std::size_t index, std::string_view name) {
        const bool is_spec = name == "connectionSpec" || name == "flowSpec";
        return is_spec ? found[index]->body.find(name) : nullptr;
    };
    auto page = list_page(
        listing, {collection_name(kind), call.origin, call.query, fields_of(kind)}, settings_);
    if (!page) {
        return tl::unexpected<Refusal>(std::move(page.error()));
    }
    auto body = json::write(*page);
    // A list that lags is another one a moment later.
    if (call.list_as_of == call.now && found.size() == store_.count(kind, call.scope)) {
        pages_.keep(page_asked, call.list_as_of, body);
    }
    return text_response(200, std::move(body));
}

Platform::Answer Platform::read(Kind kind, const Call& call, const std::string& id) const {
    const auto* found = store_.find(kind, call.scope, id);
    if (found == nullptr) {
        return not_found(collection_name(kind), id);
    }
    return json_response(200, envelope({view(*found, around(call.scope))}));
}

Platform::Answer Platform::connection_specs(const Call& call) const {
    if (call.path.size() == 1) {
        return spec_list(specs_.connection_specs(), "connectionSpecs", call.query, settings_);
    }
    if (call.path.size() == 2) {
        return spec_by_id(specs_.connection_specs(), "connectionSpecs", call.path[1]);
    }
    if (call.path.size() == 3 && call.path[2] == "configs" && call.path[1] == data_lake_spec) {
        return exportable_datasets(call);
    }
    return not_found("connectionSpecs", call.path[1]);
}

Platform::Answer Platform::flow_specs(const Call& call) const {
    if (call.path.size() == 1) {
        return spec_list(specs_.flow_specs(settings_), "flowSpecs", call.query, settings_);
    }
    return spec_by_id(specs_.flow_specs(settings_), "flowSpecs", call.path[1]);
}

Platform::Answer Platform::exportable_datasets(const Call& call) const {
    if (http::find(call.query, "outputType") != "activationDatasets" ||
        http::find(call.query, "outputField") != "datasets") {
        return plain(400, "outputType=activationDatasets and outputField=datasets are required");
    }
    const auto total = static_cast<std::int64_t>(settings_.datasets.size());
    const auto start = integer_in(call.query, "start", 0, 0, INT64_MAX / 2);
    const auto limit = integer_in(call.query, "limit", 20, 1, 100);
    if (!start || !limit) {
        return plain(400, "start is a number from 0, limit a number from 1 to 100");
    }
    const auto first = std::min(*start, total);
    const auto last = std::min(first + *limit, total);
    json::Array items;
    for (auto i = first; i < last; ++i) {
        const auto& dataset = settings_.datasets[static_cast<std::size_t>(i)];
        items.push_back(
            json::Object{{"id", dataset.id},
                         {"name", dataset.name},
                         {"description", "Activation profile export dataset"},
                         {"fileDescription", json::Object{{"persisted", true},
                                                          {"containerFormat", "parquet"},
                                                          {"format", "parquet"}}},
                         {"aspect", "production"},
                         {"state", "DRAFT"}});
    }
    json::Object body{{"items", std::move(items)}};
    if (settings_.page_info == PageInfo::present) {
        body["pageInfo"] = json::Object{{"start", first},
                                        {"end", std::max(first, last - 1)},
                                        {"total", total},
                                        {"hasNext", last < total}};
    }
    return json_response(200, body);
}

Platform::Answer Platform::runs(const Call& call) const {
    static constexpr std::array<std::string_view, 10> fields{
        "id",        "flowId",    "state",     "metrics",     "createdAt",
        "updatedAt", "createdBy", "updatedBy", "sandboxName", "flowSpec"};
    if (call.request.method != http::Method::get) {
        return coded("1427-400", "Runs cannot be written with a user token");
    }
    std::vector<const Run*> found;
    const auto& all = store_.runs();
    for (auto run = all.rbegin(); run != all.rend(); ++run) {
        if (run->scope != call.scope) {
            continue;
        }
        if (call.path.size() > 1) {
            if (run->content["id"].as_string() == call.path[1]) {
                return json_response(200, envelope({run->content}));
            }
            continue;
        }
        found.push_back(&*run);
    }
    if (call.path.size() > 1) {
        return not_found("runs", call.path[1]);
    }
    Listing listing;
    for (const auto* run : found) {
        listing.sequences.push_back(run->sequence);
    }
    listing.show = [&](std::size_t index) { return found[index]->content; };
    auto page = list_page(listing, {"runs", call.origin, call.query, fields}, settings_);
    if (!page) {
        return tl::unexpected<Refusal>(std::move(page.error()));
    }
    return json_response(200, *page);
}

} // namespace penstock::emulator
