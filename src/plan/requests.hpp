#pragma once

#include "plan/plan.hpp"

namespace penstock::plan {

/// The `POST` that creates an entity (reference, sections 3.5 to 3.8).
CreateEntity create_request(const std::string& project, const model::DesiredEntity& desired);

/// The one `PATCH` that carries all of `fields` (reference, section 7): parameter blocks travel
/// whole, and the description always travels, because it holds the digest. `send_credentials` puts
/// the complete `auth.params` into it.
UpdateEntity update_request(const std::string& project, const model::DesiredEntity& desired,
                            const model::LiveEntity& live, json::Value before,
                            std::vector<diff::FieldChange> fields, bool send_credentials);

} // namespace penstock::plan
