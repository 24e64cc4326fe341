#include "base/text.hpp"
#include "base/time_text.hpp"
#include "diff/diff.hpp"
#include "execute/fields.hpp"
#include "execute/interruption.hpp"
#include "execute/operations.hpp"
#include "plan/requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace penstock::execute {

using diff::FieldChange;
using json::Value;
using model::EntityKind;

namespace {

/// How often a PATCH is sent in all, each on a newer etag.
constexpr int most_patches = 4;

/// The blocks that an update writes. The description always travels.
std::set<std::string> blocks_of(const plan::UpdateEntity& operation) {
    std::set<std::string> blocks{"/description"};
    for (const auto& field : operation.fields) {
        blocks.insert(block_of(field.pointer));
    }
    if (!operation.request.secrets.empty()) {
        blocks.insert(operation.desired.key.kind == EntityKind::base ? "/auth" : "/params");
    }
    return blocks;
}

Error conflict(const model::LiveEntity& live, const FieldChange& field,
               const model::DesiredEntity& desired, Error cause) {
    cause.kind = ErrorKind::stale;
    cause.message = fmt::format(
        "{} changed since the plan was made: {} was {}, is {}; changed by {} through {} at {}",
        title(live.kind), field_name(field.pointer, desired.content), shown(field.before),
        shown(field.after), printable(live.audit.updated_by), printable(live.audit.updated_client),
        format_iso8601(live.audit.updated_at / 1000));
    cause.hint = "plan again and look at the other change first";
    return cause;
}

/// What a reader has to know of a change that the run did not touch.
std::string left_alone(const model::LiveEntity& live, const FieldChange& field,
                       const model::DesiredEntity& desired) {
    return fmt::format("{} was changed meanwhile, by {} through {}, and left alone; ",
                       field_name(field.pointer, desired.content), printable(live.audit.updated_by),
                       printable(live.audit.updated_client));
}

Error disabled_refusal(Error cause) {
    cause.kind = ErrorKind::rejected;
    cause.message = "the service refuses changes to a disabled dataflow: " + cause.message;
    cause.hint = "apply with enabled: true first, then disable the export again";
    return cause;
}

} // namespace

struct Operations::Change {
    plan::UpdateEntity request; ///< for the etag seen last
    json::Value before;         ///< what the plan was made on, to tell whose change a 412 is
    std::set<std::string> ours; ///< blocks that the plan changes
    bool credentials = false;   ///< whether the plan sends any
    Done done;
    Filled filled = {};
    int patches = 0;
    std::set<std::string> foreign = {}; ///< blocks that somebody else changed: left alone
    std::string note = {};              ///< on these, for the report
    json::Object inherited = {};        ///< see plan::CompleteEntity
};

void Operations::update(const plan::UpdateEntity& operation, Done done) {
    patch(std::make_shared<Change>(Change{operation, operation.before, blocks_of(operation),
                                          !operation.request.secrets.empty(), std::move(done)}));
}

void Operations::complete(const plan::CompleteEntity& operation, Done done) {
    const auto& desired = operation.desired;
    const auto go = [this, &operation, &desired, done](Result<model::LiveEntity> live) {
        if (!live) {
            done(fail(std::move(live.error())));
            return;
        }
        const auto change = std::make_shared<Change>(
            Change{{live->id, {}, {}, {}, desired, {}, {}}, {}, {}, false, done});
        change->inherited = operation.inherited;
        change->before = comparable(*live, desired);
        rebuild(*change, *live, change->before);
        change->ours = blocks_of(change->request);
        patch(change);
    };
    if (auto made = incomplete_.extract(desired.key); !made.empty() && made.mapped()) {
        go(std::move(*made.mapped()));
    } else {
        settle(desired.key.kind, bound_.ids[desired.key], Milliseconds{0}, go);
    }
}

/// Indexes of selectors hold for one etag only (reference, section 7.5), so the whole request is
/// made anew for each that is read.
void Operations::rebuild(Change& change, const model::LiveEntity& live, Value now) {
    const auto desired = change.request.desired;
    auto fields = diff::compare(now, desired.content);
    std::erase_if(fields, [&](const auto& field) {
        return field.pointer == "/enabled" || change.foreign.contains(block_of(field.pointer));
    });
    change.request =
        plan::update_request(project_, desired, live, std::move(now), std::move(fields),
                             change.credentials, catalogue_, change.inherited);
    if (change.foreign.contains("/enabled")) {
        // A dataflow that has all that git wants but this, and was changed by us last, passes for
        // one that we have not finished (plan::is_unfinished_toggle).
        auto written = desired.content;
        written.make_object().erase("enabled");
        change.request.description.marker.digest = model::digest(written);
    }
}

void Operations::patch(const std::shared_ptr<Change>& change) {
    filler_.fill(change->request.request, change->request.description, bound_,
                 [this, change](Result<Filled> filled) {
                     if (!filled) {
                         change->done(fail(std::move(filled.error())));
                         return;
                     }
                     if (change->patches == 0 && options_.is_interrupted()) {
                         change->done(fail(interrupted_before_writing()));
                         return;
                     }
                     change->filled = std::move(*filled);
                     send(change);
                 });
}

void Operations::send(const std::shared_ptr<Change>& change) {
    const auto& request = change->request;
    ++change->patches;
    client_.patch(request.desired.key.kind, request.id, request.etag, change->filled.text,
                  [this, change](Result<void> patched) {
                      if (patched) {
                          // The completion keeps alive what is compared with.
                          verify(change->request.desired, change->request.id,
                                 {true, change->foreign}, false, [change](Result<Outcome> outcome) {
                                     if (outcome) {
                                         outcome->note = change->note;
                                     }
                                     change->done(std::move(outcome));
                                 });
                          return;
                      }
                      const auto kind = patched.error().kind;
                      if (kind == ErrorKind::stale || kind == ErrorKind::busy) {
                          try_again(change, std::move(patched.error()));
                      } else {
                          change->done(fail(std::move(patched.error())));
                      }
                  });
}

void Operations::try_again(const std::shared_ptr<Change>& change, Error cause) {
    settle(change->request.desired.key.kind, change->request.id, Milliseconds{0},
           [this, change, cause = std::move(cause)](Result<model::LiveEntity> live) {
               if (!live) {
                   change->done(fail(std::move(live.error())));
                   return;
               }
               recognise_source(
                   change->request.desired, *live,
                   [this, change, live = *live, cause] { go_on(change, live, cause); });
           });
}

/// Another run of the same manifests may have made the same source connection at the same time, and
/// led the dataflow there: that is no foreign change. Which of the two goes is settled afterwards.
void Operations::recognise_source(const model::DesiredEntity& desired,
                                  const model::LiveEntity& live, std::function<void()> then) {
    const auto key = model::referenced(desired.content["source"], EntityKind::source);
    const auto made = key ? made_sources_.find(*key) : made_sources_.end();
    const auto ids = model::linked_ids(live, EntityKind::source);
    if (live.kind != EntityKind::flow || made == made_sources_.end() || ids.size() != 1 ||
        keys_.contains(ids.front())) {
        then();
        return;
    }
    settle(EntityKind::source, ids.front(), Milliseconds{0},
           [this, key = *key, digest = made->second, id = ids.front(),
            then = std::move(then)](const Result<model::LiveEntity>& source) {
               const auto* marker = source && source->marker ? &*source->marker : nullptr;
               if (marker != nullptr && marker->project == project_ && marker->key == key &&
                   marker->digest == digest) {
                   keys_[id] = key;
               }
               then();
           });
}

/// Decides on what the entity has become since the etag of the last attempt was read.
void Operations::go_on(const std::shared_ptr<Change>& change, const model::LiveEntity& live,
                       Error cause) {
    const auto& desired = change->request.desired;
    const auto now = comparable(live, desired);
    auto missing = diff::compare(now, desired.content);
    std::erase_if(missing, [&](const auto& field) {
        return field.pointer == "/enabled" || change->foreign.contains(block_of(field.pointer));
    });
    // An attempt without an answer was carried out. With credentials the marker's salt is random,
    // so that an equal marker proves that these were the ones.
    if (missing.empty() && live.marker == change->filled.marker) {
        change->done(Outcome{live.id, false});
        return;
    }
    const auto foreign = diff::compare(change->before, now);
    // What is as we want it is no conflict: an attempt without an answer may have done it.
    const auto still_to_write = [&](const std::string& block) {
        return change->ours.contains(block) &&
               std::any_of(missing.begin(), missing.end(),
                           [&](const auto& lacking) { return block_of(lacking.pointer) == block; });
    };
    const bool writes_keys =
        still_to_write("/mandatoryFields") || still_to_write("/deduplicationKeys");
    const auto touched = std::find_if(foreign.begin(), foreign.end(), [&](const auto& field) {
        return still_to_write(block_of(field.pointer)) ||
               (writes_keys && takes_from_keys(field, desired.content));
    });
    if (touched != foreign.end()) {
        change->done(fail(conflict(live, *touched, desired, std::move(cause))));
        return;
    }
    for (const auto& field : foreign) {
        const auto block = block_of(field.pointer);
        if (!change->ours.contains(block) && change->foreign.insert(block).second) {
            change->note += left_alone(live, field, desired);
        }
    }
    if (change->patches >= most_patches) {
        change->done(fail(std::move(cause)));
        return;
    }
    rebuild(*change, live, now);
    if (cause.kind != ErrorKind::busy || live.state != "disabled") {
        patch(change);
    } else if (desired.content["enabled"].as_bool()) {
        enable_then_patch(change);
    } else {
        change->done(fail(disabled_refusal(std::move(cause))));
    }
}

void Operations::enable_then_patch(const std::shared_ptr<Change>& change) {
    client_.set_enabled(change->request.id, true, [this, change](Result<void> enabled) {
        if (!enabled) {
            change->done(fail(std::move(enabled.error())));
            return;
        }
        settle(EntityKind::flow, change->request.id, Milliseconds{0},
               [this, change](Result<model::LiveEntity> live) {
                   if (live) {
                       rebuild(*change, *live, comparable(*live, change->request.desired));
                       patch(change);
                   } else {
                       change->done(fail(std::move(live.error())));
                   }
               });
    });
}

} // namespace penstock::execute
