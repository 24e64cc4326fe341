#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"

#include <string>
#include <unordered_map>

namespace penstock::normalise {

/// Live ids that stand for entities of the project.
using KnownIds = std::unordered_map<std::string, model::EntityKey>;

/// The canonical content of a live entity: what the service added is dropped, defaults are filled
/// in, sets are keyed by id (reference, section 4.7). Ids in `known` become symbolic references.
model::Content canonical(const model::LiveEntity& live, const KnownIds& known,
                         const catalogue::Catalogue& catalogue);

/// Those members of canonical() that no PATCH changes (reference, section 2.3), and perhaps others.
model::Content fixed(const model::LiveEntity& live, const KnownIds& known,
                     const catalogue::Catalogue& catalogue);

/// True if the desired content is what was written last, or nothing is known of the last write.
bool was_last_written(const model::LiveEntity& live, const model::DesiredEntity& desired);

/// `content` of `live` made comparable with `desired` where the service cannot tell or need not
/// keep a value: parameters whose desired value is kept elsewhere, parameters or descriptions that
/// a GET leaves out, and the names of datasets, which are informative (reference, sections 4.7 and
/// 10.1, row 21); names of segments never differ. These take the desired value if that
/// was_last_written(); otherwise a name that differs stays different, so that a rename in git is
/// seen.
model::Content align(model::Content content, const model::LiveEntity& live,
                     const model::DesiredEntity& desired);

/// `content` of a flow without an end that the service may have filled in on its own: six months
/// after the flow was created, or 1 May 2025 (reference, section 6.1).
model::Content without_default_end(model::Content content, const model::LiveEntity& live);

} // namespace penstock::normalise
