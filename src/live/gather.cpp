#include "live/gather.hpp"

#include "base/parallel.hpp"
#include "live/mapping_sets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace penstock::live {

namespace {

using json::Value;
using model::EntityKind;

const char* spec_field(EntityKind kind) {
    return kind == EntityKind::flow ? "flowSpec" : "connectionSpec";
}

} // namespace

std::vector<std::string> spec_ids(EntityKind kind, const catalogue::Catalogue& catalogue) {
    if (kind == EntityKind::source) {
        return {std::string(catalogue::data_lake_spec_id),
                std::string(catalogue::profile_store_spec_id)};
    }
    std::vector<std::string> ids;
    const auto add = [&](const std::string& id) {
        if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) {
            ids.push_back(id); // several destinations may have one flow spec
        }
    };
    for (const auto& destination : catalogue.all()) {
        if (kind == EntityKind::flow) {
            add(destination.dataset_flow_spec_id);
            add(destination.segment_flow_spec_id);
            add(destination.other_segment_flow_spec_id);
        } else {
            add(destination.connection_spec_id);
        }
    }
    if (kind == EntityKind::base) {
        add(std::string(catalogue::profile_store_spec_id));
    }
    return ids;
}

std::string spec_filter(EntityKind kind, const std::vector<std::string>& specs) {
    return fmt::format("{}.id=={}", spec_field(kind), fmt::join(specs, ","));
}

Gatherer::Gatherer(http::Transport& transport, flow::Client& client,
                   const catalogue::Catalogue& catalogue, const ReadOptions& options)
    : transport_(transport), client_(client), catalogue_(catalogue), options_(options),
      mapping_sets_(client) {
    graph_.project = options.project;
}

void Gatherer::list(EntityKind kind, std::vector<std::string> specs, flow::ListOptions how) {
    const auto at_most = how.at_most;
    if (options_.extent == Extent::managed) {
        how.keep = parsed_part;
    }
    auto counted = std::make_shared<std::size_t>(0);
    client_.list(
        kind, std::move(how),
        [this, kind, at_most, specs = std::move(specs)](Result<std::vector<Value>> items) {
            if (!items) {
                note(std::move(items.error()));
                return;
            }
            cut_short_ = cut_short_ || (at_most != 0 && items->size() >= at_most);
            add_all(kind, specs, std::move(*items));
        },
        [this, counted](std::size_t arrived) {
            total_ += arrived - std::exchange(*counted, arrived);
            if (options_.progress) {
                options_.progress(total_);
            }
        });
}

void Gatherer::add_all(EntityKind kind, const std::vector<std::string>& specs,
                       std::vector<Value> items) {
    std::erase_if(items, [&](const auto& item) {
        return std::find(specs.begin(), specs.end(), item[spec_field(kind)]["id"].as_string()) ==
               specs.end();
    });
    const auto before = graph_.entities.size();
    graph_.entities.resize(before + items.size());
    for_each_on_all_cores(items.size(), [&](std::size_t i) {
        graph_.entities[before + i] =
            parse_entity(kind, std::move(items[i]), catalogue_, options_.extent);
    });
}

void Gatherer::get(EntityKind kind, const std::string& id, std::function<void()> absent) {
    client_.get(kind, id, [this, kind, absent = std::move(absent)](Result<Value> document) {
        if (document) {
            add_all(kind, spec_ids(kind, catalogue_), {std::move(*document)});
        } else if (document.error().kind == ErrorKind::not_found) {
            absent();
        } else {
            note(std::move(document.error()));
        }
    });
}

void Gatherer::read_again(model::LiveEntity& entity) {
    client_.get(entity.kind, entity.id, [this, &entity](Result<Value> document) {
        if (!document && document.error().kind == ErrorKind::not_found) {
            gone_.insert(entity.id); // its deletion was under way
        } else if (document) {
            const auto key = entity.key;
            entity = parse_entity(entity.kind, std::move(*document), catalogue_, options_.extent);
            entity.key = key;
        } else {
            note(std::move(document.error()));
        }
    });
}

void Gatherer::forget_gone() {
    if (!gone_.empty()) {
        std::erase_if(graph_.entities,
                      [&](const auto& entity) { return gone_.contains(entity.id); });
    }
}

void Gatherer::ask_flow_specs(std::string_view field, const std::vector<std::string>& values) {
    client_.flow_specs(field, values, [this](Result<std::vector<Value>> specs) {
        if (!specs) {
            graph_.flow_specs_unknown = specs.error().message;
            return;
        }
        auto& known = graph_.flow_specs ? *graph_.flow_specs : graph_.flow_specs.emplace();
        std::move(specs->begin(), specs->end(), std::back_inserter(known));
    });
}

void Gatherer::ask_flow_specs_by_name(const std::vector<std::string>& names) {
    std::vector<std::string> new_names;
    for (const auto& name : names) {
        if (asked_names_.insert(name).second) {
            new_names.push_back(name);
        }
    }
    if (!new_names.empty()) {
        ask_flow_specs("name", new_names);
    }
}

std::vector<std::string> Gatherer::ids_of_named_flow_specs() const {
    const auto listed = spec_ids(EntityKind::flow, catalogue_);
    std::vector<std::string> ids;
    for (const auto& spec : graph_.flow_specs.value_or(std::vector<Value>{})) {
        const auto& id = spec["id"].as_string();
        if (asked_names_.contains(spec["name"].as_string()) && !id.empty() &&
            std::find(listed.begin(), listed.end(), id) == listed.end()) {
            ids.push_back(id);
        }
    }
    return ids;
}

void Gatherer::settle() {
    Milliseconds waited{0};
    while (!error_) {
        std::vector<model::LiveEntity*> unsettled;
        for (auto& entity : graph_.entities) {
            if (concerns(entity) && !is_stable(entity) && !gone_.contains(entity.id)) {
                unsettled.push_back(&entity);
            }
        }
        if (unsettled.empty() || waited >= options_.settle_limit) {
            break;
        }
        waited += options_.settle_interval;
        wait(options_.settle_interval);
        for (auto* entity : unsettled) {
            read_again(*entity);
        }
        run();
    }
    forget_gone();
}

/// Notes an error if the run is interrupted meanwhile.
void Gatherer::wait(Milliseconds time) {
    const auto over = std::make_shared<bool>(false);
    transport_.schedule(time, [over] { *over = true; });
    const auto interrupted = [&] { return options_.interrupted && options_.interrupted(); };
    while (!*over && !interrupted() && transport_.step()) {
    }
    if (!*over) {
        note({ErrorKind::interrupted, "interrupted", {}, {}});
    }
}

void Gatherer::assign_owners() {
    live::assign_owners(graph_, client_.site().api_key);
}

void Gatherer::complete() {
    if (options_.flow_specs) {
        if (const auto ids = options_.flow_specs(graph_); !ids.empty()) {
            ask_flow_specs("id", ids);
        }
    }
    std::vector<model::LiveEntity*> flows;
    for (auto& entity : graph_.entities) {
        if (options_.mapping_sets && concerns(entity)) {
            flows.push_back(&entity);
        }
    }
    read_mapping_sets(transport_, client_, mapping_sets_, flows);
}

bool Gatherer::concerns(const model::LiveEntity& entity) const {
    return entity.kind == EntityKind::flow && entity.key &&
           (!options_.concerns || options_.concerns(*entity.key));
}

void Gatherer::note(Error error) {
    if (!error_) {
        error_ = std::move(error);
    }
}

Result<model::LiveGraph> Gatherer::take() {
    if (error_) {
        return fail(std::move(*error_));
    }
    return std::move(graph_);
}

} // namespace penstock::live
