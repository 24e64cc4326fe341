#pragma once

#include "catalogue/catalogue.hpp"
#include "flow/client.hpp"
#include "http/transport.hpp"
#include "live/partition.hpp"
#include "model/graph.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::live {

/// How much of an entity's document is kept.
enum class Extent {
    managed, ///< what penstock looks at to plan
    whole,   ///< all but what may be secret: a saved plan pins that
};

struct ReadOptions {
    std::string project;
    Extent extent = Extent::managed;
    /// Told as pages arrive: how many entities have been read so far.
    std::function<void(std::size_t)> progress;
    /// How long to wait for dataflows of ours in a transitional state, and how often to look.
    Milliseconds settle_limit{60'000};
    Milliseconds settle_interval{1'000};
    /// What the manifests describe, chosen or not: by it lists are split.
    Expected expected;
    bool mapping_sets = true; ///< read what our dataflows of segments map, too
    /// Names of the sets that should be there: their list is read while dataflows still are.
    std::set<std::string> mapping_set_names;
    /// The flow specs that the sandbox shall be asked for, by id, once its entities are known;
    /// null, or an empty answer: it is not asked.
    std::function<std::vector<std::string>(const model::LiveGraph&)> flow_specs;
    /// Names of flow specs that will be needed and whose ids no document gives. Others of them are
    /// asked for if the sandbox holds connections of their destinations.
    std::vector<std::string> flow_spec_names;
    /// Whose dataflows are waited for, and read with their mapping sets; null: all of ours.
    std::function<bool(const model::EntityKey&)> concerns;
    /// Once true, nothing is waited for any more: the read fails. May be null.
    std::function<bool()> interrupted;
};

/// Reads all base, source and target connections and dataflows of the catalogue's specs, all lists
/// at the same time, and says which are ours. Dataflows whose spec is known by its name only
/// are listed once the sandbox has told its id. Dataflows of ours that the service is still working
/// on are read again until they are stable (reference, section 2.4). If one of ours refers to what
/// the lists do not show, since one lags behind another, that is asked for by its id. If it is
/// gone, so may be what refers to it, which is asked for, too: a reference that leads nowhere after
/// that leads nowhere in the service. Runs the transport until done.
Result<model::LiveGraph> read(http::Transport& transport, flow::Client& client,
                              const catalogue::Catalogue& catalogue, const ReadOptions& options);

/// One entity as it is now; once it is stable, a dataflow with the mapping set that it names.
void fetch(flow::Client& client, const catalogue::Catalogue& catalogue, model::EntityKind kind,
           const std::string& id, std::function<void(Result<model::LiveEntity>)> done);

/// The mapping set that a dataflow of segments names (reference, section 4.5); nothing for another
/// entity, or one that names none.
std::optional<flow::MappingSetVersion> named_mapping_set(const model::LiveEntity& entity);

/// The mapping set that an entity names; null if it names none, or one that is not there.
void read_mapping_set(flow::Client& client, const model::LiveEntity& entity,
                      std::function<void(Result<json::Value>)> done);

/// What parse_entity() looks at. A sandbox may hold 40,000 entities, and most of each is what the
/// service adds: what its last operation did, and what it inherits (reference, section 4.1).
json::Value parsed_part(json::Value document);

/// One entity out of the service's document: fields taken apart, secrets dropped, no owner yet.
model::LiveEntity parse_entity(model::EntityKind kind, json::Value document,
                               const catalogue::Catalogue& catalogue,
                               Extent extent = Extent::managed);

/// Sets the key of every entity that is ours: by its marker; where a kind comes back without any
/// description, by the generated name, if `client` (our API key) made the entity or an entity with
/// our marker uses it.
void assign_owners(model::LiveGraph& graph, std::string_view client);

/// True if the service is not working on the entity (reference, section 2.4).
bool is_stable(const model::LiveEntity& entity);

} // namespace penstock::live
