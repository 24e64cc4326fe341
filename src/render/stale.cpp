#include "render/stale.hpp"

#include "base/text.hpp"
#include "render/plan_json.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;
using plan::Staleness;

/// Who made an entity, in the words of who changed one.
model::Audit maker(const model::Audit& audit) {
    model::Audit made;
    made.updated_by = audit.created_by;
    made.updated_client = audit.created_client;
    made.updated_at = audit.created_at;
    return made;
}

std::string with(std::string sentence, const std::string& who) {
    return who.empty() ? sentence : sentence + ", " + who;
}

std::string fields_text(const plan::Stale& stale, const Style& style) {
    plan::EntityChange change;
    change.key = stale.key;
    change.action = plan::Action::update;
    change.before = stale.before;
    change.after = stale.now;
    change.fields = stale.fields;
    std::string text;
    for (const auto& field : fields_in_words(change, {}, style.names)) {
        if (field.saying == Saying::label) {
            text += fmt::format("    {}: {}\n", field.label, field.after ? "added" : "removed");
        } else {
            text +=
                fmt::format("    {}: {} -> {}\n", field.label, field.before.value_or("(not set)"),
                            field.after.value_or("(not set)"));
        }
    }
    return text;
}

} // namespace

std::string stale_text(const std::vector<plan::Stale>& stale, const Style& style) {
    std::string text;
    for (const auto& item : stale) {
        text += fmt::format("  {} ({}) {}\n", printable(address(item.key)), title(item.key.kind),
                            stale_clause(item));
        if (!item.id.empty()) {
            text += fmt::format("    id: {}\n", printable(item.id));
        }
        if (!item.fields.empty()) {
            text += fields_text(item, style);
        }
    }
    return text.empty() ? "" : "\nThe plan is stale here, so these were left alone:\n" + text;
}

std::string stale_clause(const plan::Stale& stale) {
    switch (stale.why) {
    case Staleness::changed:
        return with("was changed after the plan was made", who_and_when(stale.audit));
    case Staleness::gone:
        return "was deleted after the plan was made";
    case Staleness::appeared:
        return with("was made after the plan", who_and_when(maker(stale.audit)));
    case Staleness::differs:
        return "needs something else than the plan says";
    case Staleness::needs:
        return fmt::format("needs {}, which is left alone", printable(stale.needed));
    }
    return "";
}

Value stale_json(const std::vector<plan::Stale>& stale) {
    Array array;
    for (const auto& item : stale) {
        Array fields;
        for (const auto& field : item.fields) {
            fields.push_back(Object{{"path", field.pointer},
                                    {"before", field.before.value_or(Value{})},
                                    {"now", field.after.value_or(Value{})}});
        }
        array.push_back(Object{{"address", address(item.key)},
                               {"type", type_of(item.key.kind)},
                               {"id", item.id.empty() ? Value{} : Value(item.id)},
                               {"reason", plan::name(item.why)},
                               {"needs", item.needed.empty() ? Value{} : Value(item.needed)},
                               {"fields", std::move(fields)},
                               {"audit", audit_json(item.audit)}});
    }
    return array;
}

} // namespace penstock::render
