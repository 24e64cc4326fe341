#include "render/plan_json.hpp"

#include "json/pointer.hpp"
#include "render/steps.hpp"
#include "render/words.hpp"

#include <set>
#include <string>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;
using model::EntityKind;
using plan::Action;

Value actions(Action action) {
    switch (action) {
    case Action::create:
        return Array{"create"};
    case Action::update:
        return Array{"update"};
    case Action::replace:
        return Array{"create", "delete"};
    case Action::remove:
        return Array{"delete"};
    }
    return Array{};
}

bool is_new(const plan::EntityChange& change) {
    return change.action == Action::create || change.action == Action::replace;
}

/// Sets the value at a pointer, with all the objects above it.
void set(Value& document, const std::string& pointer, Value value) {
    auto* place = &document;
    for (const auto& step : json::steps(pointer)) {
        place = &place->make_object()[step];
    }
    *place = std::move(value);
}

Value after(const plan::EntityChange& change) {
    if (!change.after) {
        return {};
    }
    Value content = *change.after;
    for (const auto& pointer : change.secrets) {
        set(content, pointer, Value{});
    }
    return content;
}

Value sensitive(const std::vector<std::string>& pointers, bool exists) {
    Value result = Object{};
    for (const auto& pointer : pointers) {
        if (exists) {
            set(result, pointer, true);
        }
    }
    return result;
}

Value before_sensitive(const plan::EntityChange& change) {
    auto pointers = change.secrets;
    pointers.insert(pointers.end(), change.hidden.begin(), change.hidden.end());
    return sensitive(pointers, change.before.has_value());
}

/// The addresses of the entities that a plan makes.
std::set<std::string> made_by(const plan::Plan& plan) {
    std::set<std::string> made;
    for (const auto& change : plan.changes) {
        if (is_new(change)) {
            made.insert(address(change.key));
        }
    }
    return made;
}

/// The id of a new entity, and the ids of new entities that it refers to.
Value unknown(const plan::EntityChange& change, const std::set<std::string>& made) {
    Object result;
    if (is_new(change)) {
        result["id"] = true;
    }
    if (change.after) {
        for (const auto* member : {"base", "source", "target"}) {
            if (made.contains((*change.after)[member]["entity"].as_string())) {
                result[member] = true;
            }
        }
    }
    return result;
}

Value texts(const std::vector<std::string>& list) {
    Array array;
    for (const auto& text : list) {
        array.emplace_back(text);
    }
    return array;
}

Value fields(const plan::EntityChange& change) {
    Array array;
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        const auto& field = change.fields[i];
        array.push_back(
            Object{{"path", field.pointer},
                   {"before", field.before.value_or(Value{})},
                   {"after", field.after.value_or(Value{})},
                   {"cause", cause_word(cause_of_field(change, i))},
                   {"position",
                    i < change.positions.size() ? position_json(change.positions[i]) : Value{}}});
    }
    return array;
}

Value resource_change(const plan::EntityChange& change, const std::set<std::string>& made) {
    return Object{{"address", address(change.key)},
                  {"mode", "managed"},
                  {"type", type_of(change.key.kind)},
                  {"name", change.key.name},
                  {"id", change.id ? Value(*change.id) : Value{}},
                  {"change", Object{{"actions", actions(change.action)},
                                    {"before", change.before.value_or(Value{})},
                                    {"after", after(change)},
                                    {"after_unknown", unknown(change, made)},
                                    {"before_sensitive", before_sensitive(change)},
                                    {"after_sensitive",
                                     sensitive(change.secrets, change.after.has_value())}}},
                  {"action_reason", change.reason.empty() ? Value{} : Value(change.reason)},
                  {"cause", cause_word(change.cause)},
                  {"waits_for_shard", shard_json(change.waits_for)},
                  {"position", position_json(change.position)},
                  {"credentials_sent", !change.sent.empty()},
                  {"sent", texts(change.sent)},
                  {"effects", texts(change.effects)},
                  {"fields", fields(change)},
                  {"audit", change.id ? audit_json(change.audit) : Value{}}};
}

Value forecast_json(const std::optional<plan::Forecast>& forecast) {
    if (!forecast) {
        return {};
    }
    const auto number = [](std::size_t value) { return Value(static_cast<std::int64_t>(value)); };
    return Object{{"destinations", Object{{"now", number(forecast->now)},
                                          {"after", number(forecast->after)},
                                          {"limit", number(forecast->limit)},
                                          {"at_least", forecast->at_least}}}};
}

Value text_or_null(const std::string& text) {
    return text.empty() ? Value{} : Value(text);
}

Value time_or_null(std::int64_t milliseconds) {
    return milliseconds == 0 ? Value{} : Value(time_in_words(milliseconds));
}

std::string_view word(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::general:
        return "general";
    case ErrorKind::invalid_input:
        return "invalid_input";
    case ErrorKind::secret_unavailable:
        return "secret_unavailable";
    case ErrorKind::authentication:
        return "authentication";
    case ErrorKind::permission:
        return "permission";
    case ErrorKind::not_found:
        return "not_found";
    case ErrorKind::stale:
        return "stale";
    case ErrorKind::busy:
        return "busy";
    case ErrorKind::rejected:
        return "rejected";
    case ErrorKind::rate_limited:
        return "rate_limited";
    case ErrorKind::unavailable:
        return "unavailable";
    case ErrorKind::unreachable:
        return "unreachable";
    case ErrorKind::network:
        return "network";
    case ErrorKind::bad_answer:
        return "bad_answer";
    case ErrorKind::not_kept:
        return "not_kept";
    case ErrorKind::refused:
        return "refused";
    case ErrorKind::interrupted:
        return "interrupted";
    }
    return "";
}

} // namespace

std::string_view type_of(model::EntityKind kind) {
    switch (kind) {
    case EntityKind::base:
        return "base_connection";
    case EntityKind::source:
        return "source_connection";
    case EntityKind::target:
        return "target_connection";
    case EntityKind::flow:
        return "dataflow";
    }
    return "";
}

Object document(std::string_view version) {
    return {{"format_version", "1.0"}, {"penstock_version", version}};
}

Object plan_json(const plan::Plan& plan, std::string_view version) {
    Object result = document(version);
    result["project"] = plan.project;
    result["shard"] = shard_json(plan.shard);
    result["applyable"] = !plan.steps.empty() || !plan.waits.empty();
    result["complete"] = plan.complete();
    result["errored"] = plan.blocked();
    result["refused"] = plan.refused;
    Array changes;
    const auto made = made_by(plan);
    for (const auto& change : plan.changes) {
        changes.push_back(resource_change(change, made));
    }
    result["resource_changes"] = std::move(changes);
    result["steps"] = steps_json(outline(plan));
    result["counts"] = counts_json(count(plan));
    result["forecast"] = forecast_json(plan.forecast);
    result["notes"] = notes_json(plan.notes);
    return result;
}

Value counts_json(const plan::Counts& counts) {
    return Object{{"add", static_cast<std::int64_t>(counts.add)},
                  {"change", static_cast<std::int64_t>(counts.change)},
                  {"destroy", static_cast<std::int64_t>(counts.destroy)}};
}

Value shard_json(const std::optional<model::Shard>& shard) {
    return shard ? Value(Object{{"index", static_cast<std::int64_t>(shard->index)},
                                {"count", static_cast<std::int64_t>(shard->count)}})
                 : Value{};
}

Value notes_json(const std::vector<plan::Note>& notes) {
    Array array;
    for (const auto& note : notes) {
        array.push_back(Object{{"severity", note.severity == Severity::error ? "error" : "warning"},
                               {"code", note.code},
                               {"address", note.address},
                               {"message", note.message},
                               {"hint", text_or_null(note.hint)}});
    }
    return array;
}

Value position_json(const SourcePosition& position) {
    if (position.file.empty()) {
        return {};
    }
    return Object{{"file", position.file},
                  {"line", static_cast<std::int64_t>(position.line)},
                  {"column", static_cast<std::int64_t>(position.column)}};
}

Value audit_json(const model::Audit& audit) {
    return Object{{"created_by", text_or_null(audit.created_by)},
                  {"created_at", time_or_null(audit.created_at)},
                  {"updated_by", text_or_null(audit.updated_by)},
                  {"updated_client", text_or_null(audit.updated_client)},
                  {"updated_at", time_or_null(audit.updated_at)}};
}

Value error_json(const Error& error) {
    Value exchange;
    if (error.exchange) {
        exchange = Object{{"method", error.exchange->method},
                          {"path", error.exchange->path},
                          {"status", error.exchange->status},
                          {"code", text_or_null(error.exchange->code)},
                          {"request_id", text_or_null(error.exchange->request_id)}};
    }
    return Object{{"kind", word(error.kind)},
                  {"message", error.message},
                  {"hint", text_or_null(error.hint)},
                  {"exchange", std::move(exchange)}};
}

std::string_view cause_word(plan::Cause cause) {
    return cause == plan::Cause::both ? "both" : plan::name(cause);
}

} // namespace penstock::render
