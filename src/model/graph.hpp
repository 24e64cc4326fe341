#pragma once

#include "base/diagnostic.hpp"
#include "json/value.hpp"
#include "model/entity_key.hpp"
#include "model/marker.hpp"
#include "secrets/reference.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace penstock::model {

/// The canonical content of an entity: what penstock manages of it, and nothing else, in one form
/// for both sides. Members, by kind:
/// - base: `name`, `description`, `connectionSpec`, `auth` {`specName`, `params`}, `encryption`
///   {`encryptionAlgo`}
/// - source: `connectionSpec`; of datasets also `datasets` {id: name}; of the Profile Store that a
///   project shares also `base`
/// - target: `name`, `connectionSpec`, `base`, `params`
/// - flow: `name`, `description`, `flowSpec`, `source`, `target`, `enabled`; then
///   - of datasets: `schedule`, the service's `scheduleParams`
///   - of segments: `segments` {id: {`name`, `systemSegmentId`, `namespace`, `filenameTemplate`,
///     `exportMode`, `schedule` {`frequency`, `triggerType`, `startDate`, `startTime`,
///     `endDate`}}}, `mapping` {destination: {`source`, `sourceType`}} or `attributes` {path: type
///     of its selector}, `mandatoryFields` and `deduplicationKeys` [{`identityNamespace`} or
///     {`attributePath`}], both sorted
/// `base`, `source` and `target` are references, see reference_to(). Secrets are not part of it.
/// What is optional and not set is left out; `segments`, `mapping` and `attributes` may be empty
/// objects. Where no document gives the id of a flow spec, desired content has its name.
using Content = json::Value;

/// True for the content of a dataflow of segments, not of datasets.
bool carries_segments(const Content& content);

/// What a marker remembers of content: its digest less what says nothing about who changed it. The
/// platform renames segments by itself, may show the key that it takes on its own (reference,
/// sections 4.7 and 6.4), and how it names source types other than attributes is not documented.
std::string digest(const Content& content);

/// A reference to an entity of the project: `{"entity": "device-graph.source"}`.
json::Value reference_to(const EntityKey& key);
/// A reference to an entity that the project does not own: `{"id": "..."}`.
json::Value reference_to_id(std::string_view id);
/// The entity of that kind that a reference leads to; nothing for a reference by id.
std::optional<EntityKey> referenced(const json::Value& reference, EntityKind kind);

/// What secrets of an entity are for: each use has a fingerprint of its own in the marker, since
/// each is sent in its own way.
enum class SecretUse { auth, encryption };

/// A parameter whose value is kept elsewhere: of `auth.params`, or the public key of `encryption`.
struct SecretParameter {
    std::string name;
    secrets::SecretReference reference;
    SecretUse use = SecretUse::auth;
};

/// Where the value of a secret would stand in the canonical content of an entity of that kind.
std::string pointer_to(EntityKind kind, const SecretParameter& secret);

/// One entity as the manifests want it.
struct DesiredEntity {
    EntityKey key;
    Content content;
    std::string digest;                   ///< of `content`
    std::vector<SecretParameter> secrets; ///< base connections only, sorted by name
    /// Where the value at a pointer into `content` was written; may be empty in tests.
    std::function<SourcePosition(std::string_view pointer)> position;
};

/// All entities of a project as the manifests want them, base connections first.
struct DesiredGraph {
    std::string project;
    std::vector<DesiredEntity> entities; ///< sorted by key
    /// Accounts that name a base connection of others: account name to (id, connection spec id).
    std::map<std::string, std::pair<std::string, std::string>> external_bases;

    [[nodiscard]] const DesiredEntity* find(const EntityKey& key) const;
};

/// The name that the service shows for the entities of one manifest: `<project>/<name>`.
std::string generated_name(std::string_view project, std::string_view name);

/// Who touched an entity (reference, section 4.1); times in epoch milliseconds, 0 if unknown.
struct Audit {
    std::string created_by;
    std::string updated_by;
    std::string updated_client;
    std::string created_client; ///< API key of whoever made it
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};

/// One entity as the service has it.
struct LiveEntity {
    EntityKind kind = EntityKind::base;
    std::string id;
    std::string etag;  ///< with its quotes (reference, section 3.2)
    std::string state; ///< reference, section 2.4
    std::string name;
    std::string description;      ///< what a person wrote, without the marker
    std::optional<Marker> marker; ///< of any project
    json::Value document;         ///< what penstock looks at of it, without what may be secret
    /// The mapping set that a dataflow names, in the version that it names (reference, section
    /// 4.6); null if it names none, or one that is not there. Read for our own dataflows only.
    json::Value mapping_set;
    std::string mapping_set_unread; ///< why it could not be read; empty: it could
    Audit audit;
    std::optional<EntityKey> key; ///< set if the entity is ours
};

/// What the service holds of the kinds and specs that penstock handles, ours and others'.
struct LiveGraph {
    std::string project;
    std::vector<LiveEntity> entities;
    /// Those of the flow specs asked for, by id or by name, that the sandbox offers (reference,
    /// section 3.9); nothing if nobody asked, or if there was no answer.
    std::optional<std::vector<json::Value>> flow_specs = {};
    std::string flow_specs_unknown = {}; ///< why there was no answer

    [[nodiscard]] const LiveEntity* find(EntityKind kind, std::string_view id) const;
};

/// Live entities by kind and id, for those who look for many. The graph must not change meanwhile.
class EntityFinder {
  public:
    explicit EntityFinder(const LiveGraph& graph);
    /// Null if there is none.
    [[nodiscard]] const LiveEntity* find(EntityKind kind, std::string_view id) const;

  private:
    std::map<EntityKind, std::unordered_map<std::string_view, const LiveEntity*>> entities_;
};

/// The ids that a live entity points to: a connection's base, a flow's sources and targets.
std::vector<std::string> linked_ids(const LiveEntity& entity, EntityKind kind);

/// The id of the base connection of a source or target connection; empty if it shows none. Answers
/// have it in one of two places (reference, sections 4.3 and 4.4).
const std::string& base_id(const json::Value& document);

/// What a dataflow of segments does with profiles, `transformations[0].params` of its document
/// (reference, section 4.5); null for other dataflows.
const json::Value& transformation(const json::Value& document);

} // namespace penstock::model
