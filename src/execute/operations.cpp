#include "execute/operations.hpp"

#include "base/text.hpp"
#include "diff/diff.hpp"
#include "execute/fields.hpp"
#include "execute/interruption.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace penstock::execute {

namespace {

using diff::FieldChange;
using json::Value;
using model::EntityKind;

Error not_kept(const model::DesiredEntity& desired, const std::string& id,
               const std::vector<FieldChange>& changes) {
    std::string fields;
    for (const auto& change : changes) {
        fields += fmt::format("{}{}: wanted {}, has {}", fields.empty() ? "" : "; ",
                              field_name(change.pointer, desired.content), shown(change.after),
                              shown(change.before));
    }
    return {ErrorKind::not_kept,
            fmt::format("the service accepted {} {} and did not keep it: {}",
                        title(desired.key.kind), id, fields),
            "plan again; if the difference stays, the service does not support this value",
            {}};
}

/// "Base connection in use" and "active flows contain it" (reference, section 9.3).
bool is_in_use(const Error& error) {
    if (!error.exchange) {
        return false;
    }
    const auto code = error.exchange->code.substr(0, 4);
    return code == "1418" || code == "1447";
}

/// True if the service may accept a deletion later that it refuses now.
bool puts_off(const Error& error) {
    return is_in_use(error) || error.kind == ErrorKind::busy;
}

Error last_of_its_export(const std::string& id, const std::string& stays, Error error) {
    error.kind = ErrorKind::stale;
    error.message = fmt::format("dataflow {} stays: dataflow {}, which was to take its place, is "
                                "gone; another run may have deleted it",
                                id, stays);
    error.hint = "plan again: it shows what is left to do";
    return error;
}

/// The failure that the service recorded for its last asynchronous operation, if any.
std::optional<Error> failed_operation(const model::LiveEntity& live) {
    const auto& status = live.document["lastOperation"]["status"];
    const auto value = lowercase(status["value"].as_string());
    if (value.find("fail") == std::string::npos) {
        return std::nullopt;
    }
    return Error{ErrorKind::rejected,
                 fmt::format("the service could not finish the change of {} {}: {}",
                             title(live.kind), live.id, printable(json::write(status["errors"]))),
                 {},
                 {}};
}

} // namespace

Operations::Operations(const plan::Plan& plan, http::Transport& transport, flow::Client& client,
                       secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
                       const Options& options)
    : transport_(transport), client_(client), catalogue_(catalogue), options_(options),
      filler_(transport, secrets, options.fingerprint_cost), mappings_(client, options),
      project_(plan.project), seen_(plan.seen) {
    for (const auto* known : {&plan.bound, &plan.referred}) {
        for (const auto& [key, id] : *known) {
            bind(key, id);
        }
    }
    for (const auto& step : plan.steps) {
        if (const auto* create = std::get_if<plan::CreateEntity>(&step.operation);
            create != nullptr && step.key.kind == EntityKind::source) {
            made_sources_[step.key] = create->desired.digest;
        }
        if (std::holds_alternative<plan::CompleteEntity>(step.operation)) {
            incomplete_.try_emplace(step.key);
        }
    }
}

void Operations::pause(Milliseconds time, std::function<void()> then) {
    ++paused_;
    transport_.schedule(time, [this, then = std::move(then)] {
        --paused_;
        then();
    });
}

Milliseconds Operations::patience() const {
    return options_.is_interrupted() ? std::min(options_.grace, options_.settle_limit)
                                     : options_.settle_limit;
}

void Operations::bind(const model::EntityKey& key, const std::string& id) {
    if (const auto old = bound_.ids.find(key); old != bound_.ids.end()) {
        keys_.erase(old->second);
    }
    bound_.ids[key] = id;
    keys_[id] = key;
    seen_.insert(id);
}

Value Operations::comparable(const model::LiveEntity& live,
                             const model::DesiredEntity& desired) const {
    return normalise::align(normalise::canonical(live, keys_, catalogue_), live, desired);
}

void Operations::write_mapping(const plan::WriteMapping& operation, Done done) {
    mappings_.write(operation, [this, key = operation.desired.key,
                                done = std::move(done)](Result<flow::MappingSetVersion> written) {
        if (!written) {
            done(fail(std::move(written.error())));
            return;
        }
        bound_.mappings[key] = *written;
        done(Outcome{written->id, false});
    });
}

struct Operations::Toggle {
    const plan::SetEnabled& operation;
    std::string id;
    Done done;
    Milliseconds waited{0};
};

void Operations::set_enabled(const plan::SetEnabled& operation, Done done) {
    toggle(std::make_shared<Toggle>(
        Toggle{operation, bound_.ids[operation.desired.key], std::move(done), Milliseconds{0}}));
}

void Operations::toggle(const std::shared_ptr<Toggle>& toggle) {
    client_.set_enabled(
        toggle->id, toggle->operation.enabled, [this, toggle](Result<void> toggled) {
            if (toggled) {
                verify(toggle->operation.desired, toggle->id, {}, false, toggle->done);
                return;
            }
            if (toggled.error().kind != ErrorKind::busy || toggle->waited >= patience()) {
                toggle->done(fail(std::move(toggled.error())));
                return;
            }
            toggle->waited += options_.settle_interval;
            // An action whose answer was lost may have been done: then it is refused the second
            // time.
            settle(EntityKind::flow, toggle->id, Milliseconds{0},
                   [this, toggle](Result<model::LiveEntity> live) {
                       if (!live) {
                           toggle->done(fail(std::move(live.error())));
                       } else if ((live->state == "enabled") == toggle->operation.enabled) {
                           verify(toggle->operation.desired, toggle->id, {}, false, toggle->done);
                       } else {
                           pause(options_.settle_interval,
                                 [this, toggle] { this->toggle(toggle); });
                       }
                   });
        });
}

void Operations::remove(const model::EntityKey& key, const plan::DeleteEntity& operation,
                        Done done) {
    remove_unless_last(key, operation.id, Milliseconds{0},
                       [this, done = std::move(done)](Result<Outcome> outcome) {
                           if (!outcome && puts_off(outcome.error()) && options_.is_interrupted()) {
                               outcome = fail(interrupted_before_writing());
                           }
                           done(std::move(outcome));
                       });
}

/// Another run may have deleted what stays in favour of what this run deletes now. That is looked
/// at before each attempt, since the service may put one off for minutes.
void Operations::remove_unless_last(model::EntityKey key, std::string id, Milliseconds waited,
                                    Done done) {
    if (waited.count() > 0 && options_.is_interrupted()) {
        done(fail(interrupted_before_writing()));
        return;
    }
    const auto again = [this, key, id, done](Milliseconds so_far) {
        remove_unless_last(key, id, so_far, done);
    };
    const auto stays = bound_.ids.find(key);
    if (key.kind != EntityKind::flow || stays == bound_.ids.end() || stays->second == id) {
        try_removal(key.kind, id, waited, done, again);
        return;
    }
    client_.get(key.kind, stays->second,
                [this, key, id, waited, stays = stays->second, done, again](Result<Value> there) {
                    if (there && options_.is_interrupted()) {
                        done(fail(interrupted_before_writing()));
                    } else if (there) {
                        try_removal(key.kind, id, waited, done, again);
                    } else if (there.error().kind == ErrorKind::not_found) {
                        done(fail(last_of_its_export(id, stays, std::move(there.error()))));
                    } else {
                        done(fail(std::move(there.error())));
                    }
                });
}

void Operations::remove_when_possible(EntityKind kind, std::string id, Milliseconds waited,
                                      Done done) {
    try_removal(kind, id, waited, done, [this, kind, id, done](Milliseconds so_far) {
        remove_when_possible(kind, id, so_far, done);
    });
}

void Operations::try_removal(EntityKind kind, const std::string& id, Milliseconds waited, Done done,
                             std::function<void(Milliseconds)> again) {
    client_.remove(
        kind, id,
        [this, id, waited, done = std::move(done), again = std::move(again)](Result<void> removed) {
            if (removed) {
                done(Outcome{id, false});
                return;
            }
            // A deletion is accepted before it is done, so its users may seem to be there a while.
            const auto limit = is_in_use(removed.error())
                                   ? std::min(options_.settle_interval * 30, patience())
                                   : patience();
            if (puts_off(removed.error()) && waited < limit) {
                pause(options_.settle_interval,
                      [this, waited, again] { again(waited + options_.settle_interval); });
            } else {
                done(fail(std::move(removed.error())));
            }
        });
}

void Operations::settle(EntityKind kind, std::string id, Milliseconds waited, Seen seen) {
    live::fetch(client_, catalogue_, kind, id,
                [this, kind, id, waited, seen = std::move(seen)](Result<model::LiveEntity> live) {
                    if (!live || live::is_stable(*live)) {
                        seen(std::move(live));
                    } else if (waited >= patience()) {
                        seen(fail(ErrorKind::busy,
                                  fmt::format("{} {} is still in state {} after {} s", title(kind),
                                              id, printable(live->state), waited.count() / 1000),
                                  "apply again later: what is left is done then"));
                    } else {
                        pause(options_.settle_interval, [this, kind, id, waited, seen] {
                            settle(kind, id, waited + options_.settle_interval, seen);
                        });
                    }
                });
}

void Operations::verify(const model::DesiredEntity& desired, std::string id, Allowance allowance,
                        bool adopted, Done done) {
    settle(desired.key.kind, id, Milliseconds{0},
           [this, &desired, id, allowance = std::move(allowance), adopted,
            done = std::move(done)](Result<model::LiveEntity> live) {
               if (!live) {
                   done(fail(std::move(live.error())));
                   return;
               }
               if (auto error = failed_operation(*live)) {
                   done(fail(std::move(*error)));
                   return;
               }
               auto missing = diff::compare(comparable(*live, desired), desired.content);
               std::erase_if(missing, [&](const auto& field) {
                   return (allowance.state && field.pointer == "/enabled") ||
                          allowance.foreign.contains(block_of(field.pointer));
               });
               if (missing.empty()) {
                   if (const auto made = incomplete_.find(desired.key); made != incomplete_.end()) {
                       made->second = std::move(*live);
                   }
                   done(Outcome{id, adopted});
               } else {
                   done(fail(not_kept(desired, id, missing)));
               }
           });
}

} // namespace penstock::execute
