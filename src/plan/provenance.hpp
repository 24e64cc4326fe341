#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/candidates.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <set>
#include <string>

namespace penstock::plan {

/// Tells what was made of these manifests with these secrets from what was not.
class Provenance {
  public:
    /// `plan` is one on what is live now. All arguments but that have to outlive this.
    Provenance(const model::DesiredGraph& desired, const LiveIndex& index,
               const catalogue::Catalogue& catalogue, const Plan& plan,
               const CredentialChecks& credentials);

    /// Whether the dataflow is one of these manifests, with its connections down to the account:
    /// by the digests that were written with them, or by what they hold where answers come without
    /// descriptions. An account that is gone speaks neither for nor against.
    [[nodiscard]] bool is_ours(const model::LiveEntity& flow) const;
    /// The same of a connection, with the account that it leads to.
    [[nodiscard]] bool is_our_connection(const model::LiveEntity& connection) const;

  private:
    [[nodiscard]] bool are_ours(const model::LiveEntity& flow, model::EntityKind kind) const;
    [[nodiscard]] bool has_our_base(const model::LiveEntity& connection) const;
    [[nodiscard]] bool is_ours_or_settled(const model::LiveEntity& live) const;
    [[nodiscard]] bool is_made_as(const model::LiveEntity& live,
                                  const model::DesiredEntity& desired) const;
    [[nodiscard]] bool holds_secrets(const model::LiveEntity& base) const;

    const model::DesiredGraph& desired_;
    const LiveIndex& index_;
    const catalogue::Catalogue& catalogue_;
    const CredentialChecks& credentials_;
    std::set<std::string> settled_; ///< ids of what stays as it is
};

} // namespace penstock::plan
