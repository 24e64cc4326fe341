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

/// How many exports use each connection that several may share, by its address: base connections,
/// and the source connection to the Profile Store with its own base.
std::map<std::string, std::size_t> exports_by_connection(const model::DesiredGraph& desired) {
    std::map<std::string, std::size_t> exports;
    for (const auto& entity : desired.entities) {
        if (entity.key.kind == EntityKind::target) {
            ++exports[entity.content["base"]["entity"].as_string()];
        } else if (const auto source =
                       model::referenced(entity.content["source"], EntityKind::source);
                   source && source->name == model::profile_store_name) {
            ++exports[model::address(*source)];
            ++exports[model::address({EntityKind::base, source->name})];
        }
    }
    return exports;
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
    if (change.action == Action::replace) {
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

void describe_effects(Plan& plan, const model::DesiredGraph& desired,
                      std::optional<std::int64_t> now) {
    const auto exports = exports_by_connection(desired);
    for (auto& change : plan.changes) {
        switch (change.key.kind) {
        case EntityKind::base:
        case EntityKind::source:
            if (change.action == Action::update || change.action == Action::replace) {
                const auto found = exports.find(model::address(change.key));
                if (found != exports.end()) {
                    change.effects.push_back(users_of(change.key, found->second));
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
