#include "live/read.hpp"

#include <fmt/format.h>

#include <algorithm>
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
    for (const auto& destination : catalogue.all()) {
        if (kind == EntityKind::flow) {
            ids.push_back(destination.dataset_flow_spec_id);
            ids.push_back(destination.segment_flow_spec_id);
        } else {
            ids.push_back(destination.connection_spec_id);
        }
    }
    return ids;
}

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
        for (const auto kind : model::all_entity_kinds) {
            list(kind);
        }
        ask_flow_specs();
        http::run(transport_);
        if (error_) {
            return fail(*error_);
        }
        assign_owners(graph_, client_.site().api_key);
        settle();
        assign_owners(graph_,
                      client_.site().api_key); // a change that ended may have moved a marker
        if (!error_ && options_.mapping_sets) {
            read_mapping_sets();
        }
        if (error_) {
            return fail(*error_);
        }
        return std::move(graph_);
    }

  private:
    void list(EntityKind kind) {
        const auto ids = spec_ids(kind, catalogue_);
        flow::ListOptions list_options;
        list_options.properties = {fmt::format("{}.id=={}", spec_field(kind), fmt::join(ids, ","))};
        auto counted = std::make_shared<std::size_t>(0);
        client_.list(
            kind, std::move(list_options),
            [this, kind, ids](Result<std::vector<Value>> items) {
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

    /// Not to know them is no reason to stop: they only confirm what the catalogue says.
    void ask_flow_specs() {
        if (options_.flow_specs.empty()) {
            return;
        }
        client_.flow_specs(options_.flow_specs, [this](Result<std::vector<Value>> specs) {
            if (specs) {
                graph_.flow_specs = std::move(*specs);
            } else {
                graph_.flow_specs_unknown = specs.error().message;
            }
        });
    }

    /// Those of our dataflows only: nothing is compared with the others'.
    void read_mapping_sets() {
        for (auto& entity : graph_.entities) {
            if (entity.kind != EntityKind::flow || !entity.key) {
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

    /// Reads our dataflows again until the service has finished with them: what it shows meanwhile
    /// is neither the old content nor the new.
    void settle() {
        Milliseconds waited{0};
        while (!error_) {
            std::vector<model::LiveEntity*> unsettled;
            for (auto& entity : graph_.entities) {
                if (entity.kind == EntityKind::flow && entity.key && !is_stable(entity) &&
                    !gone_.contains(entity.id)) {
                    unsettled.push_back(&entity);
                }
            }
            if (unsettled.empty() || waited >= options_.settle_limit) {
                break;
            }
            waited += options_.settle_interval;
            transport_.schedule(options_.settle_interval, [this, unsettled] {
                for (auto* entity : unsettled) {
                    read_again(*entity);
                }
            });
            http::run(transport_);
        }
        std::erase_if(graph_.entities,
                      [&](const auto& entity) { return gone_.contains(entity.id); });
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
    std::set<std::string> gone_; ///< ids of dataflows that vanished meanwhile
};

} // namespace

Result<model::LiveGraph> read(http::Transport& transport, flow::Client& client,
                              const catalogue::Catalogue& catalogue, const ReadOptions& options) {
    return Reader(transport, client, catalogue, options).read();
}

} // namespace penstock::live
