#include "plan/causes.hpp"

#include "normalise/normalise.hpp"

namespace penstock::plan {

Cause cause_of(const model::LiveEntity& live, const model::DesiredEntity& desired,
               const LiveIndex& index, const catalogue::Catalogue& catalogue) {
    if (!live.marker || live.marker->digest.empty()) {
        return Cause::unknown;
    }
    const auto as_written =
        normalise::align(normalise::canonical(live, index.owned_ids(), catalogue), live, desired);
    // The last apply may have left the end to the service.
    const bool untouched =
        model::digest(as_written) == live.marker->digest ||
        (live.kind == model::EntityKind::flow &&
         model::digest(normalise::without_default_end(as_written, live)) == live.marker->digest);
    if (untouched) {
        return Cause::git;
    }
    return live.marker->digest == desired.digest ? Cause::drift : Cause::both;
}

bool is_unfinished_toggle(const model::LiveEntity& live, const model::DesiredEntity& desired,
                          const std::vector<diff::FieldChange>& fields, const std::string& client) {
    return fields.size() == 1 && fields[0].pointer == "/enabled" && !client.empty() &&
           live.audit.updated_client == client && normalise::was_last_written(live, desired);
}

} // namespace penstock::plan
