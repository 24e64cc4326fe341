#include "plan/effects.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "json/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace penstock::plan {

namespace {

using json::Value;
using model::EntityKind;

constexpr std::int64_t day = 24 * 60 * 60; ///< in seconds

/// The exports that use each connection that several may share, by its address: base connections,
/// and the source connection to the Profile Store with its own base.
using Users = std::map<std::string, std::set<std::string>>;

Users wanted_users(const model::DesiredGraph& desired) {
    Users users;
    for (const auto& entity : desired.entities) {
        if (entity.key.kind == EntityKind::target) {
            users[entity.content["base"]["entity"].as_string()].insert(entity.key.name);
        } else if (const auto source =
                       model::referenced(entity.content["source"], EntityKind::source);
                   source && source->name == model::profile_store_name) {
            users[model::address(*source)].insert(entity.key.name);
            users[model::address({EntityKind::base, source->name})].insert(entity.key.name);
        }
    }
    return users;
}

/// Adds the exports that use the live connection and are not part of the plan: it may be narrowed.
void add_live_users(std::set<std::string>& exports, const std::string& connection,
                    const LiveIndex& live, const std::set<std::string>& going) {
    for (const auto* user : live.users(connection)) {
        if (!user->key) {
            continue;
        }
        if (user->kind == EntityKind::source) {
            add_live_users(exports, user->id, live, going);
        } else if (!going.contains(user->id)) {
            exports.insert(user->key->name);
        }
    }
}

/// The ids of live entities that the plan deletes.
std::set<std::string> going_in(const Plan& plan) {
    std::set<std::string> ids;
    for (const auto& change : plan.changes) {
        if (change.id && change.action != Action::update) {
            ids.insert(*change.id);
        }
    }
    return ids;
}

/// `41 exports share this account`.
std::string users_of(const model::EntityKey& connection, std::size_t exports) {
    const bool account =
        connection.kind == EntityKind::base && connection.name != model::profile_store_name;
    return account && exports > 1 ? fmt::format("{} share this account", counted(exports, "export"))
                                  : fmt::format("used by {}", counted(exports, "export"));
}

/// What an export carries: `3 datasets`, `2 segments`.
std::string freight(const model::DesiredGraph& desired, const std::string& name) {
    const auto* flow = desired.find({EntityKind::flow, name});
    if (flow != nullptr && model::carries_segments(flow->content)) {
        return counted(flow->content["segments"].as_object().size(), "segment");
    }
    const auto* source = desired.find({EntityKind::source, name});
    return counted(source == nullptr ? 0 : source->content["datasets"].as_object().size(),
                   "dataset");
}

bool changes(const EntityChange& change, std::string_view pointer) {
    return std::any_of(change.fields.begin(), change.fields.end(), [&](const auto& field) {
        return field.pointer.substr(0, pointer.size()) == pointer;
    });
}

/// The last steps of fields that a change has in each segment, such as `filenameTemplate`.
bool changes_in_segments(const EntityChange& change, std::string_view member) {
    return std::any_of(change.fields.begin(), change.fields.end(), [&](const auto& field) {
        const auto steps = json::steps(field.pointer);
        return steps.size() > 2 && steps[0] == "segments" && steps[2] == member;
    });
}

/// Which times of new or changed schedules are past.
class Past {
  public:
    explicit Past(std::int64_t now) : now_(now / 1000) {}

    std::vector<std::string> effects(const EntityChange& change) const {
        if (!change.after) {
            return {};
        }
        return model::carries_segments(*change.after) ? of_segments(change) : of_datasets(change);
    }

  private:
    /// Reference, section 6.1.
    std::vector<std::string> of_datasets(const EntityChange& change) const {
        const auto& schedule = (*change.after)["schedule"];
        const auto& start = schedule["startTime"];
        const auto& end = schedule["endTime"];
        const bool is_new = change.action != Action::update;
        std::vector<std::string> effects;
        if (change.before && changes(change, "/schedule/startTime") && !is_new &&
            is_past((*change.before)["schedule"]["startTime"])) {
            // Reference, section 7: the documents of sources say so.
            effects.push_back(fmt::format(
                "its start time, {}, has passed: the platform may refuse another one",
                format_iso8601((*change.before)["schedule"]["startTime"].as_integer())));
        }
        if (!is_new && changes(change, "/schedule/endTime") && !is_past(end) &&
            is_past((*change.before)["schedule"]["endTime"])) {
            effects.emplace_back("the export has ended, and goes on");
        }
        if (is_past(end) && (is_new || changes(change, "/schedule/endTime"))) {
            effects.push_back(fmt::format("its end time, {}, is past: nothing is exported",
                                          format_iso8601(end.as_integer())));
        } else if (is_past(start) && (is_new || changes(change, "/schedule/startTime"))) {
            effects.push_back(
                fmt::format("its start time, {}, is past", format_iso8601(start.as_integer())));
        }
        return effects;
    }

    /// Reference, section 6.2: each segment has a schedule of its own.
    std::vector<std::string> of_segments(const EntityChange& change) const {
        std::size_t started = 0;
        std::size_t ended = 0;
        for (const auto& id : scheduled_anew(change)) {
            const auto& schedule = (*change.after)["segments"][id]["schedule"];
            if (has_ended(schedule)) {
                ++ended;
            } else if (has_started(schedule)) {
                ++started;
            }
        }
        std::vector<std::string> effects;
        if (started > 0) {
            effects.push_back(fmt::format("the start of {} is past", counted(started, "segment")));
        }
        if (ended > 0) {
            effects.push_back(
                fmt::format("the end date of {} is past: not exported", counted(ended, "segment")));
        }
        return effects;
    }

    /// The ids of segments that are new to the dataflow, or whose schedule changes.
    static std::set<std::string> scheduled_anew(const EntityChange& change) {
        std::set<std::string> ids;
        if (change.action != Action::update) {
            for (const auto& item : (*change.after)["segments"].as_object()) {
                ids.insert(item.first);
            }
            return ids;
        }
        for (const auto& field : change.fields) {
            const auto steps = json::steps(field.pointer);
            const bool is_segment = steps.size() > 1 && steps[0] == "segments";
            if (is_segment && (steps.size() == 2 || steps[2] == "schedule")) {
                ids.insert(steps[1]);
            }
        }
        return ids;
    }

    bool is_past(const Value& seconds) const {
        return seconds.is_integer() && seconds.as_integer() < now_;
    }

    /// A day has passed once it is over, unless the time of its export has.
    bool has_started(const Value& schedule) const {
        const auto& time = schedule["startTime"].as_string();
        const auto start = time_of(schedule["startDate"], time);
        return start && *start + (time.empty() ? day : 0) <= now_;
    }

    /// The end date is the first day without an export.
    bool has_ended(const Value& schedule) const {
        const auto end = time_of(schedule["endDate"], "");
        return end && *end <= now_;
    }

    static std::optional<std::int64_t> time_of(const Value& date, const std::string& time) {
        return parse_iso8601(
            fmt::format("{}T{}:00Z", date.as_string(), time.empty() ? "00:00" : time));
    }

    std::int64_t now_; ///< seconds
};

/// What of the next files, or of their time, is other than before.
std::vector<std::string> of_next_run(const EntityChange& change) {
    std::vector<std::string> effects;
    if (changes(change, "/mapping") || changes(change, "/attributes")) {
        effects.emplace_back("files of the next run have the new columns");
    }
    if (changes_in_segments(change, "filenameTemplate") ||
        changes(change, "/schedule/foldernameTemplate")) {
        effects.emplace_back("files of the next run have new names");
    }
    if (changes(change, "/schedule/interval") || changes(change, "/schedule/timeUnit") ||
        changes(change, "/schedule/exportMode") || changes_in_segments(change, "schedule") ||
        changes_in_segments(change, "exportMode")) {
        effects.emplace_back("the next run comes by the new schedule");
    }
    if (changes(change, "/mandatoryFields") || changes(change, "/deduplicationKeys")) {
        effects.emplace_back("the next run may hold other profiles");
    }
    return effects;
}

std::vector<std::string> of_flow(const EntityChange& change, const model::DesiredGraph& desired) {
    const auto count = freight(desired, change.key.name);
    if (change.action == Action::remove) {
        return desired.find(change.key) == nullptr ? std::vector<std::string>{"the export stops"}
                                                   : std::vector<std::string>{};
    }
    if (change.action == Action::replace ||
        (change.action == Action::create && change.cause == Cause::drift)) {
        return {fmt::format("a new dataflow starts with a full snapshot of {}", count)};
    }
    if (change.action != Action::update) {
        return {};
    }
    auto effects = of_next_run(change);
    if (changes(change, "/source")) {
        // Whether the service does is an open question (reference, section 10.2, question 8).
        effects.push_back(fmt::format("may export a full snapshot of {} again", count));
    }
    if (changes(change, "/enabled")) {
        effects.push_back(change.after && (*change.after)["enabled"].as_bool()
                              ? "the export resumes"
                              : "the export stops");
    }
    return effects;
}

} // namespace

void describe_effects(Plan& plan, const model::DesiredGraph& desired, const LiveIndex& live,
                      std::optional<std::int64_t> now) {
    const auto wanted = wanted_users(desired);
    const auto going = going_in(plan);
    for (auto& change : plan.changes) {
        switch (change.key.kind) {
        case EntityKind::base:
        case EntityKind::source:
            if (change.action == Action::update || change.action == Action::replace) {
                const auto found = wanted.find(model::address(change.key));
                auto exports = found == wanted.end() ? std::set<std::string>{} : found->second;
                add_live_users(exports, change.id.value_or(""), live, going);
                const bool shared = change.key.kind == EntityKind::base ||
                                    change.key.name == model::profile_store_name;
                if (shared && !exports.empty()) {
                    change.effects.push_back(users_of(change.key, exports.size()));
                }
            }
            break;
        case EntityKind::target:
            if (change.action == Action::update && changes(change, "/params")) {
                change.effects.emplace_back("files of the next run go to the new place or format");
            }
            break;
        case EntityKind::flow:
            change.effects = of_flow(change, desired);
            if (now) {
                const auto past = Past(*now).effects(change);
                change.effects.insert(change.effects.end(), past.begin(), past.end());
            }
            break;
        }
    }
}

} // namespace penstock::plan
