#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "normalise/normalise.hpp"
#include "plan/planner.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace penstock::plan {

/// Whether `a` was made before `b`; the same for every run that sees both.
bool older(const model::LiveEntity& a, const model::LiveEntity& b);

/// The live side, indexed for planning.
class LiveIndex {
  public:
    /// Entities whose ids are in `left_alone` count as those of others, whatever they carry.
    LiveIndex(const model::LiveGraph& live, const std::set<std::string>& left_alone);

    /// Our live entities that carry `key`, oldest first: more than one after an interrupted run.
    [[nodiscard]] const std::vector<const model::LiveEntity*>&
    candidates(const model::EntityKey& key) const;
    /// Every key that one of our live entities carries, in order.
    [[nodiscard]] const std::map<model::EntityKey, std::vector<const model::LiveEntity*>>&
    owned() const {
        return owned_;
    }
    /// All ids of ours, whatever becomes of them.
    [[nodiscard]] const normalise::KnownIds& owned_ids() const { return owned_ids_; }
    /// The live entities, ours or not, that point to `id`: targets of a base, flows of a
    /// connection.
    [[nodiscard]] const std::vector<const model::LiveEntity*>& users(const std::string& id) const;
    /// Flows that are not ours and are called `name`.
    [[nodiscard]] const std::vector<const model::LiveEntity*>&
    foreign_flows(const std::string& name) const;
    [[nodiscard]] const model::LiveEntity* find(model::EntityKind kind,
                                                const std::string& id) const;
    /// A dataflow that carries this key for another project, or null.
    [[nodiscard]] const model::LiveEntity* of_other_project(const model::EntityKey& flow) const;

  private:
    void index_owners(const model::LiveGraph& live, const std::set<std::string>& left_alone);
    void index_ids(const model::LiveGraph& live);
    void index_users(const model::LiveGraph& live);

    std::map<model::EntityKey, std::vector<const model::LiveEntity*>> owned_;
    normalise::KnownIds owned_ids_;
    std::unordered_map<std::string, std::vector<const model::LiveEntity*>> users_;
    std::unordered_map<std::string, std::vector<const model::LiveEntity*>> foreign_flows_;
    std::map<model::EntityKind, std::unordered_map<std::string, const model::LiveEntity*>> by_id_;
    std::map<model::EntityKey, const model::LiveEntity*> other_projects_;
};

/// True if `desired` can be reached from `live` without a new entity: what has no PATCH agrees
/// (reference, section 2.3). `kept` holds the ids of the entities decided on so far.
/// `keys` tells which live entities hold the key that files are encrypted with; null: all.
bool fits(const model::LiveEntity& live, const model::DesiredEntity& desired,
          const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue,
          const CredentialCheck* keys);

/// The live entities that go on, by the keys of what they go on as.
using Choice = std::map<model::EntityKey, const model::LiveEntity*>;

/// The keys of dataflows of which not all count, and the live ones that do, since they were made in
/// the place of the others; if none of them can go on, a new one takes the place of all.
using Successors = std::map<model::EntityKey, std::set<const model::LiveEntity*>>;

/// Decides which live entities go on; what has none needs a new one. Of several that fit, the one
/// with the oldest dataflow of ours wins, then one in use, then the oldest. Dataflows that have
/// `successors` do not count. Keys for which `left_out` is true are not looked at.
Choice choose(const model::DesiredGraph& desired, const LiveIndex& index,
              const catalogue::Catalogue& catalogue, const CredentialChecks& credentials,
              const Successors& successors,
              const std::function<bool(const model::EntityKey&)>& left_out);

} // namespace penstock::plan
