#pragma once

#include "base/result.hpp"
#include "flow/data_prep.hpp"
#include "plan/plan.hpp"
#include "secrets/source.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace penstock::execute {

/// What stands for keys at this moment of a run.
struct Bound {
    std::map<model::EntityKey, std::string> ids;
    std::map<model::EntityKey, flow::MappingSetVersion> mappings; ///< by dataflow
};

/// Where a marker keeps the fingerprint of secrets of that use.
std::optional<model::CredentialFingerprint>& fingerprint_of(model::Marker& marker,
                                                            model::SecretUse use);

/// A request with every open place filled in. The text may hold credentials: it goes to the client
/// and nowhere else.
struct Filled {
    std::string text;
    model::Marker marker; ///< as the text has it, fingerprint included
};

/// The JSON text of a request with every open place filled in: ids, the mapping set, secrets, and
/// the description with its marker. For every use of secrets that are part of it, the marker gets
/// their fingerprint under a fresh salt.
Result<Filled> fill(const plan::Template& request, const plan::DescriptionSlot& description,
                    const Bound& bound, secrets::SecretSource& secrets,
                    std::uint64_t fingerprint_cost);

} // namespace penstock::execute
