#include "base/time_text.hpp"
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

/// Blocks travel whole, so a change anywhere in one touches all of it.
std::string block_of(const std::string& pointer) {
    return pointer.substr(0, pointer.find('/', 1));
}

/// The first of `foreign` that lies in a block which `operation` writes, or null. The description
/// is always written.
const FieldChange* first_conflict(const plan::UpdateEntity& operation,
                                  const std::vector<FieldChange>& foreign) {
    std::set<std::string> ours{"/description"};
    for (const auto& field : operation.fields) {
        ours.insert(block_of(field.pointer));
    }
    if (!operation.request.secrets.empty()) {
        ours.insert("/auth");
    }
    const auto found = std::find_if(foreign.begin(), foreign.end(), [&](const auto& change) {
        return ours.contains(block_of(change.pointer));
    });
    return found == foreign.end() ? nullptr : &*found;
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

} // namespace

void Operations::update(const plan::UpdateEntity& operation, Done done) {
    auto body =
        fill(operation.request, operation.description, ids_, secrets_, options_.fingerprint_cost);
    if (!body) {
        done(fail(std::move(body.error())));
        return;
    }
    patch(operation, std::move(*body), operation.etag, 1, std::move(done));
}

void Operations::patch(const plan::UpdateEntity& operation, std::string body, std::string etag,
                       int attempt, Done done) {
    client_.patch(operation.desired.key.kind, operation.id, etag, body,
                  [this, &operation, body, attempt, done = std::move(done)](Result<void> patched) {
                      if (patched) {
                          verify(operation.desired, operation.id, false, false, done);
                          return;
                      }
                      const auto kind = patched.error().kind;
                      if ((kind == ErrorKind::stale || kind == ErrorKind::busy) &&
                          attempt < most_attempts) {
                          try_again(operation, body, attempt, std::move(patched.error()), done);
                      } else {
                          done(fail(std::move(patched.error())));
                      }
                  });
}

void Operations::try_again(const plan::UpdateEntity& operation, std::string body, int attempt,
                           Error cause, Done done) {
    settle(operation.desired.key.kind, operation.id, Milliseconds{0},
           [this, &operation, body = std::move(body), attempt, cause = std::move(cause),
            done = std::move(done)](Result<model::LiveEntity> live) {
               if (!live) {
                   done(fail(std::move(live.error())));
                   return;
               }
               const bool ours = live->marker && live->marker->digest == operation.desired.digest;
               const auto now = comparable(*live, operation.desired);
               auto missing = diff::compare(now, operation.desired.content);
               std::erase_if(missing, is_state);
               if (ours && missing.empty() && operation.request.secrets.empty()) {
                   done(Outcome{operation.id, false}); // an attempt without an answer had been done
                   return;
               }
               const auto foreign = diff::compare(operation.before, now);
               if (const auto* field = first_conflict(operation, foreign)) {
                   done(fail(conflict(*live, *field, cause)));
               } else if (cause.kind == ErrorKind::busy && live->state == "disabled") {
                   if (operation.desired.content["enabled"].as_bool()) {
                       enable_then_patch(operation, body, attempt, done);
                       return;
                   }
                   Error error = cause;
                   error.hint = "the service refuses changes to this disabled dataflow; apply with "
                                "enabled: true first, then disable it again";
                   done(fail(std::move(error)));
               } else {
                   patch(operation, body, live->etag, attempt + 1, done);
               }
           });
}

void Operations::enable_then_patch(const plan::UpdateEntity& operation, std::string body,
                                   int attempt, Done done) {
    client_.set_enabled(
        operation.id, true,
        [this, &operation, body = std::move(body), attempt,
         done = std::move(done)](Result<void> enabled) {
            if (!enabled) {
                done(fail(std::move(enabled.error())));
                return;
            }
            settle(EntityKind::flow, operation.id, Milliseconds{0},
                   [this, &operation, body, attempt, done](Result<model::LiveEntity> live) {
                       if (live) {
                           patch(operation, body, live->etag, attempt + 1, done);
                       } else {
                           done(fail(std::move(live.error())));
                       }
                   });
        });
}

} // namespace penstock::execute
