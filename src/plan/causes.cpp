#include "plan/causes.hpp"

#include "normalise/normalise.hpp"
#include "plan/meanwhile.hpp"

#include <algorithm>
#include <cstddef>

namespace penstock::plan {

namespace {

/// The content of the live entity in the form in which the last apply digested its own.
model::Content digestible(const model::LiveEntity& live, const model::DesiredEntity& desired,
                          const LiveIndex& index, const catalogue::Catalogue& catalogue) {
    return normalise::align(normalise::canonical(live, index.owned_ids(), catalogue), live,
                            desired);
}

/// True if the last apply wrote this content; it may have left the end to the service.
bool was_written(const model::Content& content, const model::LiveEntity& live) {
    return model::digest(content) == live.marker->digest ||
           (live.kind == model::EntityKind::flow &&
            model::digest(normalise::without_default_end(content, live)) == live.marker->digest);
}

} // namespace

Cause cause_of(const model::LiveEntity& live, const model::DesiredEntity& desired,
               const LiveIndex& index, const catalogue::Catalogue& catalogue) {
    if (!live.marker || live.marker->digest.empty()) {
        return Cause::unknown;
    }
    if (was_written(digestible(live, desired, index, catalogue), live)) {
        return Cause::git;
    }
    return live.marker->digest == desired.digest ? Cause::drift : Cause::both;
}

std::vector<Cause> causes_of_fields(const model::LiveEntity& live,
                                    const model::DesiredEntity& desired,
                                    const std::vector<diff::FieldChange>& fields,
                                    const LiveIndex& index, const catalogue::Catalogue& catalogue) {
    constexpr std::size_t most = 10; // a thousand contents to digest
    const auto found = digestible(live, desired, index, catalogue);
    const auto changes = diff::compare(found, desired.content);
    const bool same_fields =
        std::equal(changes.begin(), changes.end(), fields.begin(), fields.end(),
                   [](const auto& one, const auto& other) { return one.pointer == other.pointer; });
    if (!live.marker || !same_fields || fields.size() > most) {
        return {};
    }
    // A field that only the platform changed was written as git still wants it.
    for (std::size_t in_platform = 1; in_platform + 1 < std::size_t{1} << fields.size();
         ++in_platform) {
        std::vector<diff::FieldChange> undone;
        std::vector<Cause> causes;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const bool drifted = ((in_platform >> i) & 1U) != 0;
            causes.push_back(drifted ? Cause::drift : Cause::git);
            if (drifted) {
                undone.push_back(changes[i]);
            }
        }
        if (was_written(diff::apply(found, undone), live)) {
            return causes;
        }
    }
    return {};
}

bool is_unfinished_toggle(const model::LiveEntity& live, const model::DesiredEntity& desired,
                          const std::vector<diff::FieldChange>& fields, const std::string& client,
                          std::optional<std::int64_t> now) {
    const auto& last = live.audit.updated_client;
    return fields.size() == 1 && fields[0].pointer == "/enabled" && !last.empty() &&
           (last == client || last == live.audit.created_client) &&
           normalise::was_last_written(live, desired) && now &&
           *now - live.audit.updated_at <= run_at_work;
}

} // namespace penstock::plan
