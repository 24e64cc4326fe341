#include "live/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace penstock::live {

namespace {

using json::Value;
using model::EntityKind;

/// The spec ids that entities of a kind may have to concern us.
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

using EntityId = std::pair<EntityKind, std::string>;

const char* spec_field(EntityKind kind) {
    return kind == EntityKind::flow ? "flowSpec" : "connectionSpec";
}

class Reader {
  public:
    Reader(http::Transport& transport, flow::Client& client, const catalogue::Catalogue& catalogue,
           const ReadOptions& options)
        : transport_(transport), client_(client), catalogue_(catalogue), options_(options) {
        graph_.project = options.project;
    }

    Result<model::LiveGraph> read() {
        if (!options_.flow_specs.empty()) {
            ask_flow_specs("id", options_.flow_specs);
        }
        ask_flow_specs_by_name(options_.flow_spec_names);
        list_all();
        settle();
        while (fit_together()) {
            settle();
        }
        assign_owners(graph_, client_.site().api_key);
        if (!error_ && options_.mapping_sets) {
            read_mapping_sets();
        }
        if (error_) {
            return fail(*error_);
        }
        return std::move(graph_);
    }

  private:
    void list_all() {
        for (const auto kind : model::all_entity_kinds) {
            list(kind, spec_ids(kind, catalogue_));
        }
        http::run(transport_);
        ask_flow_specs_by_name(names_of_destinations_present());
        http::run(transport_);
        list_named_flows();
        http::run(transport_);
        assign_owners(graph_, client_.site().api_key);
    }

    /// What entities of ours refer to and lists do not show. These do not show one moment then:
    /// somebody made or deleted entities while they were read, or one list lags behind another. A
    /// plan on that would replace what is whole.
    [[nodiscard]] std::set<EntityId> missing() const {
        std::set<EntityId> ids;
        for (const auto& entity : graph_.entities) {
            if (!entity.key || may_have_unlisted_base(entity)) {
                continue;
            }
            for (const auto kind : model::all_entity_kinds) {
                for (auto& id : model::linked_ids(entity, kind)) {
                    ids.emplace(kind, std::move(id));
                }
            }
        }
        for (const auto& entity : graph_.entities) {
            ids.erase({entity.kind, entity.id});
        }
        return ids;
    }

    /// The base of a source may be the service's own (reference, section 4.3), but for the source
    /// of the Profile Store that exports share: that has one of ours.
    static bool may_have_unlisted_base(const model::LiveEntity& entity) {
        return entity.kind == EntityKind::source && entity.key->name != model::profile_store_name;
    }

    /// Asks for each thing by itself that no list shows and something of ours refers to. If it is
    /// gone, what refers to it is asked for as well: it may be gone, too, or led elsewhere. False
    /// if nothing new was missing.
    bool fit_together() {
        auto ids = missing();
        std::erase_if(ids, [&](const auto& id) { return !asked_.insert(id).second; });
        if (error_ || ids.empty()) {
            return false;
        }
        lost_.clear();
        for (const auto& [kind, id] : ids) {
            client_.get(kind, id, [this, of = kind, which = id](Result<Value> document) {
                if (document) {
                    add(of, spec_ids(of, catalogue_), std::move(*document));
                } else if (document.error().kind == ErrorKind::not_found) {
                    lost_.insert(which);
                } else {
                    note(std::move(document.error()));
                }
            });
        }
        http::run(transport_);
        for (auto& entity : graph_.entities) {
            if (entity.key && refers_to(entity, lost_)) {
                read_again(entity);
            }
        }
        http::run(transport_);
        forget_gone();
        assign_owners(graph_, client_.site().api_key);
        return true;
    }

    static bool refers_to(const model::LiveEntity& entity, const std::set<std::string>& ids) {
        return std::any_of(std::begin(model::all_entity_kinds), std::end(model::all_entity_kinds),
                           [&](auto kind) {
                               const auto linked = model::linked_ids(entity, kind);
                               return std::any_of(linked.begin(), linked.end(),
                                                  [&](const auto& id) { return ids.contains(id); });
                           });
    }

    void forget_gone() {
        std::erase_if(graph_.entities,
                      [&](const auto& entity) { return gone_.contains(entity.id); });
    }

    /// Notes an error if the run is interrupted meanwhile.
    void wait(Milliseconds time) {
        const auto over = std::make_shared<bool>(false);
        transport_.schedule(time, [over] { *over = true; });
        const auto interrupted = [&] { return options_.interrupted && options_.interrupted(); };
        while (!*over && !interrupted() && transport_.step()) {
        }
        if (!*over) {
            note({ErrorKind::interrupted, "interrupted", {}, {}});
        }
    }

    void list(EntityKind kind, std::vector<std::string> ids) {
        flow::ListOptions list_options;
        list_options.properties = {fmt::format("{}.id=={}", spec_field(kind), fmt::join(ids, ","))};
        auto counted = std::make_shared<std::size_t>(0);
        client_.list(
            kind, std::move(list_options),
            [this, kind, ids = std::move(ids)](Result<std::vector<Value>> items) {
                if (!items) {
                    note(std::move(items.error()));
                    return;
                }
                for (auto& item : *items) {
                    add(kind, ids, std::move(item));
                }
            },
            [this, counted](std::size_t arrived) {
                total_ += arrived - std::exchange(*counted, arrived);
                if (options_.progress) {
                    options_.progress(total_);
                }
            });
    }

    /// Not to know them is no reason to stop: what needs them is held back.
    void ask_flow_specs(std::string_view field, const std::vector<std::string>& values) {
        client_.flow_specs(field, values, [this](Result<std::vector<Value>> specs) {
            if (!specs) {
                graph_.flow_specs_unknown = specs.error().message;
                return;
            }
            auto& known = graph_.flow_specs ? *graph_.flow_specs : graph_.flow_specs.emplace();
            std::move(specs->begin(), specs->end(), std::back_inserter(known));
        });
    }

    void ask_flow_specs_by_name(const std::vector<std::string>& names) {
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

    /// Dataflows of a destination whose flow spec has no documented id can only be there if a
    /// connection of it is.
    [[nodiscard]] std::vector<std::string> names_of_destinations_present() const {
        std::vector<std::string> names;
        for (const auto& destination : catalogue_.all()) {
            const bool present = std::any_of(graph_.entities.begin(), graph_.entities.end(),
                                             [&](const auto& entity) {
                                                 return entity.document["connectionSpec"]["id"] ==
                                                        Value(destination.connection_spec_id);
                                             });
            if (present && !destination.segment_flow_spec_name.empty()) {
                names.push_back(destination.segment_flow_spec_name);
            }
        }
        return names;
    }

    void list_named_flows() {
        const auto listed = spec_ids(EntityKind::flow, catalogue_);
        std::vector<std::string> ids;
        for (const auto& spec : graph_.flow_specs.value_or(std::vector<Value>{})) {
            const auto& id = spec["id"].as_string();
            if (asked_names_.contains(spec["name"].as_string()) && !id.empty() &&
                std::find(listed.begin(), listed.end(), id) == listed.end()) {
                ids.push_back(id);
            }
        }
        if (!ids.empty()) {
            list(EntityKind::flow, std::move(ids));
        }
    }

    /// Those of our dataflows only: nothing is compared with the others'.
    void read_mapping_sets() {
        for (auto& entity : graph_.entities) {
            if (!is_our_flow(entity)) {
                continue;
            }
            read_mapping_set(client_, entity, [&entity](Result<Value> set) {
                if (set) {
                    entity.mapping_set = std::move(*set);
                } else {
                    entity.mapping_set_unread = set.error().message;
                }
            });
        }
        http::run(transport_);
    }

    /// A service that ignores the filter sends more than was asked for.
    void add(EntityKind kind, const std::vector<std::string>& ids, Value item) {
        const auto& spec = item[spec_field(kind)]["id"].as_string();
        if (std::find(ids.begin(), ids.end(), spec) != ids.end()) {
            graph_.entities.push_back(parse_entity(kind, std::move(item), catalogue_));
        }
    }

    [[nodiscard]] bool is_our_flow(const model::LiveEntity& entity) const {
        return entity.kind == EntityKind::flow && entity.key &&
               (!options_.concerns || options_.concerns(*entity.key));
    }

    /// Reads our dataflows again until the service has finished with them: what it shows meanwhile
    /// is neither the old content nor the new.
    void settle() {
        Milliseconds waited{0};
        while (!error_) {
            std::vector<model::LiveEntity*> unsettled;
            for (auto& entity : graph_.entities) {
                if (is_our_flow(entity) && !is_stable(entity) && !gone_.contains(entity.id)) {
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
            http::run(transport_);
        }
        forget_gone();
    }

    void read_again(model::LiveEntity& entity) {
        client_.get(entity.kind, entity.id, [this, &entity](Result<Value> document) {
            if (!document && document.error().kind == ErrorKind::not_found) {
                gone_.insert(entity.id); // its deletion was under way
            } else if (document) {
                const auto key = entity.key;
                entity = parse_entity(entity.kind, std::move(*document), catalogue_);
                entity.key = key;
            } else {
                note(std::move(document.error()));
            }
        });
    }

    void note(Error error) {
        if (!error_) {
            error_ = std::move(error);
        }
    }

    http::Transport& transport_;
    flow::Client& client_;
    const catalogue::Catalogue& catalogue_;
    const ReadOptions& options_;
    model::LiveGraph graph_;
    std::optional<Error> error_;
    std::size_t total_ = 0;
    std::set<EntityId> asked_;          ///< what no list shows
    std::set<std::string> lost_;        ///< ids that something refers to and nobody has
    std::set<std::string> gone_;        ///< ids of what vanished meanwhile
    std::set<std::string> asked_names_; ///< of flow specs
};

} // namespace

Result<model::LiveGraph> read(http::Transport& transport, flow::Client& client,
                              const catalogue::Catalogue& catalogue, const ReadOptions& options) {
    return Reader(transport, client, catalogue, options).read();
}

} // namespace penstock::live
