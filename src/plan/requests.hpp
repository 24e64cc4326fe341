#pragma once

#include "catalogue/catalogue.hpp"
#include "plan/plan.hpp"

namespace penstock::plan {

/// The `POST` that creates an entity (reference, sections 3.5 to 3.8).
CreateEntity create_request(const std::string& project, const model::DesiredEntity& entity,
                            const catalogue::Catalogue& catalogue);

/// The one `PATCH` that carries all of `fields` (reference, section 7): parameter blocks travel
/// whole, and the description always travels, because it holds the digest. `send_credentials` puts
/// the complete block that holds secrets into it: `auth.params` of a base connection, the
/// parameters of a target. Indexes of selectors are those of `live`;
/// `inherited` are selectors of a dataflow that this one takes the place of.
UpdateEntity update_request(const std::string& project, const model::DesiredEntity& desired,
                            const model::LiveEntity& live, json::Value before,
                            std::vector<diff::FieldChange> fields, bool send_credentials,
                            const catalogue::Catalogue& catalogue,
                            const json::Object& inherited = {});

} // namespace penstock::plan
