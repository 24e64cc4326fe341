#include "base/time_text.hpp"
#include "diff/diff.hpp"
#include "execute/fields.hpp"
#include "execute/operations.hpp"

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
        blocks.insert("/auth");
    }
    return blocks;
}

Error conflict(const model::LiveEntity& live, const FieldChange& field, Error cause) {
    cause.kind = ErrorKind::stale;
    cause.message = fmt::format(
        "{} changed since the plan was made: {} was {}, is {}; changed by {} through {} at {}",
        title(live.kind), field.pointer.substr(1), shown(field.before), shown(field.after),
        live.audit.updated_by, live.audit.updated_client,
        format_iso8601(live.audit.updated_at / 1000));
    cause.hint = "plan again and look at the other change first";
    return cause;
}

Error disabled_refusal(Error cause) {
    cause.kind = ErrorKind::rejected;
    cause.message = "the service refuses changes to a disabled dataflow: " + cause.message;
    cause.hint = "apply with enabled: true first, then disable the export again";
    return cause;
}

} // namespace

struct Operations::Change {
    const plan::UpdateEntity& operation;
    Filled filled;
    std::string etag;
    Done done;
    int patches = 0;
    std::set<std::string> foreign; ///< blocks that somebody else changed and that we leave alone
};

void Operations::update(const plan::UpdateEntity& operation, Done done) {
    auto filled =
        fill(operation.request, operation.description, ids_, secrets_, options_.fingerprint_cost);
    if (!filled) {
        done(fail(std::move(filled.error())));
        return;
    }
    patch(std::make_shared<Change>(
        Change{operation, std::move(*filled), operation.etag, std::move(done), 0, {}}));
}

void Operations::patch(const std::shared_ptr<Change>& change) {
    ++change->patches;
    const auto& operation = change->operation;
    client_.patch(operation.desired.key.kind, operation.id, change->etag, change->filled.text,
                  [this, change](Result<void> patched) {
                      if (patched) {
                          verify(change->operation.desired, change->operation.id,
                                 {true, change->foreign}, false, change->done);
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
    settle(change->operation.desired.key.kind, change->operation.id, Milliseconds{0},
           [this, change, cause = std::move(cause)](Result<model::LiveEntity> live) {
               if (live) {
                   go_on(change, *live, cause);
               } else {
                   change->done(fail(std::move(live.error())));
               }
           });
}

/// Decides on what the entity has become since the etag of the last attempt was read.
void Operations::go_on(const std::shared_ptr<Change>& change, const model::LiveEntity& live,
                       Error cause) {
    const auto& operation = change->operation;
    const auto now = comparable(live, operation.desired);
    auto missing = diff::compare(now, operation.desired.content);
    std::erase_if(missing, [&](const auto& field) {
        return field.pointer == "/enabled" || change->foreign.contains(block_of(field.pointer));
    });
    // An attempt without an answer was carried out. With credentials the marker's salt is random,
    // so that an equal marker proves that these were the ones.
    if (missing.empty() && live.marker == change->filled.marker) {
        change->done(Outcome{operation.id, false});
        return;
    }
    const auto foreign = diff::compare(operation.before, now);
    const auto ours = blocks_of(operation);
    const auto touched = std::find_if(foreign.begin(), foreign.end(), [&](const auto& field) {
        return ours.contains(block_of(field.pointer));
    });
    if (touched != foreign.end()) {
        change->done(fail(conflict(live, *touched, std::move(cause))));
        return;
    }
    for (const auto& field : foreign) {
        change->foreign.insert(block_of(field.pointer));
    }
    if (change->patches >= most_patches) {
        change->done(fail(std::move(cause)));
    } else if (cause.kind == ErrorKind::busy && live.state == "disabled") {
        if (operation.desired.content["enabled"].as_bool()) {
            enable_then_patch(change);
        } else {
            change->done(fail(disabled_refusal(std::move(cause))));
        }
    } else {
        change->etag = live.etag;
        patch(change);
    }
}

void Operations::enable_then_patch(const std::shared_ptr<Change>& change) {
    client_.set_enabled(change->operation.id, true, [this, change](Result<void> enabled) {
        if (!enabled) {
            change->done(fail(std::move(enabled.error())));
            return;
        }
        settle(EntityKind::flow, change->operation.id, Milliseconds{0},
               [this, change](Result<model::LiveEntity> live) {
                   if (live) {
                       change->etag = live->etag;
                       patch(change);
                   } else {
                       change->done(fail(std::move(live.error())));
                   }
               });
    });
}

} // namespace penstock::execute
