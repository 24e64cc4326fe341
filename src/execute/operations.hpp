#pragma once

#include "catalogue/catalogue.hpp"
#include "execute/bodies.hpp"
#include "execute/execute.hpp"
#include "execute/mapping_writer.hpp"
#include "flow/client.hpp"
#include "live/read.hpp"
#include "normalise/normalise.hpp"
#include "plan/plan.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace penstock::execute {

/// What a step came to.
struct Outcome {
    std::string id;
    bool adopted = false;
    std::string note = {}; ///< what a reader has to know; may be empty
};

/// The single operations of a plan, each from its first request to the read that proves it. Several
/// run at the same time over one transport; each calls its `done` exactly once, with
/// ErrorKind::interrupted if the run was interrupted before it touched its entity.
class Operations {
  public:
    using Done = std::function<void(Result<Outcome>)>;

    Operations(const plan::Plan& plan, http::Transport& transport, flow::Client& client,
               secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
               const Options& options);

    void create(const plan::CreateEntity& operation, Done done);
    void update(const plan::UpdateEntity& operation, Done done);
    void complete(const plan::CompleteEntity& operation, Done done);
    void write_mapping(const plan::WriteMapping& operation, Done done);
    void set_enabled(const plan::SetEnabled& operation, Done done);
    void remove(const model::EntityKey& key, const plan::DeleteEntity& operation, Done done);

    /// How many of those under way wait without a request of their own: for the service's own work,
    /// for what another has asked for, for a fingerprint.
    [[nodiscard]] std::size_t waiting() const {
        return paused_ + filler_.waiting() + mappings_.waiting();
    }

  private:
    using Seen = std::function<void(Result<model::LiveEntity>)>;
    using Found = std::function<void(Result<std::vector<model::LiveEntity>>)>;

    /// A create, an update or a toggle under way.
    struct Creation;
    struct Change;
    struct Toggle;

    /// What a read after a write need not show.
    struct Allowance {
        bool state = false;            ///< `enabled` is set by a step of its own
        std::set<std::string> foreign; ///< blocks that somebody else changed meanwhile
    };

    void post(const std::shared_ptr<Creation>& creation);
    void look_up(const std::shared_ptr<Creation>& creation);
    void made(const std::shared_ptr<Creation>& creation, const std::string& id, bool adopted);
    void remove_twins(const std::shared_ptr<Creation>& creation, bool adopted);
    void list_made(const std::shared_ptr<Creation>& creation, Found found);

    void rebuild(Change& change, const model::LiveEntity& live, json::Value now);
    void patch(const std::shared_ptr<Change>& change);
    void send(const std::shared_ptr<Change>& change);
    void try_again(const std::shared_ptr<Change>& change, Error cause);
    void recognise_source(const model::DesiredEntity& desired, const model::LiveEntity& live,
                          std::function<void()> then);
    void go_on(const std::shared_ptr<Change>& change, const model::LiveEntity& live, Error cause);
    void enable_then_patch(const std::shared_ptr<Change>& change);

    void toggle(const std::shared_ptr<Toggle>& toggle);
    void remove_unless_last(model::EntityKey key, std::string id, Milliseconds waited, Done done);
    void remove_when_possible(model::EntityKind kind, std::string id, Milliseconds waited,
                              Done done);
    /// Calls `again` with the time waited so far when the service wants it to be tried later.
    void try_removal(model::EntityKind kind, const std::string& id, Milliseconds waited, Done done,
                     std::function<void(Milliseconds)> again);

    /// Goes on with `then` after that time.
    void pause(Milliseconds time, std::function<void()> then);
    /// How long the service's own work is waited for at this moment.
    [[nodiscard]] Milliseconds patience() const;
    /// From now on `id` stands for `key`.
    void bind(const model::EntityKey& key, const std::string& id);
    /// Reads the entity until it is stable.
    void settle(model::EntityKind kind, std::string id, Milliseconds waited, Seen seen);
    /// Reads the entity until it is stable and compares it with what was wanted.
    void verify(const model::DesiredEntity& desired, std::string id, Allowance allowance,
                bool adopted, Done done);
    json::Value comparable(const model::LiveEntity& live,
                           const model::DesiredEntity& desired) const;

    http::Transport& transport_;
    flow::Client& client_;
    const catalogue::Catalogue& catalogue_;
    const Options& options_;
    Filler filler_;
    MappingWriter mappings_;
    const std::string project_;
    std::size_t paused_ = 0;
    Bound bound_;
    normalise::KnownIds keys_;                             ///< the other way round
    std::map<model::EntityKey, std::string> made_sources_; ///< digests of those the plan makes
    std::set<std::string> seen_; ///< ids that the plan was made on or this run has made
    /// What a create that has yet to be completed was read back as, empty until then: nothing else
    /// needs to be read between the two.
    std::map<model::EntityKey, std::optional<model::LiveEntity>> incomplete_;
};

} // namespace penstock::execute
