#pragma once

#include "base/result.hpp"
#include "plan/plan.hpp"
#include "secrets/source.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace penstock::execute {

/// The ids that stand for keys at this moment of a run.
using BoundIds = std::map<model::EntityKey, std::string>;

/// A request with every open place filled in. The text may hold credentials: it goes to the client
/// and nowhere else.
struct Filled {
    std::string text;
    model::Marker marker; ///< as the text has it, fingerprint included
};

/// The JSON text of a request with every open place filled in: ids, secrets, and the description
/// with its marker. When secrets are part of it, the marker gets their fingerprint under a fresh
/// salt.
Result<Filled> fill(const plan::Template& request, const plan::DescriptionSlot& description,
                    const BoundIds& ids, secrets::SecretSource& secrets,
                    std::uint64_t fingerprint_cost);

} // namespace penstock::execute
