#include "execute/fields.hpp"
#include "execute/operations.hpp"
#include "http/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::execute {

using json::Value;
using model::EntityKind;

void Operations::create(const plan::CreateEntity& operation, Done done) {
    auto body =
        fill(operation.request, operation.description, ids_, secrets_, options_.fingerprint_cost);
    if (!body) {
        done(fail(std::move(body.error())));
        return;
    }
    post(operation, std::move(*body), 1, std::move(done));
}

void Operations::post(const plan::CreateEntity& operation, std::string body, int attempt,
                      Done done) {
    const auto kind = operation.desired.key.kind;
    client_.create(
        kind, body,
        [this, &operation, body, attempt, done = std::move(done)](Result<flow::Created> created) {
            if (created) {
                bind(operation.desired.key, created->id);
                verify(operation.desired, created->id, false, false, done);
            } else if (http::outcome_unknown(created.error())) {
                look_up(operation, body, attempt, std::move(created.error()), done);
            } else {
                done(fail(std::move(created.error())));
            }
        });
}

void Operations::look_up(const plan::CreateEntity& operation, std::string body, int attempt,
                         Error cause, Done done) {
    const auto& desired = operation.desired;
    const bool is_flow = desired.key.kind == EntityKind::flow;
    const char* field = is_flow ? "flowSpec" : "connectionSpec";
    const std::string filter = fmt::format("{}.id=={}", field, desired.content[field].as_string());
    // The list may lag behind what the service did last.
    transport_.schedule(
        options_.settle_interval, [this, &operation, &desired, body = std::move(body), attempt,
                                   cause = std::move(cause), filter, done = std::move(done)] {
            flow::ListOptions list;
            list.properties = {filter};
            client_.list(desired.key.kind, std::move(list),
                         [this, &operation, &desired, body, attempt, cause,
                          done](Result<std::vector<Value>> items) {
                             if (!items) {
                                 done(fail(cause));
                                 return;
                             }
                             model::LiveGraph found{project_, {}};
                             for (auto& item : *items) {
                                 found.entities.push_back(live::parse_entity(
                                     desired.key.kind, std::move(item), catalogue_));
                             }
                             live::assign_owners(found);
                             if (const auto* made = find_made(found, desired)) {
                                 bind(desired.key, made->id);
                                 verify(desired, made->id, false, true, done);
                             } else if (attempt < most_attempts) {
                                 post(operation, body, attempt + 1, done);
                             } else {
                                 done(fail(cause));
                             }
                         });
        });
}

const model::LiveEntity* Operations::find_made(const model::LiveGraph& found,
                                               const model::DesiredEntity& desired) const {
    const auto match =
        std::find_if(found.entities.begin(), found.entities.end(), [&](const auto& entity) {
            return entity.key == desired.key && !seen_.contains(entity.id) &&
                   (!entity.marker || entity.marker->digest == desired.digest);
        });
    return match == found.entities.end() ? nullptr : &*match;
}

} // namespace penstock::execute
