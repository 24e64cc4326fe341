#pragma once

#include "base/diagnostic.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "render/style.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

/// What sort of sentence tells a difference.
enum class Saying {
    value,   ///< `compression: NONE -> GZIP`
    phrase,  ///< values of several words: `segment Gold: every 6 h becomes daily after evaluation`
    label,   ///< the label says all: `dataset AAM Devices Data (5ef3...)`
    column,  ///< `column firstName: added, from person.name.firstName`
    segment, ///< `segment Gold starts exporting: daily after evaluation`
};

/// One difference in the reader's words. Every text is safe to print.
struct FieldWords {
    std::string label;                 ///< `compression`, `dataset AAM Devices Data (5ef3...)`
    std::optional<std::string> before; ///< nothing: it is added
    std::optional<std::string> after;  ///< nothing: it is removed
    Saying saying = Saying::value;
    SourcePosition position = {}; ///< line 0 where unknown
    bool follows = false;         ///< a link that only follows a replacement of its other end
    std::string field = {};       ///< what it is about, see field_of()
};

/// The field changes of `change`, as a manifest would say them: datasets by name and id, schedules
/// by frequency and ISO 8601 times, connections by what they are. `plan` holds the change.
std::vector<FieldWords> fields_in_words(const plan::EntityChange& change, const plan::Plan& plan,
                                        const KnownNames& names);

/// True if the field at `pointer` of a dataflow is a link to a connection that the plan replaces.
bool follows_replacement(const plan::EntityChange& change, std::string_view pointer,
                         const plan::Plan& plan);

/// What a new entity of that content will be: its important fields, all of them as added.
std::vector<FieldWords> content_in_words(const model::EntityKey& key, const model::Content& content,
                                         const Style& style);

/// Whose change the field of that name is, see field_of(): of several parts, both where they
/// differ.
plan::Cause cause_of_field(const plan::EntityChange& change, std::string_view field);

/// True if some change of the plan is not from git alone: only then is it told of each where it is
/// from.
bool tells_causes(const plan::Plan& plan);

/// `changed in git`, `changed in the platform`, ...
std::string_view cause_in_words(plan::Cause cause);

/// Git or drift where a change is from both sides and this field is known to be from one of them.
std::optional<plan::Cause> side_of_field(const plan::EntityChange& change, std::string_view field);

/// `in git`, `in the platform`.
std::string_view side_in_words(plan::Cause side);

/// A value as a manifest would have it: plain strings without quotes, objects as JSON, and so what
/// could not be seen otherwise: empty strings, lone delimiters.
std::string value_in_words(const json::Value& value);

/// `manifests/x.yaml:12`; empty where unknown.
std::string place(const SourcePosition& position);

/// `by USER through CLIENT at TIME`, as far as it is known; empty if nothing is.
std::string who_and_when(const model::Audit& audit);

/// ISO 8601 for epoch milliseconds.
std::string time_in_words(std::int64_t epoch_milliseconds);

} // namespace penstock::render
