#include "render/words.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "render/fields.hpp"
#include "render/schedule_words.hpp"
#include "render/segment_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace penstock::render {

namespace {

using json::Value;
using model::EntityKind;

/// The steps of a pointer joined by dots, without the blocks that manifests do not have.
std::string plain_label(const std::vector<std::string>& steps) {
    std::size_t first = 0;
    if (steps.size() > 1 && steps[0] == "params") {
        first = 1;
    } else if (steps.size() > 2 && steps[0] == "auth" && steps[1] == "params") {
        first = 2;
    }
    std::string label;
    for (std::size_t i = first; i < steps.size(); ++i) {
        label += (label.empty() ? "" : ".") + printable(steps[i]);
    }
    return label;
}

/// Nothing but such characters would be overlooked, or pass for a part of the sentence around it.
bool is_ascii_symbol(char c) {
    return static_cast<unsigned char>(c) < 0x80 && !(c >= '0' && c <= '9') &&
           !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z');
}

std::string dataset_label(const std::string& id, const Value& name) {
    const auto& text = name.as_string();
    return text.empty() ? fmt::format("dataset {}", printable(id))
                        : fmt::format("dataset {} ({})", printable(text), printable(id));
}

std::string account_in_words(const Value& reference) {
    const auto& address = reference["entity"].as_string();
    if (!address.empty()) {
        return printable(address.substr(0, address.rfind('.')));
    }
    return fmt::format("base connection {}", printable(reference["id"].as_string()));
}

/// The algorithm, from the whole of `encryption` or from its member.
std::string encryption_in_words(const Value& value) {
    const bool algorithm_alone =
        value.as_object().size() == 1 && value["encryptionAlgo"].is_string();
    return value_in_words(algorithm_alone ? value["encryptionAlgo"] : value);
}

/// Turns the field changes of one entity into words, one after the other. Some fields are said
/// together: the parts of a frequency, and the halves of a reference.
class FieldWriter {
  public:
    FieldWriter(const plan::EntityChange& change, const plan::Plan& plan, const KnownNames& names)
        : change_(change), plan_(plan), names_(names), segment_fields_(change) {}

    std::vector<FieldWords> write() {
        for (std::size_t i = 0; i < change_.fields.size(); ++i) {
            const auto& field = change_.fields[i];
            position_ = i < change_.positions.size() ? change_.positions[i] : SourcePosition{};
            const auto steps = json::steps(field.pointer);
            const auto first = words_.size();
            if ((steps.size() == 1 && is_collection(steps.front())) || is_group(field, steps)) {
                add_members(field);
            } else if (!steps.empty()) {
                add(field, steps);
            }
            for (auto word = first; word < words_.size(); ++word) {
                words_[word].field = field_of(change_.key.kind, field.pointer);
            }
        }
        return std::move(words_);
    }

  private:
    /// A target's parameter that is an object, such as csvOptions, when it comes or goes.
    static bool is_group(const diff::FieldChange& field, const std::vector<std::string>& steps) {
        const auto& value = field.after ? field.after : field.before;
        return steps.size() == 2 && steps[0] == "params" && value && value->is_object() &&
               (!field.before || !field.after);
    }

    /// Members that have words for each of their own members and none for the whole.
    static bool is_collection(std::string_view name) {
        return name == "datasets" || name == "schedule" || name == "segments" ||
               name == "mapping" || name == "attributes";
    }

    /// A collection that comes or goes as a whole, when an export becomes one of another kind.
    void add_members(const diff::FieldChange& collection) {
        const Value nothing = json::Object{};
        for (auto& member : diff::compare(collection.before.value_or(nothing),
                                          collection.after.value_or(nothing))) {
            member.pointer.insert(0, collection.pointer);
            add(member, json::steps(member.pointer));
        }
    }

    void add(const diff::FieldChange& field, const std::vector<std::string>& steps) {
        const auto& first = steps.front();
        const auto kind = change_.key.kind;
        if (kind == EntityKind::source && first == "datasets" && steps.size() == 2) {
            add_dataset(field, steps[1]);
        } else if (kind == EntityKind::flow && first == "schedule" && steps.size() == 2) {
            add_schedule(field, steps[1]);
        } else if (kind == EntityKind::flow && (first == "source" || first == "target")) {
            add_link(first, first == "source" ? "source connection" : "target connection");
        } else if (kind == EntityKind::flow && SegmentFields::covers(first)) {
            if (auto words = segment_fields_.write(field, steps)) {
                words->position = position_;
                words_.push_back(std::move(*words));
            }
        } else if (kind == EntityKind::target && first == "base") {
            add_account();
        } else if (kind == EntityKind::source && first == "base") {
            add_link(first, "base connection");
        } else if (kind == EntityKind::base && first == "encryption") {
            push(steps.size() == 1 || steps[1] == "encryptionAlgo" ? "encryption"
                                                                   : plain_label(steps),
                 encryption(field.before), encryption(field.after));
        } else if (first == "connectionSpec" || first == "flowSpec") {
            push(spec_label(first), named(field.before), named(field.after));
        } else {
            push(first == "auth" && steps.size() == 2 && steps[1] == "specName"
                     ? "auth"
                     : plain_label(steps),
                 is_hidden(field) ? std::optional<std::string>("(sensitive value)")
                                  : text(field.before),
                 text(field.after));
        }
    }

    bool is_hidden(const diff::FieldChange& field) const {
        const auto& hidden = change_.hidden;
        return std::find(hidden.begin(), hidden.end(), field.pointer) != hidden.end();
    }

    const char* spec_label(std::string_view member) const {
        if (member == "flowSpec") {
            return "flow spec";
        }
        return change_.key.kind == EntityKind::source ? "reads from" : "destination";
    }

    void add_dataset(const diff::FieldChange& field, const std::string& id) {
        FieldWords words;
        words.position = position_;
        if (field.before && field.after) {
            words.label = fmt::format("dataset {}, name", printable(id));
            words.before = text(field.before);
            words.after = text(field.after);
        } else {
            words.label = dataset_label(id, field.after ? *field.after : *field.before);
            words.saying = Saying::label;
            (field.after ? words.after : words.before) = "";
        }
        words_.push_back(std::move(words));
    }

    void add_schedule(const diff::FieldChange& field, const std::string& name) {
        if (is_part_of_frequency(name)) {
            if (said_.insert("frequency").second) {
                push("frequency", frequency_in_words((*change_.before)["schedule"]),
                     frequency_in_words((*change_.after)["schedule"]));
            }
            return;
        }
        const auto words = [&](const std::optional<Value>& value) -> std::optional<std::string> {
            return value ? std::optional(schedule_value_in_words(name, *value)) : std::nullopt;
        };
        push(printable(name), words(field.before), words(field.after));
    }

    void add_link(const std::string& member, const char* title) {
        if (!said_.insert(member).second) {
            return;
        }
        if (follows_replacement(change_, "/" + member, plan_)) {
            if (change_.action == plan::Action::replace) {
                return; // a new dataflow is not relinked
            }
            words_.push_back(
                {fmt::format("{}: relinked to the new one", title), "", "", Saying::label});
            words_.back().follows = true;
            return;
        }
        const Value nothing;
        const auto reference = [&](const std::optional<Value>& content) -> std::string {
            const auto& value = content ? (*content)[member] : nothing;
            const auto& entity = value["entity"].as_string();
            if (!entity.empty()) {
                return entity.starts_with(change_.key.name + ".") ? "the one of this export"
                                                                  : printable(entity);
            }
            const auto& id = value["id"].as_string();
            return id.empty() ? value_in_words(value) : printable(id);
        };
        push(title, reference(change_.before), reference(change_.after));
    }

    void add_account() {
        if (said_.insert("base").second) {
            push("account", account_in_words((*change_.before)["base"]),
                 account_in_words((*change_.after)["base"]));
        }
    }

    void push(std::string label, std::optional<std::string> before,
              std::optional<std::string> after) {
        words_.push_back(
            {std::move(label), std::move(before), std::move(after), Saying::value, position_});
    }

    static std::optional<std::string> text(const std::optional<Value>& value) {
        return value ? std::optional(value_in_words(*value)) : std::nullopt;
    }

    static std::optional<std::string> encryption(const std::optional<Value>& value) {
        return value ? std::optional(encryption_in_words(*value)) : std::nullopt;
    }

    std::optional<std::string> named(const std::optional<Value>& value) const {
        if (!value) {
            return std::nullopt;
        }
        const auto found = names_.find(value->as_string());
        return found != names_.end() ? found->second : value_in_words(*value);
    }

    const plan::EntityChange& change_;
    const plan::Plan& plan_;
    const KnownNames& names_;
    SegmentFields segment_fields_;
    std::vector<FieldWords> words_;
    std::set<std::string> said_;
    SourcePosition position_;
};

class ContentWriter {
  public:
    ContentWriter(const model::Content& content, const Style& style)
        : content_(content), style_(style) {}

    std::vector<FieldWords> write(EntityKind kind) {
        switch (kind) {
        case EntityKind::base:
            add("destination", destination());
            add_if("auth", content_["auth"]["specName"]);
            add_members(content_["auth"]["params"]);
            if (const auto& encryption = content_["encryption"]; !encryption.is_null()) {
                add("encryption", encryption_in_words(encryption));
            }
            break;
        case EntityKind::source:
            for (const auto& [id, name] : content_["datasets"].as_object()) {
                words_.push_back({dataset_label(id, name), std::nullopt, "", Saying::label});
            }
            break;
        case EntityKind::target:
            add("account", account_in_words(content_["base"]));
            add_members(content_["params"]);
            break;
        case EntityKind::flow:
            add_flow();
            break;
        }
        add_if("description", content_["description"]);
        return std::move(words_);
    }

  private:
    std::string destination() const {
        const auto& id = content_["connectionSpec"].as_string();
        const auto found = style_.names.find(id);
        return found != style_.names.end() ? found->second : printable(id);
    }

    void add_flow() {
        const auto& schedule = content_["schedule"];
        if (schedule.is_object()) {
            add("frequency", frequency_in_words(schedule));
            for (const auto& [name, value] : schedule.as_object()) {
                if (!is_part_of_frequency(name)) {
                    add(printable(name), schedule_value_in_words(name, value));
                }
            }
        }
        if (model::carries_segments(content_)) {
            const auto words = segment_content_in_words(content_);
            words_.insert(words_.end(), words.begin(), words.end());
        }
        if (content_["enabled"].is_bool() && !content_["enabled"].as_bool()) {
            add("enabled", "false");
        }
    }

    void add_members(const Value& object, const std::string& prefix = "") {
        for (const auto& [name, value] : object.as_object()) {
            if (value.is_object()) {
                add_members(value, prefix + printable(name) + ".");
            } else if (!style_.constants.contains(name)) {
                add(prefix + printable(name), value_in_words(value));
            }
        }
    }

    void add_if(const char* label, const Value& value) {
        if (!value.is_null()) {
            add(label, value_in_words(value));
        }
    }

    void add(std::string label, std::string value) {
        words_.push_back({std::move(label), std::nullopt, std::move(value)});
    }

    const model::Content& content_;
    const Style& style_;
    std::vector<FieldWords> words_;
};

} // namespace

std::vector<FieldWords> fields_in_words(const plan::EntityChange& change, const plan::Plan& plan,
                                        const KnownNames& names) {
    return FieldWriter(change, plan, names).write();
}

bool follows_replacement(const plan::EntityChange& change, std::string_view pointer,
                         const plan::Plan& plan) {
    const auto steps = json::steps(pointer);
    if (change.key.kind != EntityKind::flow || !change.before || steps.empty()) {
        return false;
    }
    const auto kind = model::parse_entity_kind(steps.front());
    const auto& id = (*change.before)[steps.front()]["id"].as_string();
    return kind && !id.empty() &&
           std::any_of(plan.changes.begin(), plan.changes.end(), [&](const auto& other) {
               return other.action == plan::Action::replace && other.key.kind == *kind &&
                      other.key.name == change.key.name && other.id == id;
           });
}

plan::Cause cause_of_field(const plan::EntityChange& change, std::string_view field) {
    std::optional<plan::Cause> cause;
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        if (field_of(change.key.kind, change.fields[i].pointer) == field) {
            const auto of_part = plan::cause_of_field(change, i);
            cause = !cause || *cause == of_part ? of_part : plan::Cause::both;
        }
    }
    return cause.value_or(change.cause);
}

bool tells_causes(const plan::Plan& plan) {
    return std::any_of(plan.changes.begin(), plan.changes.end(),
                       [](const auto& change) { return change.cause != plan::Cause::git; });
}

std::string_view cause_in_words(plan::Cause cause) {
    switch (cause) {
    case plan::Cause::git:
        return "changed in git";
    case plan::Cause::drift:
        return "changed in the platform";
    case plan::Cause::both:
        return "changed in git, and in the platform";
    case plan::Cause::unknown:
        return "whether git or the platform changed is not known";
    }
    return "";
}

std::optional<plan::Cause> side_of_field(const plan::EntityChange& change, std::string_view field) {
    if (change.field_causes.empty()) {
        return std::nullopt;
    }
    const auto cause = cause_of_field(change, field);
    return cause == plan::Cause::git || cause == plan::Cause::drift ? std::optional(cause)
                                                                    : std::nullopt;
}

std::string_view side_in_words(plan::Cause side) {
    return side == plan::Cause::git ? "in git" : "in the platform";
}

std::vector<FieldWords> content_in_words(const model::EntityKey& key, const model::Content& content,
                                         const Style& style) {
    return ContentWriter(content, style).write(key.kind);
}

std::string value_in_words(const Value& value) {
    if (value.is_string()) {
        const auto& text = value.as_string();
        const bool plain = !std::all_of(text.begin(), text.end(), is_ascii_symbol) &&
                           text.front() != ' ' && text.back() != ' ';
        return plain ? printable(text) : printable(json::write(value));
    }
    return printable(json::write(value));
}

std::string place(const SourcePosition& position) {
    if (position.file.empty()) {
        return {};
    }
    return position.line == 0 ? printable(position.file)
                              : fmt::format("{}:{}", printable(position.file), position.line);
}

std::string time_in_words(std::int64_t epoch_milliseconds) {
    return format_iso8601(epoch_milliseconds / 1000);
}

std::string who_and_when(const model::Audit& audit) {
    std::string text;
    if (!audit.updated_by.empty()) {
        text += fmt::format("by {}", printable(audit.updated_by));
    }
    if (!audit.updated_client.empty()) {
        text +=
            fmt::format("{}through {}", text.empty() ? "" : " ", printable(audit.updated_client));
    }
    if (audit.updated_at != 0) {
        text += fmt::format("{}at {}", text.empty() ? "" : " ", time_in_words(audit.updated_at));
    }
    return text;
}

} // namespace penstock::render
