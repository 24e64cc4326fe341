#include "manifest/mapping.hpp"

#include "base/text.hpp"
#include "manifest/columns.hpp"
#include "manifest/source_path.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace penstock::manifest {

namespace {

/// What the platform's own schema of a target holds (reference, section 3.11).
constexpr std::array<std::string_view, 3> reserved_columns{"attributes", "identityMap",
                                                           "segmentMembership"};

class MappingReader {
  public:
    MappingReader(const Document& document, Complaints& complaints)
        : document_(document), complaints_(complaints) {}

    KeyNames read(const Entry& mapping, std::vector<Column>& columns) {
        names_.is_sound = mapping.value.is_sequence;
        for (const auto& item : mapping.value.items) {
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
                names_.is_sound = false;
                continue; // the schema has complained
            }
            names_.instead.emplace(column.source, without_dots(column.destination));
            columns.push_back(std::move(column));
        }
        if (columns.size() > most_columns) {
            add(mapping.span,
                {"too-many-columns",
                 fmt::format("the export has {}; the platform allows {} for a destination",
                             counted(columns.size(), "column"), most_columns),
                 "leave out what nobody reads", Severity::warning});
        }
        for (const auto& entry : columns_) {
            names_.columns.insert(entry.first);
        }
        return std::move(names_);
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
        names_.namespaces.push_back(std::move(*name));
    }

    const Document& document_;
    Complaints& complaints_;
    std::map<std::string, const Node*, std::less<>> columns_; ///< by name
    KeyNames names_;
    const Node* identity_ = nullptr;
};

} // namespace

KeyNames read_mapping(const Document& document, const Entry& mapping, std::vector<Column>& columns,
                      Complaints& complaints) {
    return MappingReader(document, complaints).read(mapping, columns);
}

} // namespace penstock::manifest
