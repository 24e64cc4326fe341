#pragma once

#include "catalogue/catalogue.hpp"
#include "execute/bodies.hpp"
#include "execute/execute.hpp"
#include "flow/client.hpp"
#include "live/read.hpp"
#include "normalise/normalise.hpp"
#include "plan/plan.hpp"

#include <functional>
#include <set>
#include <string>

namespace penstock::execute {

/// What a step came to.
struct Outcome {
    std::string id;
    bool adopted = false;
};

/// The single operations of a plan, each from its first request to the read that proves it. Several
/// run at the same time over one transport; each calls its `done` exactly once.
class Operations {
  public:
    using Done = std::function<void(Result<Outcome>)>;

    Operations(const plan::Plan& plan, http::Transport& transport, flow::Client& client,
               secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
               const Options& options);

    void create(const plan::CreateEntity& operation, Done done);
    void update(const plan::UpdateEntity& operation, Done done);
    void set_enabled(const plan::SetEnabled& operation, Done done);
    void remove(model::EntityKind kind, const plan::DeleteEntity& operation, Done done);

    /// From now on `id` stands for `key`.
    void bind(const model::EntityKey& key, const std::string& id);

  private:
    using Seen = std::function<void(Result<model::LiveEntity>)>;

    void post(const plan::CreateEntity& operation, std::string body, int attempt, Done done);
    void look_up(const plan::CreateEntity& operation, std::string body, int attempt, Error cause,
                 Done done);
    const model::LiveEntity* find_made(const model::LiveGraph& found,
                                       const model::DesiredEntity& desired) const;
    void patch(const plan::UpdateEntity& operation, std::string body, std::string etag, int attempt,
               Done done);
    void try_again(const plan::UpdateEntity& operation, std::string body, int attempt, Error cause,
                   Done done);
    void enable_then_patch(const plan::UpdateEntity& operation, std::string body, int attempt,
                           Done done);
    void toggle(const plan::SetEnabled& operation, std::string id, Milliseconds waited, Done done);
    void remove_when_possible(model::EntityKind kind, std::string id, Milliseconds waited,
                              Done done);

    /// Reads the entity until it is stable.
    void settle(model::EntityKind kind, std::string id, Milliseconds waited, Seen seen);
    /// Reads the entity until it is stable and compares it with what was wanted.
    void verify(const model::DesiredEntity& desired, std::string id, bool with_state, bool adopted,
                Done done);
    json::Value comparable(const model::LiveEntity& live,
                           const model::DesiredEntity& desired) const;

    http::Transport& transport_;
    flow::Client& client_;
    secrets::SecretSource& secrets_;
    const catalogue::Catalogue& catalogue_;
    const Options& options_;
    const std::string project_;
    BoundIds ids_;
    normalise::KnownIds keys_;   ///< the other way round
    std::set<std::string> seen_; ///< ids that an earlier plan or this run accounts for
};

} // namespace penstock::execute
