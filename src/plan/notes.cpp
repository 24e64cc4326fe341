#include "plan/notes.hpp"

#include <fmt/format.h>

namespace penstock::plan {

Note mapping_set_missing(const model::LiveEntity& flow, const model::EntityKey& key) {
    return {Severity::warning, "mapping-set-missing", address(key),
            fmt::format("the mapping set that dataflow {} names is not there", flow.id), ""};
}

Note other_project(const model::LiveEntity& flow, const model::EntityKey& key) {
    return {Severity::warning, "other-project", address(key),
            fmt::format("project {} has dataflow {} for an export of this name in this sandbox",
                        flow.marker->project, flow.id),
            "if the project was renamed, destroy it under its old name first: both would export"};
}

Note credentials_not_checked(const model::EntityKey& key, const std::string& why) {
    return {Severity::warning, "credentials-not-checked", address(key),
            "credentials not checked: " + why, ""};
}

Note still_in_use(const model::LiveEntity& live, const model::LiveEntity& user, bool destroy) {
    return {destroy ? Severity::error : Severity::warning, "still-in-use", address(*live.key),
            fmt::format("{} {} stays: {} {} still uses it", title(live.kind), live.id,
                        title(user.kind), user.id),
            destroy ? "delete its user, then destroy again"
                    : "it is deleted by the first apply after its last user is gone"};
}

} // namespace penstock::plan
