#pragma once

#include "base/diagnostic.hpp"
#include "base/error.hpp"
#include "diff/diff.hpp"
#include "model/entity_key.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::render {

/// Where a run took place: what a report says beside what the run came to.
struct Scope {
    std::string version; ///< of penstock
    std::string project;
    std::string environment;
    std::string organization;
    std::string sandbox;
    std::int64_t time = 0; ///< of the run, in epoch seconds
    /// Goes before the names of files that are relative to the project's folder, so that they count
    /// from the folder that penstock was started in.
    std::string prefix;
    /// The accounts and exports that the run was about, as `export devices`, with the places of
    /// their documents.
    std::map<std::string, SourcePosition, std::less<>> units;
    bool everything = true;                 ///< false: the run was about these units only
    std::optional<model::Shard> shard = {}; ///< that the run was for; nothing: for all
};

/// Why somebody lives with a finding, from a baseline.
struct Acceptance {
    std::string owner;
    std::string reason;
    std::string expires;  ///< the last day, YYYY-MM-DD
    bool expired = false; ///< that day is over: the finding counts again

    bool operator==(const Acceptance&) const = default;
};

/// A line about a field, such as `compression: GZIP -> NONE`.
struct FieldLine {
    std::string text;
    SourcePosition position; ///< line 0 where unknown

    bool operator==(const FieldLine&) const = default;
};

/// One field of an entity, named as field_of() names it.
struct ReportField {
    std::string name;
    std::vector<FieldLine> lines; ///< at least one
    /// The differences that the lines tell of, as canonical content has them, with their places.
    std::vector<std::pair<diff::FieldChange, SourcePosition>> parts;
    std::string fingerprint;                   ///< of drift only
    std::optional<Acceptance> acceptance = {}; ///< of drift only
    std::optional<plan::Cause> side = {};      ///< of plans only: see side_of_field()
};

enum class FindingKind {
    change,    ///< a plan wants it
    drift,     ///< the platform has moved away from git
    step,      ///< an apply did it, or did not
    stale,     ///< an apply left it alone
    complaint, ///< a note of a plan, an error, a fault of a manifest
};

/// One thing that a reader has to know. Its texts are safe to print and hold no secret: what a plan
/// does not show is not in it. Its JSON values are as the service and the manifests have them.
struct Finding {
    FindingKind kind = FindingKind::complaint;
    std::string rule;                   ///< stable: `drift-changed`, `plan-delete`, `name-taken`
    Severity level = Severity::warning; ///< hint: nobody has to do anything
    std::string address;                ///< `devices.target`; of a complaint also a manifest
    std::optional<model::EntityKey> entity; ///< nothing for a complaint
    std::string heading;                    ///< of its unit; empty: the project as a whole
    std::string action;                     ///< `create`, ...; `missing`; `done`, `failed`, ...
    std::string cause;                      ///< `git`, `drift`, `both`, `unknown`; may be empty
    std::string message;                    ///< one clause that follows the address
    std::string origin;                     ///< `changed in git`, ...; empty: not to be told
    std::string hint;                       ///< what to do next; may be empty
    std::string id;                         ///< in the platform; may be empty
    std::string who;                        ///< `by USER through CLIENT at TIME`; may be empty
    model::Audit audit = {};
    SourcePosition position = {}; ///< of the entity's document, or of what is complained about
    std::vector<ReportField> fields = {};
    std::vector<std::string> effects = {};
    std::string fingerprint = {};              ///< equal for what a reader takes for the same
    std::optional<Acceptance> acceptance = {}; ///< of drift without fields only
};

/// An entry of a baseline that accepts no finding.
struct UnmatchedEntry {
    std::string fingerprint;
    std::string address;
    std::string field;
    SourcePosition position;
    /// What has the fingerprint, where the entry names something else; empty: nothing has it.
    std::string other = {};
};

/// A dataflow to a destination that no manifest of this project describes.
struct UnmanagedFlow {
    std::string id;
    std::string name;
    std::string destination; ///< `Amazon S3`, or the id of a connection spec
    std::string state;
    std::string project; ///< of penstock that it belongs to; usually empty
    std::string created; ///< `by USER at TIME`
    model::Audit audit;
};

enum class ReportKind { validate, plan, apply, destroy, drift, failure };

/// What a run came to, for all renderers alike.
struct Report {
    ReportKind kind = ReportKind::failure;
    Scope scope = {};
    std::string headline;             ///< the line that scripts look for, without newline
    bool complete = true;             ///< the run did all that it was asked for
    std::vector<Finding> findings;    ///< in the order of the text
    std::string matching;             ///< `1 export and 1 account match the sandbox.`
    std::vector<std::string> remarks; ///< sentences that stand below
    std::size_t waiting = 0;          ///< of drift: changes in git that were not applied yet
    std::vector<UnmatchedEntry> unmatched;
    /// Nothing: nobody asked.
    std::optional<std::vector<UnmanagedFlow>> unmanaged;
};

/// True for drift that counts: not accepted, or accepted for a time that is over.
bool is_open(const Finding& finding);
bool is_open(const std::optional<Acceptance>& acceptance);

/// True if a complaint is an error: something was left alone.
bool has_errors(const Report& report);

/// The heading of the account or export that an address or a manifest's name belongs to; empty if
/// it is none of the scope's.
std::string heading_of(std::string_view address, const Scope& scope);

/// The place of a unit's document; line 0 where unknown.
SourcePosition position_of(std::string_view heading, const Scope& scope);

/// What happens to what the address names, and where it is from if that is to be told.
std::string clause(const Finding& finding);

/// Who touched the entity last, where that says something about the finding; else empty.
std::string who_changed(const Finding& finding);

/// A line about a field with the side that the field is from: `compression: GZIP -> NONE [in git]`.
/// `text` stands for the line.
std::string with_side(std::string text, const ReportField& field);

/// `devices.target: changed in the platform, last change by ...`: the finding without its fields.
std::string sentence(const Finding& finding);

/// `accepted until 2027-01-31 by crm-team: the importer cannot read GZIP`.
std::string in_words(const Acceptance& acceptance);

/// `exports/manifests/devices.yaml:12`, counted as file_name() does; empty where unknown.
std::string place_of(const SourcePosition& position, const Scope& scope);

/// The name of a file as it counts from the folder that penstock was started in.
std::string file_name(const SourcePosition& position, const Scope& scope);

/// A run that failed before it came to anything.
Report failure_report(const Error& error, const std::vector<Diagnostic>& diagnostics, Scope scope);

/// How many findings of that kind there are by action; each of `actions` is in it.
std::map<std::string, std::size_t> count_actions(const Report& report, FindingKind kind,
                                                 const std::vector<std::string>& actions);

/// Equal for what a reader takes for the same finding: of the same rule, on the same field of the
/// same entity of the same sandbox, with the same value.
std::string fingerprint(const Scope& scope, std::string_view rule, std::string_view address,
                        std::string_view field = {}, const json::Value& value = {});

/// A note of a plan.
Finding complaint(const plan::Note& note, const Scope& scope);

/// Manifests that may be used, with what was said of them.
Report validation_report(std::string headline, const std::vector<Diagnostic>& diagnostics,
                         Scope scope);

/// `validate`, `plan`, `apply`, `destroy`, `drift` or `failure`.
std::string_view name(ReportKind kind);

/// ISO 8601.
std::string time_of(const Scope& scope);

} // namespace penstock::render
