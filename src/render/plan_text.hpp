#pragma once

#include "plan/plan.hpp"
#include "render/style.hpp"

#include <string>

namespace penstock::render {

/// The plan for people: one block for each manifest, notes behind, and as the last line
/// `Plan: 2 to add, 1 to change, 0 to destroy.` or `No changes. ...`. Ends with a newline.
std::string plan_text(const plan::Plan& plan, const Style& style);

/// The notes alone, one paragraph each; empty without notes.
std::string notes_text(const std::vector<plan::Note>& notes, const Style& style);

/// `12 exports and 4 accounts match the sandbox.`
std::string matching_text(const plan::Plan& plan);

/// `export device-graph` or `account acme-s3`: the manifest behind an entity.
std::string manifest_title(const model::EntityKey& key);

} // namespace penstock::render
