#pragma once

#include "model/entity_key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace penstock::model {

/// What is remembered of the credentials that were last sent: enough to notice a rotation.
struct CredentialFingerprint {
    std::string salt; ///< 16 hexadecimal digits
    std::string bits; ///< 6 hexadecimal digits

    bool operator==(const CredentialFingerprint&) const = default;
};

/// The note at the end of an entity's description that makes it ours:
/// `[penstock <project>/<kind>/<name> <digest> <salt>:<fingerprint> key=<salt>:<fingerprint>]`. It
/// is the only memory that penstock has. The digest covers the canonical content at the last write;
/// a marker that a person typed without one still says whose the entity is.
struct Marker {
    std::string project;
    EntityKey key;
    std::string digest;                               ///< 16 hexadecimal digits, or empty
    std::optional<CredentialFingerprint> credentials; ///< base connections with secrets only
    std::optional<CredentialFingerprint> encryption =
        {}; ///< of the key that files are encrypted with

    bool operator==(const Marker&) const = default;
};

std::string write(const Marker& marker);

/// A description as it is stored, taken apart.
struct MarkedDescription {
    std::string text; ///< what a person wrote, trimmed
    std::optional<Marker> marker;
};

/// Takes the last marker out of `description`, wherever it stands: people add text behind it.
MarkedDescription split_description(std::string_view description);

/// `text` with the marker behind it.
std::string join_description(std::string_view text, const Marker& marker);

} // namespace penstock::model
