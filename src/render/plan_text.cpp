#include "render/plan_text.hpp"

#include "base/text.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace penstock::render {

namespace {

using model::EntityKind;
using plan::Action;
using plan::Cause;
using plan::EntityChange;

struct ActionWords {
    std::string_view symbol;
    std::string_view verb;
    Ink ink;
};

ActionWords words_of(Action action) {
    switch (action) {
    case Action::create:
        return {"+", "will be created", Ink::add};
    case Action::update:
        return {"~", "will be changed", Ink::change};
    case Action::replace:
        return {"-/+", "will be replaced", Ink::change};
    case Action::remove:
        return {"-", "will be deleted", Ink::remove};
    }
    return {"", "", Ink::faint};
}

class PlanWriter {
  public:
    PlanWriter(const plan::Plan& plan, const Style& style, const std::vector<StepOutline>& steps)
        : plan_(plan), style_(style), steps_(steps), tell_cause_(tells_causes(plan)) {}

    std::string write() {
        for (const bool accounts : {true, false}) {
            std::string_view manifest;
            for (const auto& change : plan_.changes) {
                if (stands_above_exports(change) != accounts) {
                    continue;
                }
                if (manifest != change.key.name) {
                    manifest = change.key.name;
                    text_ += title_line(change);
                }
                add(change);
                if (is_last_of_block(change)) {
                    text_ += '\n';
                }
            }
        }
        if (style_.explain && !steps_.empty()) {
            text_ += steps_text(steps_, plan_, style_) + '\n';
        }
        const auto notes = notes_text(plan_.notes, style_);
        text_ += notes;
        if (!notes.empty()) {
            text_ += '\n';
        }
        text_ += last_line();
        return std::move(text_);
    }

  private:
    bool is_last_of_block(const EntityChange& change) const {
        const auto* next = &change + 1;
        const auto* end = plan_.changes.data() + plan_.changes.size();
        return next == end || next->key.name != change.key.name ||
               stands_above_exports(*next) != stands_above_exports(change);
    }

    /// Accounts, and what exports share without one.
    static bool stands_above_exports(const EntityChange& change) {
        return change.key.kind == EntityKind::base || change.key.name == model::profile_store_name;
    }

    /// The manifest of the change, with its place if there is one.
    std::string title_line(const EntityChange& change) const {
        auto line = painted(manifest_title(change.key), Ink::strong, style_);
        if (change.position.line != 0) {
            line += painted(fmt::format("   ({})", place(change.position)), Ink::faint, style_);
        }
        return line + "\n";
    }

    void add(const EntityChange& change) {
        const auto words = words_of(change.action);
        text_ += fmt::format("  {} {}  {}  {}{}{}\n", painted(words.symbol, words.ink, style_),
                             printable(address(change.key)), title(change.key.kind), words.verb,
                             reason(change), held_back_text(change));
        if (change.action != Action::create && change.id) {
            line(fmt::format("id: {}", printable(*change.id)));
        }
        add_cause(change);
        if (change.action == Action::create && change.after) {
            add_fields(change, content_in_words(change.key, *change.after, style_));
        } else if (change.action != Action::remove) {
            add_fields(change, fields_in_words(change, plan_, style_.names));
        }
        if (!change.sent.empty()) {
            line(fmt::format("credentials: (sensitive value) sent: {}",
                             fmt::join(printed(change.sent), ", ")));
        }
        for (const auto& effect : change.effects) {
            line(fmt::format("{} {}", painted("!", Ink::warn, style_), printable(effect)));
        }
    }

    static std::string reason(const EntityChange& change) {
        return change.reason.empty() ? "" : fmt::format(" ({})", printable(change.reason));
    }

    static std::vector<std::string> printed(const std::vector<std::string>& names) {
        std::vector<std::string> result;
        std::transform(names.begin(), names.end(), std::back_inserter(result),
                       [](const auto& name) { return printable(name); });
        return result;
    }

    void add_cause(const EntityChange& change) {
        const bool changed = change.action == Action::update || change.action == Action::replace;
        if (!tell_cause_ || !changed) {
            return;
        }
        if (change.cause == Cause::git) {
            line(cause_in_words(change.cause));
            return;
        }
        const auto who = who_and_when(change.audit);
        const auto by_whom = who.empty() ? std::string() : " " + who;
        const auto text = change.cause == Cause::unknown
                              ? fmt::format("last changed in the platform{}; whether git changed "
                                            "too is not known",
                                            by_whom)
                              : fmt::format("{}{}", cause_in_words(change.cause), by_whom);
        line(painted(text, Ink::warn, style_));
    }

    void add_fields(const EntityChange& change, const std::vector<FieldWords>& fields) {
        const bool with_symbols = change.action != Action::create;
        for (const auto& field : fields) {
            auto text = field_sentence(field);
            if (with_symbols || field.saying == Saying::label) {
                text = fmt::format("{} {}", symbol(field), text);
            }
            if (field.position.line != 0) {
                text += painted(fmt::format("   ({})", place(field.position)), Ink::faint, style_);
            }
            if (const auto side = side_of_field(change, field.field)) {
                text += painted(fmt::format(" [{}]", side_in_words(*side)),
                                *side == Cause::git ? Ink::faint : Ink::warn, style_);
            }
            line(text);
        }
    }

    std::string symbol(const FieldWords& field) const {
        if (field.before && field.after) {
            return painted("~", Ink::change, style_);
        }
        return field.after ? painted("+", Ink::add, style_) : painted("-", Ink::remove, style_);
    }

    void line(std::string_view text) { text_ += fmt::format("      {}\n", text); }

    std::string last_line() const {
        if (plan_.empty()) {
            if (plan_.blocked()) {
                return "Nothing can be changed before the errors above are solved.\n";
            }
            return fmt::format("No changes. {}\n", matching_text(plan_));
        }
        return (plan_.shard ? shard_text(*plan_.shard) + "\n" : "") +
               (plan_.forecast ? forecast_text(*plan_.forecast) + "\n" : "") +
               counts_text(count(plan_)) + "\n" +
               (plan_.refused ? "Refused: nothing of it is done before the errors above are "
                                "solved.\n"
                              : "");
    }

    const plan::Plan& plan_;
    const Style& style_;
    const std::vector<StepOutline>& steps_;
    bool tell_cause_; ///< some change is not from git, so each says where it is from
    std::string text_;
};

} // namespace

std::string plan_text(const plan::Plan& plan, const Style& style) {
    return plan_text(plan, style, style.explain ? outline(plan) : std::vector<StepOutline>{});
}

std::string plan_text(const plan::Plan& plan, const Style& style,
                      const std::vector<StepOutline>& steps) {
    return PlanWriter(plan, style, steps).write();
}

std::string notes_text(const std::vector<plan::Note>& notes, const Style& style) {
    std::string text;
    for (const auto& note : notes) {
        const bool error = note.severity == Severity::error;
        text += fmt::format(
            "{} {}: {} [{}]\n",
            painted(error ? "Error:" : "Warning:", error ? Ink::remove : Ink::warn, style),
            printable(note.address), printable(note.message), printable(note.code));
        if (!note.hint.empty()) {
            text += fmt::format("  next: {}\n", printable(note.hint));
        }
    }
    return text;
}

std::string counts_text(const plan::Counts& counts) {
    return fmt::format("Plan: {} to add, {} to change, {} to destroy.", counts.add, counts.change,
                       counts.destroy);
}

std::string forecast_text(const plan::Forecast& forecast) {
    return fmt::format("Destinations in this sandbox: {}{} of {} after apply.",
                       forecast.at_least ? "at least " : "", forecast.after, forecast.limit);
}

std::string_view what_happens(plan::Action action) {
    return words_of(action).verb;
}

std::string field_sentence(const FieldWords& field) {
    if (field.saying == Saying::label) {
        return field.label;
    }
    if (field.before && field.after) {
        return fmt::format("{}: {} {} {}", field.label, *field.before,
                           field.saying == Saying::phrase ? "becomes" : "->", *field.after);
    }
    if (field.saying == Saying::column) {
        return field.after ? fmt::format("{}: added, {}", field.label, *field.after)
                           : fmt::format("{}: removed", field.label);
    }
    if (field.saying == Saying::segment) {
        return field.after ? fmt::format("{} starts exporting: {}", field.label, *field.after)
                           : fmt::format("{} stops exporting", field.label);
    }
    return fmt::format("{}: {}", field.label, field.after ? *field.after : *field.before);
}

std::string held_back_text(const plan::EntityChange& change) {
    return change.waits_for ? ", waits for shard " + name(*change.waits_for) : "";
}

std::string shard_text(const model::Shard& shard) {
    return fmt::format("Shard {}: the rest of the project belongs to other shards.", name(shard));
}

std::string matching_text(const plan::Plan& plan) {
    std::size_t exports = 0;
    std::size_t accounts = 0;
    for (const auto& [key, id] : plan.bound) {
        const bool account = key.kind == EntityKind::base && key.name != model::profile_store_name;
        exports += key.kind == EntityKind::flow ? 1 : 0;
        accounts += account ? 1 : 0;
    }
    if (plan.shard && exports + accounts == 0) {
        return fmt::format("There is nothing to do in shard {}.", name(*plan.shard));
    }
    return fmt::format("{} and {}{} match the sandbox.", counted(exports, "export"),
                       counted(accounts, "account"),
                       plan.shard ? " of shard " + name(*plan.shard) : "");
}

std::string manifest_title(const model::EntityKey& key) {
    if (key.name == model::profile_store_name) {
        return "Profile Store, shared by exports";
    }
    return fmt::format("{} {}", key.kind == EntityKind::base ? "account" : "export",
                       printable(key.name));
}

} // namespace penstock::render
