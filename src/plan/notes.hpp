#pragma once

#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <string>

namespace penstock::plan {

/// The mapping set that `flow`, which stands for `key`, names is not among what was read.
Note mapping_set_missing(const model::LiveEntity& flow, const model::EntityKey& key);

/// `flow` carries `key` for another project, so two projects export the same.
Note other_project(const model::LiveEntity& flow, const model::EntityKey& key);

/// `why` is a sentence that ends without a full stop.
Note credentials_not_checked(const model::EntityKey& key, const std::string& why);

/// `live` should go, and cannot while `user` stands. An error for who wants all to go.
Note still_in_use(const model::LiveEntity& live, const model::LiveEntity& user, bool destroy);

} // namespace penstock::plan
