#include "render/steps.hpp"

#include "base/text.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;
using plan::Action;
using plan::EntityChange;
using plan::Need;

constexpr std::array deeds{
    std::pair{Deed::create, "create"}, std::pair{Deed::fill, "fill"},
    std::pair{Deed::map, "map"},       std::pair{Deed::update, "update"},
    std::pair{Deed::enable, "enable"}, std::pair{Deed::disable, "disable"},
    std::pair{Deed::remove, "delete"},
};

struct NeedWords {
    Need need;
    const char* word;
    const char* one;  ///< sentence on one other step, with its address
    const char* many; ///< on several
};

constexpr std::array needs{
    NeedWords{Need::id, "id", "its request holds the id of {}", "its request holds their ids"},
    NeedWords{Need::exists, "exists", "it goes on with the same dataflow",
              "it goes on with the same dataflow"},
    NeedWords{Need::mapping, "mapping", "it names the mapping set", "it names the mapping sets"},
    NeedWords{Need::mapping_accepted, "mapping_accepted",
              "the service may refuse the mapping, and nothing else of the export is made then",
              "the service may refuse the mappings, and nothing else of the export is made then"},
    NeedWords{Need::target, "target", "place and format of the files change before the dataflow",
              "places and formats of the files change before the dataflow"},
    NeedWords{Need::user_gone, "user_gone", "{} uses it", "they use it"},
    NeedWords{Need::relinked, "relinked", "{} uses another one then", "they use another one then"},
    NeedWords{Need::successor, "successor", "the new dataflow stands before the old one goes",
              "the new dataflows stand before the old one goes"},
    NeedWords{Need::earlier_gone, "earlier_gone", "of several old dataflows the oldest goes first",
              "of several old dataflows the oldest goes first"},
};

std::string_view word(Deed deed) {
    return std::find_if(deeds.begin(), deeds.end(),
                        [&](const auto& item) { return item.first == deed; })
        ->second;
}

const NeedWords& words_of(Need need) {
    return *std::find_if(needs.begin(), needs.end(),
                         [&](const auto& item) { return item.need == need; });
}

StepOutline outline(const plan::Step& step) {
    StepOutline result{Deed::create, step.key, "", step.after};
    if (std::holds_alternative<plan::CompleteEntity>(step.operation)) {
        result.deed = Deed::fill;
    } else if (std::holds_alternative<plan::WriteMapping>(step.operation)) {
        result.deed = Deed::map;
    } else if (const auto* update = std::get_if<plan::UpdateEntity>(&step.operation)) {
        result.deed = Deed::update;
        result.id = update->id;
    } else if (const auto* set = std::get_if<plan::SetEnabled>(&step.operation)) {
        result.deed = set->enabled ? Deed::enable : Deed::disable;
    } else if (const auto* removal = std::get_if<plan::DeleteEntity>(&step.operation)) {
        result.deed = Deed::remove;
        result.id = removal->id;
    }
    return result;
}

class Teller {
  public:
    Teller(const std::vector<StepOutline>& steps, const plan::Plan& plan, const Style& style)
        : steps_(steps), plan_(plan), style_(style) {
        for (const auto& change : plan.changes) {
            if (change.action != Action::remove) {
                by_key_[change.key] = &change;
            }
            if (change.id && change.action != Action::update) {
                by_id_[*change.id] = &change;
            }
        }
    }

    std::string tell() const {
        std::string text =
            painted("Steps, in an order in which they can be done:", Ink::strong, style_) + "\n";
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const auto& step = steps_[i];
            text +=
                fmt::format("{:4}  {} {}\n", i + 1, word(step.deed), printable(address(step.key)));
            if (const auto reason = why(step); !reason.empty()) {
                text += fmt::format("        why: {}\n", reason);
            }
            for (const auto& line : waits(step)) {
                text += fmt::format("        {}\n", line);
            }
        }
        return text;
    }

  private:
    static constexpr const char* follows = "what it uses is made anew";

    std::string why(const StepOutline& step) const {
        const auto* change = change_of(step);
        if (change == nullptr) {
            return {};
        }
        const bool is_new = change->action != Action::update;
        switch (step.deed) {
        case Deed::create:
            return why_new(*change);
        case Deed::update:
            return why_changed(*change);
        case Deed::fill:
            // Reference, section 3.8: made with a skeleton, filled by a PATCH.
            return "a new dataflow of segments is made empty, and gets all that it exports at once";
        case Deed::map:
            return is_new ? "columns are kept in a mapping set"
                          : "other columns make a new version of the mapping set";
        case Deed::enable:
        case Deed::disable:
            return is_new ? "a new dataflow is always enabled, and the manifest wants it disabled"
                          : "to switch a dataflow on or off takes a request of its own";
        case Deed::remove:
            return why_gone(*change);
        }
        return {};
    }

    const EntityChange* change_of(const StepOutline& step) const {
        if (step.deed == Deed::remove) {
            const auto found = by_id_.find(step.id);
            return found == by_id_.end() ? nullptr : found->second;
        }
        const auto found = by_key_.find(step.key);
        return found == by_key_.end() ? nullptr : found->second;
    }

    std::string why_new(const EntityChange& change) const {
        if (change.action == Action::replace) {
            if (only_follows(change)) {
                return follows;
            }
            const auto fields = names_of_fields(change);
            return printable(change.reason) + (fields.empty() ? "" : ": " + fields);
        }
        if (!change.reason.empty()) {
            return printable(change.reason);
        }
        return "new in git" + (change.position.line == 0 ? "" : ", " + place(change.position));
    }

    static std::string why_gone(const EntityChange& change) {
        if (change.action == Action::replace) {
            return "a new one has taken its place";
        }
        // A plan of changes has a reason for each deletion, and a destroy is one for all of its
        // own.
        return change.reason.empty() ? "destroy takes away what is chosen"
                                     : printable(change.reason);
    }

    std::string why_changed(const EntityChange& change) const {
        if (only_follows(change)) {
            return follows;
        }
        std::string text;
        if (!change.fields.empty()) {
            const auto who = who_and_when(change.audit);
            const auto by_whom = who.empty() ? std::string() : " " + who;
            text = change.cause == plan::Cause::unknown ? "not as git has it"
                                                        : cause_in_words(change.cause);
            text += change.cause == plan::Cause::drift || change.cause == plan::Cause::both
                        ? by_whom
                        : "";
            text += ": " + names_of_fields(change);
        }
        if (!change.sent.empty()) {
            text += text.empty() ? "the credentials changed" : "; credentials are sent along";
        }
        return text;
    }

    bool only_follows(const EntityChange& change) const {
        const auto fields = fields_in_words(change, plan_, style_.names);
        return !change.fields.empty() &&
               std::all_of(fields.begin(), fields.end(),
                           [](const auto& field) { return field.follows; });
    }

    std::string names_of_fields(const EntityChange& change) const {
        constexpr std::size_t most = 6;
        std::vector<std::string> names;
        for (const auto& field : fields_in_words(change, plan_, style_.names)) {
            if (!field.follows &&
                std::find(names.begin(), names.end(), field.label) == names.end()) {
                names.push_back(field.label);
            }
        }
        if (names.size() > most) {
            const auto others = names.size() - most + 1;
            names.resize(most - 1);
            names.push_back(fmt::format("{} more", others));
        }
        return enumerate(names);
    }

    /// One line for each reason to wait.
    std::vector<std::string> waits(const StepOutline& step) const {
        std::vector<std::string> lines;
        for (const auto& words : needs) {
            std::vector<std::string> numbers;
            std::string other;
            for (const auto& before : step.after) {
                if (before.need == words.need && before.step < steps_.size()) {
                    numbers.push_back(std::to_string(before.step + 1));
                    other = printable(address(steps_[before.step].key));
                }
            }
            if (numbers.size() == 1) {
                lines.push_back(fmt::format("after {}: {}", numbers.front(),
                                            fmt::format(fmt::runtime(words.one), other)));
            } else if (!numbers.empty()) {
                lines.push_back(fmt::format("after {}: {}", enumerate(numbers), words.many));
            }
        }
        return lines;
    }

    const std::vector<StepOutline>& steps_;
    const plan::Plan& plan_;
    const Style& style_;
    std::map<model::EntityKey, const EntityChange*> by_key_;
    std::map<std::string, const EntityChange*, std::less<>> by_id_;
};

} // namespace

std::vector<StepOutline> outline(const plan::Plan& plan) {
    std::vector<StepOutline> steps;
    steps.reserve(plan.steps.size());
    for (const auto& step : plan.steps) {
        steps.push_back(outline(step));
    }
    return steps;
}

Value steps_json(const std::vector<StepOutline>& steps) {
    Array array;
    for (const auto& step : steps) {
        Array after;
        for (const auto& before : step.after) {
            after.push_back(Object{{"step", static_cast<std::int64_t>(before.step + 1)},
                                   {"need", words_of(before.need).word}});
        }
        array.push_back(Object{{"step", static_cast<std::int64_t>(array.size() + 1)},
                               {"operation", word(step.deed)},
                               {"address", address(step.key)},
                               {"id", step.id.empty() ? Value{} : Value(step.id)},
                               {"after", std::move(after)}});
    }
    return array;
}

std::vector<StepOutline> read_steps(const Value& document) {
    std::vector<StepOutline> steps;
    for (const auto& item : document.as_array()) {
        const auto deed = std::find_if(deeds.begin(), deeds.end(), [&](const auto& known) {
            return item["operation"] == Value(known.second);
        });
        const auto key = model::parse_address(item["address"].as_string());
        if (deed == deeds.end() || !key) {
            return {}; // numbers of later steps would be wrong
        }
        StepOutline step{deed->first, *key, item["id"].as_string(), {}};
        for (const auto& before : item["after"].as_array()) {
            const auto need = std::find_if(needs.begin(), needs.end(), [&](const auto& known) {
                return before["need"] == Value(known.word);
            });
            const auto number = before["step"].as_integer();
            if (need != needs.end() && number > 0 &&
                static_cast<std::size_t>(number) <= steps.size()) {
                step.after.push_back({static_cast<std::size_t>(number) - 1, need->need});
            }
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

std::string steps_text(const std::vector<StepOutline>& steps, const plan::Plan& plan,
                       const Style& style) {
    return steps.empty() ? "" : Teller(steps, plan, style).tell();
}

} // namespace penstock::render
