#pragma once

#include "base/result.hpp"
#include "flow/data_prep.hpp"
#include "http/transport.hpp"
#include "plan/plan.hpp"
#include "secrets/source.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
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

/// Fills in the open places of requests: ids, the mapping set, secrets, and the description with
/// its marker. For every use of secrets that are part of a request the marker gets their
/// fingerprint under a fresh salt. That takes long by design, so it is computed while other
/// requests are on their way.
class Filler {
  public:
    using Done = std::function<void(Result<Filled>)>;

    Filler(http::Transport& transport, secrets::SecretSource& secrets,
           std::uint64_t fingerprint_cost)
        : transport_(transport), secrets_(secrets), fingerprint_cost_(fingerprint_cost) {}

    /// Completes in a later step if there are secrets and all of them are known, else at once.
    void fill(const plan::Template& request, const plan::DescriptionSlot& description,
              const Bound& bound, const Done& done);

    /// How many wait for their fingerprints.
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

  private:
    http::Transport& transport_;
    secrets::SecretSource& secrets_;
    std::uint64_t fingerprint_cost_;
    std::size_t waiting_ = 0;
};

} // namespace penstock::execute
