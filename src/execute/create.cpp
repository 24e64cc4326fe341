#include "execute/interruption.hpp"
#include "execute/operations.hpp"
#include "http/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace penstock::execute {

using json::Value;
using model::EntityKind;

namespace {

/// How often a create is sent in all.
constexpr int most_posts = 4;

/// How often the list is looked at for what an unanswered create may have made, with pauses that
/// double: a list may lag behind, and a request may be carried out late.
constexpr int most_looks = 4;

} // namespace

struct Operations::Creation {
    const plan::CreateEntity& operation;
    std::string body;
    Done done;
    int posts = 0;
    int looks = 0;
    std::optional<Error> cause; ///< why the last create has no known outcome
};

void Operations::create(const plan::CreateEntity& operation, Done done) {
    filler_.fill(operation.request, operation.description, bound_,
                 [this, &operation, done = std::move(done)](Result<Filled> filled) {
                     if (!filled) {
                         done(fail(std::move(filled.error())));
                         return;
                     }
                     if (options_.is_interrupted()) {
                         done(fail(interrupted_before_writing()));
                         return;
                     }
                     post(std::make_shared<Creation>(
                         Creation{operation, std::move(filled->text), done, 0, 0, {}}));
                 });
}

void Operations::post(const std::shared_ptr<Creation>& creation) {
    ++creation->posts;
    client_.create(creation->operation.desired.key.kind, creation->body,
                   [this, creation](Result<flow::Created> created) {
                       if (created) {
                           made(creation, created->id, false);
                       } else if (http::outcome_unknown(created.error())) {
                           creation->cause = std::move(created.error());
                           creation->looks = 0;
                           look_up(creation);
                       } else {
                           creation->done(fail(std::move(created.error())));
                       }
                   });
}

void Operations::look_up(const std::shared_ptr<Creation>& creation) {
    pause(options_.settle_interval * (1 << creation->looks), [this, creation] {
        list_made(creation, [this, creation](Result<std::vector<model::LiveEntity>> found) {
            if (found && !found->empty()) {
                made(creation, found->front().id, true);
            } else if (found && ++creation->looks < most_looks) {
                look_up(creation);
            } else if (found && creation->posts < most_posts) {
                post(creation);
            } else {
                creation->done(fail(*creation->cause));
            }
        });
    });
}

void Operations::made(const std::shared_ptr<Creation>& creation, const std::string& id,
                      bool adopted) {
    bind(creation->operation.desired.key, id);
    if (creation->posts > 1) {
        remove_twins(creation, adopted);
    } else {
        verify(creation->operation.desired, id, {true, {}}, adopted, creation->done);
    }
}

/// A create that was sent again may have made two after all: the older stays.
void Operations::remove_twins(const std::shared_ptr<Creation>& creation, bool adopted) {
    pause(options_.settle_interval, [this, creation, adopted] {
        list_made(
            creation, [this, creation, adopted](Result<std::vector<model::LiveEntity>> found) {
                const auto& desired = creation->operation.desired;
                if (!found || found->size() < 2) {
                    verify(desired, bound_.ids[desired.key], {true, {}}, adopted, creation->done);
                    return;
                }
                bind(desired.key, found->front().id);
                remove_when_possible(desired.key.kind, found->back().id, Milliseconds{0},
                                     [this, creation, adopted](Result<Outcome> removed) {
                                         if (removed) {
                                             remove_twins(creation, adopted);
                                         } else {
                                             creation->done(fail(std::move(removed.error())));
                                         }
                                     });
            });
    });
}

/// The entities that this create, and nothing before it, may have made; oldest first.
void Operations::list_made(const std::shared_ptr<Creation>& creation, Found found) {
    const auto& desired = creation->operation.desired;
    const char* field = desired.key.kind == EntityKind::flow ? "flowSpec" : "connectionSpec";
    flow::ListOptions list;
    list.properties = {fmt::format("{}.id=={}", field, desired.content[field].as_string())};
    client_.list(desired.key.kind, std::move(list),
                 [this, &desired, found = std::move(found)](Result<std::vector<Value>> items) {
                     if (!items) {
                         found(fail(std::move(items.error())));
                         return;
                     }
                     model::LiveGraph graph{project_, {}};
                     for (auto& item : *items) {
                         graph.entities.push_back(
                             live::parse_entity(desired.key.kind, std::move(item), catalogue_));
                     }
                     live::assign_owners(graph, client_.site().api_key);
                     std::erase_if(graph.entities, [&](const model::LiveEntity& entity) {
                         const bool accounted_for =
                             seen_.contains(entity.id) && bound_.ids[desired.key] != entity.id;
                         return entity.key != desired.key || accounted_for ||
                                (entity.marker && entity.marker->digest != desired.digest);
                     });
                     std::sort(graph.entities.begin(), graph.entities.end(),
                               [](const auto& a, const auto& b) {
                                   return std::tie(a.audit.created_at, a.id) <
                                          std::tie(b.audit.created_at, b.id);
                               });
                     found(std::move(graph.entities));
                 });
}

} // namespace penstock::execute
