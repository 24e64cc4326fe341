#include "manifest/columns.hpp"

#include "base/text.hpp"
#include "manifest/source_path.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace penstock::manifest {

namespace {

constexpr std::size_t most_columns = 50; // reference, section 9.4

/// What the platform's own schema of a target holds (reference, section 3.11).
constexpr std::array<std::string_view, 3> reserved_columns{"attributes", "identityMap",
                                                           "segmentMembership"};

std::string without_dots(std::string text) {
    std::replace(text.begin(), text.end(), '.', '_');
    return text;
}

class ColumnsReader {
  public:
    ColumnsReader(const Document& document, const Node& spec, Complaints& complaints)
        : document_(document), spec_(spec), complaints_(complaints) {}

    void read(SegmentExport& result) {
        read_mapping(result.mapping);
        if (const Node* fields = spec_.find("mandatoryFields")) {
            read_mandatory_fields(*fields, result.mandatory_fields);
        }
        if (const Node* keys = spec_.find("deduplicationKeys")) {
            read_keys(*keys, result.deduplication_keys);
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

    void read_mapping(std::vector<Column>& columns) {
        const Entry* mapping = spec_.entry("mapping");
        if (mapping == nullptr || (mapping->value.is_sequence && mapping->value.items.empty())) {
            const Entry* spec = document_.root->entry("spec");
            add(mapping == nullptr ? spec->span : mapping->span,
                {"no-columns", "the export maps no columns",
                 "write in `mapping` what the files hold", Severity::warning});
            return;
        }
        is_sound_ = mapping->value.is_sequence;
        for (const auto& item : mapping->value.items) {
            const Node* source = item.find("source");
            const Node* destination = item.find("destination");
            const Node* type = item.find("sourceType");
            Column column{source == nullptr ? "" : source->string(),
                          destination == nullptr ? "" : destination->string(),
                          type == nullptr ? "ATTRIBUTE" : type->string()};
            if (destination != nullptr && !column.destination.empty()) {
                check_destination(*destination);
            }
            if (source != nullptr && !column.source.empty() && column.source_type == "ATTRIBUTE") {
                check_source(*source);
            }
            if (column.source.empty() || column.destination.empty()) {
                is_sound_ = false;
                continue; // the schema has complained
            }
            sources_.emplace(column.source, without_dots(column.destination));
            columns.push_back(std::move(column));
        }
        if (columns.size() > most_columns) {
            add(mapping->span,
                {"too-many-columns",
                 fmt::format("the export has {}; the platform allows {} for a destination",
                             counted(columns.size(), "column"), most_columns),
                 "leave out what nobody reads", Severity::warning});
        }
    }

    void check_destination(const Node& destination) {
        const auto& name = destination.string();
        const auto [first, added] = columns_.emplace(name, &destination);
        if (!added) {
            add(destination.span,
                {"duplicate-column",
                 fmt::format("there are two columns named `{}`", shortened(name)), "rename one"},
                first->second->span);
        } else if (name.find('.') != std::string::npos) {
            // Keys may name the column as it has to be, or as it is; its own name is fault enough.
            columns_.emplace(without_dots(name), &destination);
            add(destination.span, {"bad-column-name", "the name of a column has no dots",
                                   fmt::format("write `{}`", shortened(without_dots(name)))});
        } else if (trimmed(name).size() != name.size()) {
            add(destination.span,
                {"bad-column-name", "the name of a column has no blanks at its ends",
                 trimmed(name).empty() ? "write a name"
                                       : fmt::format("write `{}`", shortened(trimmed(name)))});
        } else if (std::find(reserved_columns.begin(), reserved_columns.end(), name) !=
                   reserved_columns.end()) {
            add(destination.span,
                {"reserved-column",
                 fmt::format("`{}` is a name that the platform uses itself", name),
                 fmt::format("choose another name, such as `{}_column`", name)});
        }
    }

    void check_source(const Node& source) {
        if (auto fault = check_source_path(source.string())) {
            add(source.span,
                {std::move(fault->code), std::move(fault->message), std::move(fault->suggestion)});
        }
        auto name = identity_namespace(source.string());
        if (!name) {
            return;
        }
        if (identity_ != nullptr) {
            add(source.span,
                {"several-identities", "an export maps one identity at most",
                 "keep one, and make an export of its own for the other"},
                identity_->span, "the other one is here");
        } else {
            identity_ = &source;
        }
        namespaces_.push_back(std::move(*name));
    }

    [[nodiscard]] bool is_column(const std::string& name) const {
        return columns_.find(name) != columns_.end();
    }

    [[nodiscard]] bool is_namespace(const std::string& name) const {
        return std::find(namespaces_.begin(), namespaces_.end(), name) != namespaces_.end();
    }

    [[nodiscard]] std::vector<std::string> column_names() const {
        std::vector<std::string> names;
        for (const auto& entry : columns_) {
            if (entry.first.find('.') == std::string_view::npos) {
                names.emplace_back(entry.first);
            }
        }
        return names;
    }

    /// What somebody who wrote this for one of the names probably means.
    [[nodiscard]] std::string help_for(const std::string& word,
                                       const std::vector<std::string>& names,
                                       std::string_view what) const {
        constexpr std::size_t most_listed = 10;
        if (const auto source = sources_.find(word); source != sources_.end()) {
            return fmt::format("write the column's name: `{}`", shortened(source->second));
        }
        if (const auto near = meant(without_dots(word), names)) {
            return fmt::format("did you mean `{}`?", *near);
        }
        if (names.empty() || names.size() > most_listed) {
            return fmt::format("{} stand in `mapping`", what);
        }
        return fmt::format("{} are {}", what, enumerate(quoted(names)));
    }

    void read_mandatory_fields(const Node& list, std::vector<std::string>& fields) {
        std::map<std::string_view, const Node*> seen;
        auto names = column_names();
        names.insert(names.end(), namespaces_.begin(), namespaces_.end());
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
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
            } else if (is_sound_ && !is_column(name) && !is_namespace(name)) {
                add(item.span,
                    {"unknown-column",
                     fmt::format("`{}` is neither a column nor the namespace of a mapped identity",
                                 shortened(name)),
                     help_for(name, names, "columns and namespaces")});
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
                    {"mixed-keys", "a namespace and columns cannot be keys of one export",
                     "keep one `identityNamespace`, or one or two `attributePath`"},
                    written.front()->span, "the first key is here");
            } else if (keys.size() >= (kind == Kind::attribute_path ? 2U : 1U)) {
                add(name->span,
                    {"too-many-keys",
                     kind == Kind::attribute_path ? "an export has two columns as keys at most"
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

    void check_key(const DeduplicationKey& key, const Node& node) {
        if (!is_sound_) {
            return;
        }
        if (key.kind == DeduplicationKey::Kind::attribute_path) {
            if (!is_column(key.name)) {
                add(node.span,
                    {"unknown-column", fmt::format("there is no column `{}`", shortened(key.name)),
                     help_for(key.name, column_names(), "columns")});
            }
        } else if (!is_namespace(key.name)) {
            add(node.span,
                {"unknown-namespace",
                 fmt::format("no identity of the namespace `{}` is mapped", shortened(key.name)),
                 namespaces_.empty() ? "map one: its source is `identityMap.` with the namespace"
                                     : fmt::format("the mapped identity is of `{}`",
                                                   shortened(namespaces_.front()))});
        }
    }

    const Document& document_;
    const Node& spec_;
    Complaints& complaints_;
    std::map<std::string, const Node*, std::less<>> columns_; ///< by name
    std::map<std::string, std::string> sources_;              ///< to the name of the column
    std::vector<std::string> namespaces_;
    const Node* identity_ = nullptr;
    bool is_sound_ = true; ///< every column of the mapping could be read
};

} // namespace

void read_columns(const Document& document, const Node& spec, SegmentExport& result,
                  Complaints& complaints) {
    ColumnsReader(document, spec, complaints).read(result);
}

} // namespace penstock::manifest
