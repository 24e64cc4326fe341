#pragma once

#include "plan/plan.hpp"
#include "render/steps.hpp"
#include "render/style.hpp"
#include "render/words.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

/// The plan for people: one block for each manifest, notes behind, and as the last line
/// `Plan: 2 to add, 1 to change, 0 to destroy.` or `No changes. ...`. Ends with a newline.
/// With `style.explain` its steps stand before the notes.
std::string plan_text(const plan::Plan& plan, const Style& style);
/// With steps that are not in `plan` itself.
std::string plan_text(const plan::Plan& plan, const Style& style,
                      const std::vector<StepOutline>& steps);

/// The notes alone, one paragraph each; empty without notes.
std::string notes_text(const std::vector<plan::Note>& notes, const Style& style);

/// `Shard 2/4: the rest of the project belongs to other shards.`
std::string shard_text(const model::Shard& shard);

/// `, waits for shard 2/4` of a change that is held back; else empty.
std::string held_back_text(const plan::EntityChange& change);

/// `12 exports and 4 accounts match the sandbox.`
std::string matching_text(const plan::Plan& plan);

/// `Plan: 2 to add, 1 to change, 0 to destroy.`
std::string counts_text(const plan::Counts& counts);

/// `Destinations in this sandbox: 97 of 100 after apply.`
std::string forecast_text(const plan::Forecast& forecast);

/// `will be created` and so on.
std::string_view what_happens(plan::Action action);

/// What a plan does to one field, such as `compression: NONE -> GZIP`.
std::string field_sentence(const FieldWords& field);

/// `export device-graph` or `account acme-s3`: the manifest behind an entity.
std::string manifest_title(const model::EntityKey& key);

} // namespace penstock::render
