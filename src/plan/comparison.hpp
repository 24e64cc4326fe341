#pragma once

#include "catalogue/catalogue.hpp"
#include "diff/diff.hpp"
#include "model/graph.hpp"
#include "normalise/normalise.hpp"
#include "plan/candidates.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace penstock::plan {

/// What is live, in the form in which `desired` is compared with it; `kept` holds the ids of the
/// entities that go on.
model::Content comparable(const model::LiveEntity& live, const model::DesiredEntity& desired,
                          const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue);

/// How a live entity differs from what is wanted of it.
struct Comparison {
    model::Content before; ///< see comparable()
    std::vector<diff::FieldChange> fields;
};

/// Compares each desired entity with the one that goes on for it, many at the same time. In the
/// order of the desired graph; nothing where there is none that goes on, where `looked_at` is
/// false, or where there is no difference, which is the usual case.
std::vector<std::optional<Comparison>>
compare_all(const model::DesiredGraph& desired, const Choice& chosen,
            const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue,
            const std::function<bool(const model::EntityKey&)>& looked_at);

} // namespace penstock::plan
