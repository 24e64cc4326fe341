#pragma once

#include "diff/diff.hpp"
#include "model/graph.hpp"
#include "model/shard.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace penstock::plan {

/// Why an entity has to change: the marker's digest tells (see Marker).
enum class Cause {
    git,     ///< the manifest changed since the last apply
    drift,   ///< somebody changed the entity in the platform
    both,    ///< both happened
    unknown, ///< the service keeps no marker of the last apply
};

/// `git`, `drift`, `git and drift`, `unknown`.
std::string_view name(Cause cause);

enum class Action { create, update, replace, remove };

/// `create`, `update`, `replace`, `delete`.
std::string_view name(Action action);

struct EntityChange;

/// Whose change one of the fields is.
Cause cause_of_field(const EntityChange& change, std::size_t field);

/// What happens to one entity, for people and for reports.
struct EntityChange {
    model::EntityKey key;
    Action action = Action::create;
    Cause cause = Cause::git;
    std::string reason;                    ///< one clause; may be empty
    std::optional<std::string> id;         ///< of the live entity that changes or goes
    std::optional<json::Value> before;     ///< canonical content; nothing for a create
    std::optional<json::Value> after;      ///< canonical content; nothing for a delete
    std::vector<diff::FieldChange> fields; ///< for update and replace
    /// Git or drift for each of `fields`, where the cause is both and that could be told; or empty.
    std::vector<Cause> field_causes = {};
    std::vector<std::string> secrets; ///< pointers into the content at values kept elsewhere
    std::vector<std::string> hidden;  ///< pointers into `before` at null for what is not shown
    std::vector<std::string> sent;    ///< names of the secrets that the plan sends
    model::Audit audit;               ///< of the live entity
    std::vector<std::string> effects; ///< what a data owner will notice
    SourcePosition position = {};     ///< of the manifest; line 0 where there is none
    /// Where each field of `fields` was written; same length; line 0 where unknown.
    std::vector<SourcePosition> positions;
    /// The shard that has to act before this can be done: no step of the plan does it yet.
    std::optional<model::Shard> waits_for = {};
};

/// A place in a request that is filled in when it is sent.
struct EntitySlot {
    std::string pointer; ///< into the request's JSON; takes the id of `key`
    model::EntityKey key;
};
struct SecretSlot {
    std::string pointer;
    std::string name; ///< of the parameter
    secrets::SecretReference reference;
    model::SecretUse use = model::SecretUse::auth;
};

/// A request body with what is not known or not to be kept while planning left open.
struct Template {
    json::Value body;
    std::vector<EntitySlot> entities;
    std::vector<SecretSlot> secrets;
    /// Takes the mapping set that the plan writes for this dataflow, as `profileMapping` names it.
    std::optional<std::string> mapping = {};
};

/// The description with its marker, put into the request when it is sent, since the fingerprint of
/// credentials is computed then.
struct DescriptionSlot {
    std::string pointer;
    std::string text;
    model::Marker marker;
};

/// `POST` of one kind.
struct CreateEntity {
    Template request;
    DescriptionSlot description;
    /// To compare with what the service made of it. A dataflow of segments is created empty and
    /// gets its content from a CompleteEntity.
    model::DesiredEntity desired;
};

/// Gives the entity that an earlier step of the plan created all that it still lacks, in one PATCH.
struct CompleteEntity {
    model::DesiredEntity desired;
    /// Selectors of the dataflow that this one takes the place of, by segment: what others put into
    /// them goes along.
    json::Object inherited = {};
};

/// Makes a mapping set that says what the dataflow wants, or the next version of the one that it
/// has (reference, section 3.11).
struct WriteMapping {
    model::DesiredEntity desired;
    std::string name;            ///< of the mapping set
    std::string connection_spec; ///< whose partner schema the columns are added to
    /// The set that the dataflow has; empty: it has none that may get another version.
    std::string mapping_set;
    /// Schemas in Data Prep that may already be what is needed, likeliest first.
    std::vector<std::string> input_schemas;
    std::vector<std::string> output_schemas;
};

/// All changes of one entity in one PATCH, pinned to the etag seen.
struct UpdateEntity {
    std::string id;
    std::string etag;
    Template request; ///< RFC 6902 operations
    DescriptionSlot description;
    model::DesiredEntity desired;
    json::Value before; ///< canonical content while planning, to tell whose change a 412 is
    std::vector<diff::FieldChange> fields;
};

/// `POST /flows/{id}/action`; the flow is the one that stands for the key when it runs.
struct SetEnabled {
    bool enabled = true;
    model::DesiredEntity desired;
};

struct DeleteEntity {
    std::string id;
};

using Operation = std::variant<CreateEntity, CompleteEntity, WriteMapping, UpdateEntity, SetEnabled,
                               DeleteEntity>;

/// Why a step has to wait for another one.
enum class Need {
    id,               ///< its request holds the id of what the other makes
    exists,           ///< it goes on with the entity that the other makes or changes
    mapping,          ///< its request names the mapping set that the other writes
    mapping_accepted, ///< the service may refuse the mapping; nothing else of the export is made
                      ///< then
    target,           ///< place and format of the files change before the dataflow does
    user_gone,        ///< a connection goes after what uses it
    relinked,         ///< the dataflow uses another connection then
    successor,        ///< the new dataflow stands before the old one goes: no export is lost
    earlier_gone,     ///< of several old dataflows of an export the oldest goes first
};

struct Prerequisite {
    std::size_t step = 0; ///< which must have succeeded before
    Need need = Need::id;

    bool operator==(const Prerequisite&) const = default;
};

/// One node of the plan's graph.
struct Step {
    model::EntityKey key;
    Operation operation;
    std::vector<Prerequisite> after; ///< of smaller steps, sorted
};

/// The step as a reader knows it: `device-graph.flow`, `the mapping of loyalty.flow`.
std::string title(const Step& step);

/// Something that keeps an export from being planned, or that a reader must know.
struct Note {
    Severity severity = Severity::warning; ///< error: the named manifest is left alone
    std::string code;                      ///< stable, e.g. "marker-lost"
    std::string address;                   ///< entity or manifest
    std::string message;
    std::string hint;
};

/// The code of notes that tell of a Wait.
inline constexpr std::string_view waits_code = "waits-for-shard";

/// What a plan of one shard holds back, since another shard has to act first.
struct Wait {
    model::EntityKey key;   ///< the dataflow of an export, or a connection that has to go
    model::EntityKey other; ///< what the other shard makes, or what of it still uses the connection
    Action then = Action::create; ///< what comes of `key` afterwards
};

/// How many destinations the sandbox has, see forecast().
struct Forecast {
    std::size_t now = 0;
    std::size_t after = 0; ///< once the plan is carried out
    std::size_t limit = 0;
    bool at_least = false; ///< there may be more, of kinds that were not read
};

struct Plan {
    std::string project;
    std::optional<model::Shard> shard = {}; ///< whose plan it is; nothing: that of all
    std::vector<EntityChange> changes;      ///< sorted by manifest name, then kind
    std::vector<Step> steps;                ///< in an order in which they could run one by one
    std::vector<Note> notes;
    /// Live entities that stand for keys and stay.
    std::vector<std::pair<model::EntityKey, std::string>> bound;
    /// Those of other shards that the steps may refer to.
    std::vector<std::pair<model::EntityKey, std::string>> referred = {};
    std::vector<Wait> waits = {};
    std::set<std::string> seen;       ///< ids of all our live entities that the plan was made on
    std::optional<Forecast> forecast; ///< only of a plan that makes dataflows
    /// An export stands twice, and the plan leaves it so for a run that may be at work.
    bool doubled = false;
    bool refused = false; ///< by a guard: nothing of it may be done, and `steps` is empty

    /// Nothing is held back, and no note is an error.
    [[nodiscard]] bool complete() const { return waits.empty() && !blocked(); }
    /// Nothing is to be done, now or later.
    [[nodiscard]] bool empty() const { return changes.empty() && waits.empty(); }
    [[nodiscard]] bool blocked() const; ///< true if a note is an error
};

/// Entities to add, to change and to destroy; a replacement counts as one of each of add and
/// destroy.
struct Counts {
    std::size_t add = 0;
    std::size_t change = 0;
    std::size_t destroy = 0;
};
Counts count(const Plan& plan);

} // namespace penstock::plan
