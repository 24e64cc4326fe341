#include "manifest/structure.hpp"

#include "base/text.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <regex>
#include <unordered_map>

namespace penstock::manifest {

namespace {

std::string_view type_of(const Node& node) {
    if (node.is_mapping) {
        return "object";
    }
    if (node.is_sequence) {
        return "array";
    }
    if (node.scalar.is_bool()) {
        return "boolean";
    }
    if (node.scalar.is_integer()) {
        return "integer";
    }
    return node.scalar.is_number() ? "number" : "string";
}

std::vector<std::string> strings_of(const json::Value& value) {
    std::vector<std::string> strings;
    for (const auto& element : value.as_array()) {
        strings.push_back(element.as_string());
    }
    return strings;
}

std::vector<std::string> names_of(const json::Value& properties) {
    std::vector<std::string> names;
    for (const auto& member : properties.as_object()) {
        names.push_back(member.first);
    }
    return names;
}

bool has_string(const json::Value& list, std::string_view text) {
    const auto& elements = list.as_array();
    return std::any_of(elements.begin(), elements.end(),
                       [&](const auto& element) { return element.as_string() == text; });
}

/// True if the schema says nothing of types or allows this one.
bool takes_type(const json::Value& schema, std::string_view type) {
    const auto& types = schema["type"];
    return types.is_null() ||
           (types.is_string() ? types.as_string() == type : has_string(types, type));
}

std::vector<std::string> types_of(const json::Value& schema) {
    const auto& type = schema["type"];
    return type.is_string() ? std::vector<std::string>{type.as_string()} : strings_of(type);
}

class Walk {
  public:
    Walk(const json::Value& root, std::string_view opaque) : root_(root), opaque_(opaque) {}

    void check(const json::Value& given, const Node& node, const std::string& path, Span key) {
        const json::Value& schema = resolve(given);
        if (schema["writeOnly"].as_bool() && !node.is_mapping && !node.is_absent()) {
            add("literal-secret", fmt::format("{} must not stand in a manifest", shown(path)),
                "write a reference: {env: NAME}, {file: PATH} or {command: [PROGRAM, ...]}", path,
                node.span)
                .secret = true;
            return;
        }
        if (node.is_absent()) {
            add("empty-value", fmt::format("{} has no value", shown(path)),
                node.text.empty() ? "write a value, or remove the field" : "remove the field", path,
                node.text.empty() ? key : node.span);
            return;
        }
        if (const auto& all = schema["allOf"].as_array(); schema["writeOnly"].as_bool()) {
            check(all.front(), node, path, key);
            return;
        }
        if (const auto& choices = schema["oneOf"].as_array();
            !choices.empty() && !choices.front()["const"].is_string()) {
            if (const auto* choice = choose(choices, node, path)) {
                check(*choice, node, path, key);
            }
            return;
        }
        if (!takes_type(schema, type_of(node))) {
            wrong_type(types_of(schema), node, path);
        } else if (node.is_mapping) {
            check_mapping(schema, node, path, key);
        } else if (node.is_sequence) {
            check_sequence(schema, node, path, key);
        } else {
            check_scalar(schema, node, path);
        }
    }

    std::vector<Fault> take() { return std::move(faults_); }

  private:
    const json::Value& resolve(const json::Value& schema) const {
        const auto& reference = schema["$ref"].as_string();
        if (reference.empty()) {
            return schema;
        }
        const auto* target = json::find(root_, std::string_view(reference).substr(1));
        return target == nullptr ? schema : resolve(*target);
    }

    static std::string shown(const std::string& path) {
        return path.empty() ? "the document" : fmt::format("`{}`", shortened(path));
    }

    Fault& add(std::string code, std::string message, std::string suggestion,
               const std::string& path, Span span) {
        const auto dot = path.find_last_of('.');
        std::string field = dot == std::string::npos ? path : path.substr(dot + 1);
        faults_.push_back({std::move(code), std::move(message), std::move(suggestion), path,
                           std::move(field), span, false});
        return faults_.back();
    }

    /// The one of `oneOf` that the value is probably meant to be; its faults are then worth
    /// telling, those of the others are not.
    const json::Value* choose(const json::Array& choices, const Node& node,
                              const std::string& path) {
        const json::Value* best = nullptr;
        std::size_t most = 0;
        std::vector<std::string> types;
        for (const auto& choice : choices) {
            const auto& schema = resolve(choice);
            const auto accepted = types_of(schema);
            types.insert(types.end(), accepted.begin(), accepted.end());
            if (!takes_type(schema, type_of(node))) {
                continue;
            }
            const auto& known = schema["properties"].as_object();
            const auto common = static_cast<std::size_t>(
                std::count_if(node.entries.begin(), node.entries.end(),
                              [&](const Entry& entry) { return known.contains(entry.key); }));
            if (best == nullptr || common > most) {
                best = &schema;
                most = common;
            }
        }
        if (best == nullptr) {
            wrong_type(types, node, path);
        }
        return best;
    }

    void wrong_type(const std::vector<std::string>& types, const Node& node,
                    const std::string& path) {
        std::vector<std::string> names;
        for (const auto& type : types) {
            if (!contains(names, type_name(type))) {
                names.emplace_back(type_name(type));
            }
        }
        add("wrong-type",
            fmt::format("{} must be {}, not {}", shown(path), enumerate(names, "or"),
                        kind_of(node)),
            type_help(types, node), path, node.span);
    }

    void check_mapping(const json::Value& schema, const Node& node, const std::string& path,
                       Span key) {
        const auto& properties = schema["properties"];
        std::size_t known_entries = 0;
        std::vector<std::string> misspelt; // fields that are there but for a slip
        for (const auto& entry : node.entries) {
            const auto* property = properties.as_object().find(entry.key);
            if (property == nullptr && schema["additionalProperties"].is_bool()) {
                unknown(entry, names_of(properties), path, misspelt);
                continue;
            }
            ++known_entries;
            const std::string child = path.empty() ? entry.key : path + "." + entry.key;
            if (const auto& names = schema["propertyNames"]; names.is_object()) {
                check_pattern(
                    names, entry.key, child, entry.span,
                    fmt::format("`{}` cannot be a name in {}", shortened(entry.key), shown(path)));
            }
            if (property == nullptr && schema["additionalProperties"].is_object()) {
                property = &schema["additionalProperties"];
            }
            if (property == nullptr || path == opaque_) {
                continue;
            }
            check(*property, entry.value, child, entry.span);
            if (entry.value.is_absent() && has_string(schema["required"], entry.key)) {
                const auto types = types_of(resolve(*property)); // the field cannot be removed
                faults_.back().suggestion = types == std::vector<std::string>{"array"}
                                                ? type_help(types, entry.value)
                                                : wanted(*property, entry.key);
            }
        }
        for (const auto& required : schema["required"].as_array()) {
            const auto& field = required.as_string();
            if (node.entry(field) == nullptr && !contains(misspelt, field)) {
                missing(properties[field], field, node, path, key);
            }
        }
        check_count(schema, node, known_entries, path, key);
    }

    void unknown(const Entry& entry, const std::vector<std::string>& known, const std::string& path,
                 std::vector<std::string>& misspelt) {
        std::string message = fmt::format("unknown field `{}`", shortened(entry.key));
        if (!path.empty()) {
            message += " in " + shown(path);
        }
        std::string help = "remove it";
        if (auto near = meant(entry.key, known)) {
            help = fmt::format("did you mean `{}`?", *near);
            misspelt.push_back(std::move(*near));
        } else if (!known.empty()) {
            help = fmt::format("fields here are {}", enumerate(quoted(known)));
        }
        add("unknown-field", std::move(message), std::move(help), path, entry.span).field =
            entry.key;
    }

    void check_count(const json::Value& schema, const Node& node, std::size_t known_entries,
                     const std::string& path, Span key) {
        const bool exactly_one = schema["maxProperties"].as_integer() == 1;
        if (exactly_one && (known_entries > 1 || node.entries.empty())) {
            add("exactly-one",
                fmt::format("{} must have exactly one of {}", shown(path),
                            enumerate(quoted(names_of(schema["properties"])))),
                "", path, node.span);
        } else if (!exactly_one && schema["minProperties"].is_integer() && node.entries.empty()) {
            add("empty-value", fmt::format("{} needs at least one entry", shown(path)), "", path,
                key);
        }
    }

    const json::Value& resolve_titled(const json::Value& schema) const {
        return schema["description"].is_string() ? schema : resolve(schema);
    }

    /// What to write into a required field.
    [[nodiscard]] std::string wanted(const json::Value& given, const std::string& field) const {
        const json::Value& property = resolve_titled(given);
        const auto& help = property["description"].as_string();
        if (property["const"].is_string()) {
            return fmt::format("write `{}: {}`", field, property["const"].as_string());
        }
        if (const auto choices = strings_of(property["enum"]); !choices.empty()) {
            return fmt::format("{}: {}", field, enumerate(choices, "or"));
        }
        return help.empty() ? "" : fmt::format("{}: {}", field, help);
    }

    void missing(const json::Value& property, const std::string& field, const Node& node,
                 const std::string& path, Span key) {
        // A list's item has no key: its first field stands for it.
        const bool has_key = key.begin != key.end;
        const Span place = has_key || node.entries.empty() ? key : node.entries.front().span;
        add("missing-field", fmt::format("{} needs the field `{}`", shown(path), field),
            wanted(property, field), path, place)
            .field = field;
    }

    void check_sequence(const json::Value& schema, const Node& node, const std::string& path,
                        Span key) {
        if (schema["minItems"].is_integer() && node.items.empty()) {
            add("empty-value", fmt::format("{} needs at least one item", shown(path)), "", path,
                key.begin == key.end ? node.span : key);
        }
        if (!schema["items"].is_object()) {
            return;
        }
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const Span start{node.items[i].span.begin, node.items[i].span.begin};
            check(schema["items"], node.items[i], fmt::format("{}[{}]", path, i), start);
        }
    }

    void check_scalar(const json::Value& schema, const Node& node, const std::string& path) {
        if (node.scalar.is_number()) {
            check_range(schema, node, path);
        }
        if (!node.is_string()) {
            return;
        }
        const auto& text = node.string();
        const auto field = std::string_view(path).substr(path.find_last_of('.') + 1);
        if (const auto& constants = schema["oneOf"].as_array(); !constants.empty()) {
            check_constants(constants, text, path, node.span);
        } else if (const auto& value = schema["const"]; value.is_string() && value != node.scalar) {
            add("bad-value",
                fmt::format("{} must be `{}`, not `{}`", shown(path), value.as_string(),
                            shortened(text)),
                "", path, node.span);
        } else if (const auto& choices = schema["enum"];
                   choices.is_array() && !has_string(choices, text)) {
            add("bad-value", fmt::format("{} cannot be `{}`", shown(path), shortened(text)),
                choices_text(text, strings_of(choices)), path, node.span);
        } else if (schema["minLength"].is_integer() && text.empty()) {
            add("empty-value", fmt::format("{} must not be empty", shown(path)), "", path,
                node.span);
        } else if (const auto limit = schema["maxLength"].as_integer(longest_scalar);
                   code_points(text) > static_cast<std::size_t>(limit)) {
            add("too-long",
                fmt::format("{} has {} characters; at most {} are allowed", shown(path),
                            code_points(text), limit),
                "", path, node.span);
        } else if (has_control(text, field == "description")) {
            add("control-character", fmt::format("{} contains a control character", shown(path)),
                "remove it", path, node.span);
        } else {
            check_pattern(schema, text, path, node.span,
                          fmt::format("{} cannot be `{}`", shown(path), shortened(text)));
        }
    }

    /// Constants with titles: signs, which say little by themselves.
    void check_constants(const json::Array& constants, const std::string& text,
                         const std::string& path, Span span) {
        std::vector<std::string> known;
        for (const auto& constant : constants) {
            if (constant["const"].as_string() == text) {
                return;
            }
            known.push_back(fmt::format("{} ({})", json::write(constant["const"]),
                                        lowercase(constant["title"].as_string())));
        }
        add("bad-value",
            text.empty() ? fmt::format("{} must not be empty", shown(path))
                         : fmt::format("{} cannot be `{}`", shown(path), shortened(text)),
            fmt::format("write {}", enumerate(known, "or")), path, span);
    }

    void check_pattern(const json::Value& schema, const std::string& text, const std::string& path,
                       Span span, std::string message) {
        const auto& pattern = schema["pattern"].as_string();
        if (pattern.empty()) {
            return;
        }
        if (text.size() > longest_matched) {
            add("too-long",
                fmt::format("{} has {} bytes; at most {} are allowed", shown(path), text.size(),
                            longest_matched),
                "", path, span);
        } else if (!matches(pattern, text)) {
            const auto& help = schema["patternErrorMessage"].as_string();
            const bool names_variable = path.ends_with(".env");
            // Perhaps somebody wrote the secret in the place of the name that it is kept under.
            add("bad-pattern",
                names_variable ? fmt::format("{} is no name of a variable", shown(path))
                               : std::move(message),
                help.empty() ? fmt::format("it must match {}", pattern) : help, path, span)
                .secret = names_variable;
        }
    }

    void check_range(const json::Value& schema, const Node& node, const std::string& path) {
        const auto& low = schema["minimum"];
        const auto& high = schema["maximum"];
        const double value = node.scalar.as_double();
        if ((low.is_number() && value < low.as_double()) ||
            (high.is_number() && value > high.as_double())) {
            add("bad-value",
                fmt::format("{} must be between {} and {}", shown(path), low.as_integer(),
                            high.as_integer()),
                "", path, node.span);
        }
    }

    static constexpr std::int64_t longest_scalar = 64 * 1024;

    const json::Value& root_;
    std::string_view opaque_;
    std::vector<Fault> faults_;
};

/// Compiling a pattern costs a hundred times what matching does, so all threads share what one of
/// them has compiled. The result stays where it is for ever.
const std::regex& compiled(const std::string& pattern) {
    static std::mutex mutex;
    static std::unordered_map<std::string, std::regex> known;
    const std::lock_guard lock(mutex);
    auto found = known.find(pattern);
    if (found == known.end()) {
        found = known.emplace(pattern, std::regex(pattern, std::regex::ECMAScript)).first;
    }
    return found->second;
}

} // namespace

std::vector<Fault> check_structure(const json::Value& schema, const json::Value& root,
                                   const Node& node, const StructureOptions& options) {
    Walk walk(root, options.opaque.empty() ? std::string_view(" ") : options.opaque);
    walk.check(schema, node, options.path, options.parent);
    return walk.take();
}

bool matches(const std::string& pattern, const std::string& text) {
    return std::regex_search(text, compiled(pattern));
}

} // namespace penstock::manifest
