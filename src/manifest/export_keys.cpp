#include "manifest/export_keys.hpp"

#include "base/text.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace penstock::manifest {

namespace {

using catalogue::Columns;

/// How complaints speak of columns; a `{}` stands for what somebody wrote, or should write.
struct Words {
    std::string_view unknown_code;
    std::string_view not_mandatory;
    std::string_view not_a_column;
    std::string_view write_instead;
    std::string_view mixed;
    std::string_view too_many;
    std::string_view no_identity;
    std::string_view add_identity;
    std::string_view identities_are;
};

constexpr Words of_mapping{
    "unknown-column",
    "`{}` is neither a column nor the namespace of a mapped identity",
    "there is no column `{}`",
    "write the column's name: `{}`",
    "a namespace and columns cannot be keys of one export",
    "an export has two columns as keys at most",
    "no identity of the namespace `{}` is mapped",
    "map one: its source is `identityMap.` with the namespace",
    "the mapped identity is of {}",
};

constexpr Words of_attributes{
    "unknown-attribute",
    "`{}` is none of the export's attributes",
    "`{}` is none of the export's attributes",
    "write the path: `{}`",
    "a namespace and attributes cannot be keys of one export",
    "an export has two attributes as keys at most",
    "no identity of the namespace `{}` is among the attributes",
    "add it to `attributes`: `identityMap.{}`",
    "the export's identities are of {}",
};

std::string with(std::string_view words, std::string_view text) {
    return fmt::format(fmt::runtime(words), shortened(text));
}

/// A namespace as a step of a path, with its dots escaped.
std::string as_step(std::string_view name) {
    std::string step;
    for (const char c : name) {
        step += c == '.' ? "//." : std::string(1, c);
    }
    return step;
}

class KeysReader {
  public:
    KeysReader(const Document& document, const KeyNames& names, Complaints& complaints)
        : document_(document), names_(names),
          words_(names.columns_are == Columns::mapping_set ? of_mapping : of_attributes),
          complaints_(complaints) {}

    void read_mandatory_fields(const Node& list, std::vector<std::string>& fields) {
        std::map<std::string_view, const Node*> seen;
        auto choices = column_names();
        if (has_namespaces_as_fields()) {
            choices.insert(names_.namespaces.begin(), names_.namespaces.end());
        }
        for (const auto& item : list.items) {
            const auto& name = item.string();
            if (name.empty()) {
                continue; // the schema has complained
            }
            fields.push_back(name);
            const auto [first, added] = seen.emplace(name, &item);
            if (!added) {
                add(item.span,
                    {"duplicate-mandatory-field", "this field stands twice in `mandatoryFields`",
                     "remove one of the two"},
                    first->second->span);
            } else if (names_.is_sound && !is_column(name) &&
                       !(has_namespaces_as_fields() && is_namespace(name))) {
                add(item.span, {std::string(words_.unknown_code), with(words_.not_mandatory, name),
                                help_for(name, choices, "columns and namespaces")});
            }
        }
    }

    void read_keys(const Node& list, std::vector<DeduplicationKey>& keys) {
        using Kind = DeduplicationKey::Kind;
        std::vector<const Node*> written;
        for (const auto& item : list.items) {
            const Node* space = item.find("identityNamespace");
            const Node* path = item.find("attributePath");
            const Node* name = space == nullptr ? path : space;
            if ((space == nullptr) == (path == nullptr) || name->string().empty()) {
                continue; // the schema has complained
            }
            const Kind kind = space == nullptr ? Kind::attribute_path : Kind::identity_namespace;
            const DeduplicationKey key{kind, name->string()};
            const auto twin = std::find_if(keys.begin(), keys.end(), [&](const auto& other) {
                return other.kind == key.kind && other.name == key.name;
            });
            if (twin != keys.end()) {
                add(name->span,
                    {"duplicate-deduplication-key", "this key stands twice in the export",
                     "remove one of the two"},
                    written[static_cast<std::size_t>(twin - keys.begin())]->span);
            } else if (!keys.empty() && keys.front().kind != kind) {
                add(name->span,
                    {"mixed-keys", std::string(words_.mixed),
                     "keep one `identityNamespace`, or one or two `attributePath`"},
                    written.front()->span, "the first key is here");
            } else if (keys.size() >= (kind == Kind::attribute_path ? 2U : 1U)) {
                add(name->span,
                    {"too-many-keys",
                     kind == Kind::attribute_path ? std::string(words_.too_many)
                                                  : "an export has one namespace as a key at most",
                     "remove this one"},
                    written.front()->span, "the first key is here");
            } else {
                check_key(key, *name);
            }
            keys.push_back(key);
            written.push_back(name);
        }
    }

  private:
    void add(Span span, Complaint complaint) {
        complaints_.add(document_.place(span), std::move(complaint));
    }

    void add(Span span, Complaint complaint, Span other,
             std::string other_message = "first written here") {
        complaints_.add(document_.place(span), std::move(complaint), document_.place(other),
                        std::move(other_message));
    }

    [[nodiscard]] bool has_namespaces_as_fields() const {
        return names_.columns_are == Columns::mapping_set;
    }

    [[nodiscard]] bool is_column(const std::string& name) const {
        return names_.columns.find(name) != names_.columns.end();
    }

    [[nodiscard]] bool is_namespace(const std::string& name) const {
        return contains(names_.namespaces, name);
    }

    /// The columns that may be proposed: those of a mapping with dots are faults themselves.
    [[nodiscard]] std::set<std::string> column_names() const {
        std::set<std::string> names;
        for (const auto& name : names_.columns) {
            if (names_.columns_are == Columns::profile_selectors ||
                name.find('.') == std::string::npos) {
                names.insert(name);
            }
        }
        return names;
    }

    /// The choice that somebody who wrote this probably means.
    [[nodiscard]] std::optional<std::string> near(const std::string& word,
                                                  const std::set<std::string>& choices) const {
        if (names_.columns_are == Columns::mapping_set) {
            return meant(without_dots(word), {choices.begin(), choices.end()});
        }
        std::map<std::string, std::string> spellings;
        std::vector<std::string> keys;
        for (const auto& choice : choices) {
            if (spellings.emplace(without_dots(choice), choice).second) {
                keys.push_back(without_dots(choice));
            }
        }
        const auto found = meant(without_dots(word), keys);
        return found ? std::optional(spellings.at(*found)) : std::nullopt;
    }

    /// What to do about a word that is none of the choices; `what` they are, of a mapping.
    [[nodiscard]] std::string help_for(const std::string& word,
                                       const std::set<std::string>& choices,
                                       std::string_view what) const {
        constexpr std::size_t most_listed = 10;
        if (const auto name = names_.instead.find(word); name != names_.instead.end()) {
            return with(words_.write_instead, name->second);
        }
        if (const auto choice = near(word, choices)) {
            // Paths resemble each other without being meant for each other.
            return fmt::format("did you mean `{}`?{}", *choice,
                               names_.columns_are == Columns::profile_selectors
                                   ? " if not, add it to `attributes`"
                                   : "");
        }
        const bool is_listed = !choices.empty() && choices.size() <= most_listed;
        const auto list = is_listed ? enumerate(quoted({choices.begin(), choices.end()})) : "";
        if (names_.columns_are == Columns::profile_selectors) {
            return is_listed
                       ? fmt::format("attributes are {}; add it there, or name one of them", list)
                       : "add it to `attributes`, or name one of them";
        }
        return is_listed ? fmt::format("{} are {}", what, list)
                         : fmt::format("{} stand in `mapping`", what);
    }

    void check_key(const DeduplicationKey& key, const Node& node) {
        if (!names_.is_sound) {
            return;
        }
        if (key.kind == DeduplicationKey::Kind::attribute_path) {
            if (!is_column(key.name)) {
                add(node.span,
                    {std::string(words_.unknown_code), with(words_.not_a_column, key.name),
                     help_for(key.name, column_names(), "columns")});
            }
        } else if (!is_namespace(key.name)) {
            add(node.span, {"unknown-namespace", with(words_.no_identity, key.name),
                            names_.namespaces.empty() ? with(words_.add_identity, as_step(key.name))
                                                      : identities_help()});
        }
    }

    [[nodiscard]] std::string identities_help() const {
        std::vector<std::string> spaces;
        for (const auto& name : names_.namespaces) {
            spaces.push_back(fmt::format("`{}`", shortened(name)));
        }
        return fmt::format(fmt::runtime(words_.identities_are), enumerate(spaces));
    }

    const Document& document_;
    const KeyNames& names_;
    const Words& words_;
    Complaints& complaints_;
};

} // namespace

void read_keys(const Document& document, const Node& spec, const KeyNames& names,
               SegmentExport& result, Complaints& complaints) {
    KeysReader reader(document, names, complaints);
    if (const Node* fields = spec.find("mandatoryFields")) {
        reader.read_mandatory_fields(*fields, result.mandatory_fields);
    }
    if (const Node* keys = spec.find("deduplicationKeys")) {
        reader.read_keys(*keys, result.deduplication_keys);
    }
}

std::string without_dots(std::string text) {
    std::replace(text.begin(), text.end(), '.', '_');
    return text;
}

} // namespace penstock::manifest
