#pragma once

#include "base/result.hpp"
#include "json/value.hpp"
#include "plan/plan.hpp"

#include <optional>
#include <string_view>

namespace penstock::render {

/// The members that every JSON document of penstock begins with.
json::Object document(std::string_view version);

/// `base_connection`, `dataflow`, ...: Terraform has types where penstock has kinds, and policies
/// select by them.
std::string_view type_of(model::EntityKind kind);

/// The plan in the shape of Terraform's plan JSON, so that policies written for it port over, with
/// additions. Holds no secret: what is kept elsewhere is null in `after` and true in
/// `after_sensitive`.
json::Object plan_json(const plan::Plan& plan, std::string_view version);

json::Value counts_json(const plan::Counts& counts);
/// {index, count}, or null.
json::Value shard_json(const std::optional<model::Shard>& shard);
json::Value notes_json(const std::vector<plan::Note>& notes);
/// Null where nothing is known.
json::Value position_json(const SourcePosition& position);
json::Value audit_json(const model::Audit& audit);
/// {kind, message, hint, exchange}
json::Value error_json(const Error& error);
/// `git`, `drift`, ... as a stable word: `both` instead of the text for people.
std::string_view cause_word(plan::Cause cause);

} // namespace penstock::render
