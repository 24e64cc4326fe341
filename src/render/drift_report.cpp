#include "render/drift.hpp"

#include "base/text.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;
using model::EntityKind;
using plan::Action;
using plan::Cause;

std::string what_happened(const plan::EntityChange& change) {
    if (change.action == Action::create) {
        return "is gone from the platform";
    }
    switch (change.cause) {
    case Cause::git:
    case Cause::drift:
        return "changed in the platform";
    case Cause::both:
        return "changed in the platform, and in git";
    case Cause::unknown:
        return "differs; whether git or the platform changed is not known";
    }
    return "";
}

/// True for a part of an export of which one side knows nothing.
bool comes_or_goes(const FieldWords& field) {
    return (field.saying == Saying::column || field.saying == Saying::segment) &&
           !(field.before && field.after);
}

std::string field_text(const FieldWords& field, const Style& style) {
    // The plan leads from the platform to git; a report on drift looks the other way.
    const auto& expected = field.after;
    const auto& found = field.before;
    std::string text;
    if (field.saying == Saying::label) {
        text = field.label + (found ? ": added" : ": removed");
    } else if (comes_or_goes(field)) {
        text = field.label + (found ? ": added, " + *found : ": removed");
    } else {
        text = fmt::format("{}: {} -> {}", field.label, expected.value_or("(not set)"),
                           found.value_or("(not set)"));
    }
    if (field.position.line != 0) {
        text += painted(fmt::format("   ({})", place(field.position)), Ink::faint, style);
    }
    return text;
}

std::string finding_text(const plan::EntityChange& change, const plan::Plan& plan,
                         const Style& style) {
    std::string text =
        fmt::format("  {} {}  {}  {}\n", painted("!", Ink::warn, style),
                    printable(address(change.key)), title(change.key.kind), what_happened(change));
    if (change.id) {
        text += fmt::format("      id: {}\n", printable(*change.id));
    }
    if (const auto who = who_and_when(change.audit); !who.empty()) {
        text += fmt::format("      last change {}\n", who);
    }
    if (change.action != Action::create) {
        for (const auto& field : fields_in_words(change, plan, style.names)) {
            if (!field.follows) {
                text += fmt::format("      {}\n", field_text(field, style));
            }
        }
    }
    return text;
}

Value fields_json(const plan::EntityChange& change, const plan::Plan& plan) {
    Array array;
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        const auto& field = change.fields[i];
        if (follows_replacement(change, field.pointer, plan)) {
            continue;
        }
        array.push_back(
            Object{{"path", field.pointer},
                   {"expected", field.after.value_or(Value{})},
                   {"found", field.before.value_or(Value{})},
                   {"position",
                    i < change.positions.size() ? position_json(change.positions[i]) : Value{}}});
    }
    return array;
}

} // namespace

Drift find_drift(const plan::Plan& plan) {
    Drift drift;
    for (const auto& change : plan.changes) {
        if (change.cause == Cause::git) {
            ++drift.waiting;
        } else {
            drift.findings.push_back(&change);
        }
    }
    for (const auto& note : plan.notes) {
        if (note.code == "marker-lost") {
            drift.lost.push_back(&note);
        }
    }
    return drift;
}

std::string drift_text(const plan::Plan& plan, const Style& style) {
    const auto drift = find_drift(plan);
    std::string text;
    std::string manifest;
    for (const auto* change : drift.findings) {
        const auto heading = manifest_title(change->key);
        if (manifest != heading) {
            text += fmt::format("{}{}\n", text.empty() ? "" : "\n",
                                painted(heading, Ink::strong, style));
            manifest = heading;
        }
        text += finding_text(*change, plan, style);
    }
    text += text.empty() ? "" : "\n";
    const auto notes = notes_text(plan.notes, style);
    text += notes.empty() ? "" : notes + "\n";
    if (drift.found()) {
        const auto count = drift.findings.size() + drift.lost.size();
        text += fmt::format("Drift: {} {} from git.\n", counted(count, "entity", "entities"),
                            count == 1 ? "differs" : "differ");
    } else if (plan.blocked()) {
        text += "Drift cannot be told before the errors above are solved.\n";
    } else {
        text += "No drift.";
        text += drift.waiting == 0 ? " " + matching_text(plan) + "\n" : "\n";
    }
    if (drift.waiting != 0) {
        text += fmt::format("{} {} in git; {} not drift.\n", counted(drift.waiting, "change"),
                            drift.waiting == 1 ? "waits" : "wait",
                            drift.waiting == 1 ? "it is" : "they are");
    }
    return text;
}

Object drift_json(const plan::Plan& plan, std::string_view version) {
    const auto drift = find_drift(plan);
    Object result = document(version);
    result["project"] = plan.project;
    result["drift"] = drift.found();
    Array findings;
    for (const auto* change : drift.findings) {
        findings.push_back(
            Object{{"address", address(change->key)},
                   {"type", type_of(change->key.kind)},
                   {"id", change->id ? Value(*change->id) : Value{}},
                   {"finding", change->action == Action::create ? "missing" : "changed"},
                   {"cause", cause_word(change->cause)},
                   {"audit", change->id ? audit_json(change->audit) : Value{}},
                   {"fields", change->action == Action::create ? Value(Array{})
                                                               : fields_json(*change, plan)}});
    }
    result["findings"] = std::move(findings);
    result["waiting_in_git"] = static_cast<std::int64_t>(drift.waiting);
    result["notes"] = notes_json(plan.notes);
    return result;
}

} // namespace penstock::render
