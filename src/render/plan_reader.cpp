#include "render/plan_reader.hpp"

#include "base/time_text.hpp"
#include "json/pointer.hpp"
#include "render/plan_json.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace penstock::render {

namespace {

using json::Object;
using json::Value;
using plan::Action;
using plan::EntityChange;

const Value& member(const Object& object, std::string_view name) {
    static const Value none;
    const auto* value = object.find(name);
    return value == nullptr ? none : *value;
}

std::optional<Action> action_of(const Value& actions) {
    const auto is = [&](std::initializer_list<const char*> names) {
        const auto& list = actions.as_array();
        return std::equal(
            list.begin(), list.end(), names.begin(), names.end(),
            [](const Value& action, const char* name) { return action == Value(name); });
    };
    if (is({"create"})) {
        return Action::create;
    }
    if (is({"update"})) {
        return Action::update;
    }
    if (is({"create", "delete"})) {
        return Action::replace;
    }
    return is({"delete"}) ? std::optional(Action::remove) : std::nullopt;
}

std::optional<model::EntityKind> kind_of(const Value& type) {
    for (const auto kind : model::all_entity_kinds) {
        if (type == Value(type_of(kind))) {
            return kind;
        }
    }
    return std::nullopt;
}

plan::Cause cause_of(const Value& word) {
    for (const auto cause : {plan::Cause::drift, plan::Cause::both, plan::Cause::unknown}) {
        if (word == Value(cause_word(cause))) {
            return cause;
        }
    }
    return plan::Cause::git;
}

std::vector<std::string> texts(const Value& list) {
    std::vector<std::string> result;
    for (const auto& text : list.as_array()) {
        result.push_back(text.as_string());
    }
    return result;
}

std::int64_t milliseconds(const Value& time) {
    return parse_iso8601(time.as_string()).value_or(0) * 1000;
}

model::Audit audit(const Value& value) {
    model::Audit audit;
    audit.created_by = value["created_by"].as_string();
    audit.created_at = milliseconds(value["created_at"]);
    audit.updated_by = value["updated_by"].as_string();
    audit.updated_client = value["updated_client"].as_string();
    audit.updated_at = milliseconds(value["updated_at"]);
    return audit;
}

unsigned line_number(const Value& value) {
    const auto number = value.as_integer();
    return number > 0 && number <= std::numeric_limits<int>::max() ? static_cast<unsigned>(number)
                                                                   : 0;
}

SourcePosition position(const Value& value) {
    return {value["file"].as_string(), line_number(value["line"]), line_number(value["column"])};
}

/// Adds pointers to everything that is `true`.
void collect(const Value& marks, const std::string& pointer, std::vector<std::string>& pointers) {
    if (marks == Value(true)) {
        pointers.push_back(pointer);
    }
    for (const auto& [name, value] : marks.as_object()) {
        collect(value, json::child(pointer, name), pointers);
    }
}

std::vector<std::string> marked(const Value& marks) {
    std::vector<std::string> pointers;
    collect(marks, "", pointers);
    return pointers;
}

std::optional<Value> content(const Value& value) {
    return value.is_object() ? std::optional(value) : std::nullopt;
}

/// What is kept elsewhere is null in the document and no part of the content.
void leave_out(std::optional<Value>& content, const std::vector<std::string>& pointers) {
    for (const auto& pointer : pointers) {
        const auto slash = pointer.rfind('/');
        const auto steps = json::steps(pointer);
        if (!content || slash == std::string::npos || steps.empty()) {
            continue;
        }
        auto* parent = json::find(*content, pointer.substr(0, slash));
        if (parent != nullptr && parent->is_object()) {
            parent->make_object().erase(steps.back());
        }
    }
}

/// The document says null both for a value that is not there and for one that is null; the content
/// tells which.
std::optional<Value> value_at(const std::optional<Value>& content, const std::string& pointer) {
    const auto* value = content ? json::find(*content, pointer) : nullptr;
    return value == nullptr ? std::nullopt : std::optional(*value);
}

void read_fields(const Value& fields, EntityChange& change) {
    for (const auto& field : fields.as_array()) {
        const auto& pointer = field["path"].as_string();
        auto before = value_at(change.before, pointer);
        auto after = value_at(change.after, pointer);
        if (before || after) {
            change.fields.push_back({pointer, std::move(before), std::move(after)});
            change.positions.push_back(position(field["position"]));
            change.field_causes.push_back(cause_of(field["cause"]));
        }
    }
    const bool are_known =
        std::none_of(change.field_causes.begin(), change.field_causes.end(),
                     [](plan::Cause cause) { return cause == plan::Cause::both; });
    if (change.cause != plan::Cause::both || !are_known) {
        change.field_causes.clear();
    }
}

std::optional<plan::Forecast> forecast(const Value& destinations) {
    const auto number = [&](std::string_view name) {
        return static_cast<std::size_t>(std::max<std::int64_t>(destinations[name].as_integer(), 0));
    };
    return destinations.is_object()
               ? std::optional(plan::Forecast{number("now"), number("after"), number("limit"),
                                              destinations["at_least"].as_bool()})
               : std::nullopt;
}

std::optional<model::Shard> shard(const Value& document) {
    return document.is_object() ? std::optional(model::Shard{
                                      static_cast<std::size_t>(document["index"].as_integer()),
                                      static_cast<std::size_t>(document["count"].as_integer())})
                                : std::nullopt;
}

std::optional<EntityChange> read_change(const Value& document) {
    const auto& body = document["change"];
    const auto kind = kind_of(document["type"]);
    const auto action = action_of(body["actions"]);
    if (!kind || !action || !document["name"].is_string()) {
        return std::nullopt;
    }
    EntityChange change;
    change.key = {*kind, document["name"].as_string()};
    change.action = *action;
    change.cause = cause_of(document["cause"]);
    change.waits_for = shard(document["waits_for_shard"]);
    change.position = position(document["position"]);
    change.reason = document["action_reason"].as_string();
    if (document["id"].is_string()) {
        change.id = document["id"].as_string();
    }
    change.before = content(body["before"]);
    change.after = content(body["after"]);
    const bool changes = *action == Action::update || *action == Action::replace;
    const bool has_before = change.before.has_value() == (*action != Action::create);
    const bool has_after = change.after.has_value() == (*action != Action::remove);
    if (!has_before || !has_after || document["address"] != Value(address(change.key))) {
        return std::nullopt;
    }
    change.secrets = marked(body["after_sensitive"]);
    leave_out(change.after, change.secrets);
    for (auto& pointer : marked(body["before_sensitive"])) {
        if (std::find(change.secrets.begin(), change.secrets.end(), pointer) ==
            change.secrets.end()) {
            change.hidden.push_back(std::move(pointer));
        }
    }
    change.sent = texts(document["sent"]);
    change.effects = texts(document["effects"]);
    change.audit = audit(document["audit"]);
    if (changes) {
        read_fields(document["fields"], change);
    }
    return change;
}

/// That something waits is all that is told of a plan that is shown.
plan::Wait wait_of(const std::string& address) {
    const auto key = model::parse_address(address);
    return {key.value_or(model::EntityKey{model::EntityKind::flow, address}), {}};
}

} // namespace

Result<plan::Plan> read_plan_json(const Object& document) {
    plan::Plan plan;
    plan.project = member(document, "project").as_string();
    plan.refused = member(document, "refused").as_bool();
    plan.shard = shard(member(document, "shard"));
    for (const auto& item : member(document, "resource_changes").as_array()) {
        auto change = read_change(item);
        if (!change) {
            return fail(ErrorKind::refused, "the plan holds a change that is none", "plan again");
        }
        plan.changes.push_back(std::move(*change));
    }
    plan.forecast = forecast(member(document, "forecast")["destinations"]);
    for (const auto& note : member(document, "notes").as_array()) {
        plan.notes.push_back(
            {note["severity"] == Value("error") ? Severity::error : Severity::warning,
             note["code"].as_string(), note["address"].as_string(), note["message"].as_string(),
             note["hint"].as_string()});
        if (plan.notes.back().code == plan::waits_code) {
            plan.waits.push_back(wait_of(plan.notes.back().address));
        }
    }
    return plan;
}

} // namespace penstock::render
