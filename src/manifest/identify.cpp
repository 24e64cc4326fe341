#include "base/text.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "manifest/other_kind.hpp"
#include "manifest/readers.hpp"
#include "manifest/schemas.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace penstock::manifest {

namespace {

/// Where the values of a document stand, without the document: a tree of nodes takes ten times the
/// memory, and a project has many.
class DocumentPositions final : public Positions {
  public:
    DocumentPositions(std::shared_ptr<const Source> source, const Node& root)
        : source_(std::move(source)) {
        places_.reserve(root.size);
        add(root, start_of_path, root.span);
        std::sort(places_.begin(), places_.end(),
                  [](const Place& a, const Place& b) { return a.path < b.path; });
    }

    [[nodiscard]] SourcePosition at(std::string_view pointer) const override {
        const Place* reached = find(start_of_path);
        auto path = start_of_path;
        for (const auto& step : json::steps(pointer)) {
            path = below(path, step);
            const Place* next = find(path);
            if (next == nullptr) {
                return source_->position(reached->label);
            }
            reached = next;
        }
        return source_->position(reached->value);
    }

  private:
    struct Place {
        std::uint64_t path = 0; ///< a hash of the steps to it
        std::uint32_t value = 0;
        std::uint32_t label = 0; ///< of the key, or of an element itself
    };

    /// FNV-1a.
    static constexpr std::uint64_t start_of_path = 0xcbf29ce484222325U;
    static std::uint64_t below(std::uint64_t path, std::string_view step) {
        constexpr std::uint64_t prime = 0x100000001b3U;
        for (const char c : step) {
            path = (path ^ static_cast<unsigned char>(c)) * prime;
        }
        return (path ^ 0xffU) * prime; // no step holds this byte
    }

    void add(const Node& node, std::uint64_t path, Span label) {
        places_.push_back({path, static_cast<std::uint32_t>(node.span.begin),
                           static_cast<std::uint32_t>(label.begin)});
        for (const auto& entry : node.entries) {
            add(entry.value, below(path, entry.key), entry.span);
        }
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            add(node.items[i], below(path, std::to_string(i)), node.items[i].span);
        }
    }

    [[nodiscard]] const Place* find(std::uint64_t path) const {
        const auto found =
            std::lower_bound(places_.begin(), places_.end(), path,
                             [](const Place& place, auto wanted) { return place.path < wanted; });
        return found == places_.end() || found->path != path ? nullptr : &*found;
    }

    std::shared_ptr<const Source> source_;
    std::vector<Place> places_; ///< sorted by path
};

/// The place of the document as a whole: its first key.
Span start_of(const Node& root) {
    return root.entries.empty() ? Span{root.span.begin, root.span.begin}
                                : root.entries.front().span;
}

constexpr std::string_view foreign_file =
    "every document of a manifest begins with `apiVersion: penstock/v1` and `kind`; if the file is "
    "not meant for penstock, keep it out of the folders that `spec.manifests` names";

constexpr std::array kinds{Kind::project, Kind::account, Kind::dataset_export, Kind::segment_export,
                           Kind::drift_baseline};

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const Kind kind : kinds) {
        names.emplace_back(name(kind));
    }
    return names;
}

std::optional<Kind> kind_of(const Document& document, Complaints& complaints) {
    const Node& root = *document.root;
    const Entry* kind = root.entry("kind");
    if (kind == nullptr) {
        complaints.add(document.place(start_of(root)),
                       {"missing-field", "the document needs the field `kind`",
                        root.entry("apiVersion") == nullptr
                            ? std::string(foreign_file)
                            : fmt::format("kind: {}", enumerate(kind_names(), "or"))});
        return std::nullopt;
    }
    for (const Kind known : kinds) {
        if (kind->value.string() == name(known)) {
            return known;
        }
    }
    const Span place = kind->value.is_absent() ? kind->span : kind->value.span;
    const auto near = nearest(kind->value.string(), kind_names());
    complaints.add(document.place(place),
                   {"unknown-kind",
                    kind->value.is_string()
                        ? fmt::format("there is no kind `{}`", shortened(kind->value.string()))
                        : "`kind` must be one of the names that penstock knows",
                    near ? fmt::format("did you mean `{}`?", *near)
                         : fmt::format("one of {}", enumerate(quoted(kind_names()), "or"))});
    return std::nullopt;
}

} // namespace

std::string_view name(Kind kind) {
    switch (kind) {
    case Kind::project:
        return "Project";
    case Kind::account:
        return "Account";
    case Kind::dataset_export:
        return "DatasetExport";
    case Kind::segment_export:
        return "SegmentExport";
    case Kind::drift_baseline:
        return "DriftBaseline";
    }
    return {};
}

const Node* Document::name_node() const {
    const Node* metadata = root->find("metadata");
    const Node* found = metadata == nullptr ? nullptr : metadata->find("name");
    return found != nullptr && found->is_string() ? found : nullptr;
}

std::optional<Document> identify(const std::shared_ptr<Source>& source,
                                 std::shared_ptr<const Node> root, Complaints& complaints) {
    Document document{source, std::move(root), Kind::project};
    if (!document.root->is_mapping) {
        complaints.add(
            document.place(document.root->span),
            {"wrong-type", "a document must be a mapping of fields", std::string(foreign_file)});
        return std::nullopt;
    }
    const auto kind = kind_of(document, complaints);
    if (!kind) {
        return std::nullopt;
    }
    document.kind = *kind;
    return document;
}

void complain(const Document& document, const Fault& fault, Complaints& complaints) {
    if (fault.secret) {
        document.source->hide(fault.span);
    }
    complaints.add(document.place(fault.span), {fault.code, fault.message, fault.suggestion});
}

void check_schema(const Document& document, std::string_view opaque, FaultRewriter rewrite,
                  Complaints& complaints) {
    const auto& schema = manifest_schema();
    const auto& definition = schema["definitions"][name(document.kind)];
    auto faults =
        check_structure(definition, schema, *document.root, {"", start_of(*document.root), opaque});
    const auto other = other_kind(document);
    if (other) {
        complain_about_kind(document, *other, complaints);
    }
    for (auto& fault : faults) {
        if (rewrite != nullptr) {
            rewrite(document, fault);
        }
        if (!other || explain_in_other_kind(*other, fault)) {
            complain(document, fault, complaints);
        }
    }
}

const json::Value& manifest_schema() {
    static const json::Value schema = [] {
        for (const auto& file : embedded_schemas()) {
            if (file.name == "manifest.json") {
                if (auto parsed = json::parse(file.text)) {
                    return std::move(*parsed);
                }
            }
        }
        throw std::logic_error("the embedded schemas/manifest.json is not usable");
    }();
    return schema;
}

Metadata read_metadata(const Document& document) {
    Metadata metadata;
    if (const Node* node = document.name_node()) {
        metadata.name = node->string();
    }
    if (const Node* node = document.root->find("metadata")) {
        if (const Node* labels = node->find("labels")) {
            for (const auto& label : labels->entries) {
                metadata.labels.emplace(label.key, label.value.string());
            }
        }
    }
    metadata.positions = std::make_shared<DocumentPositions>(document.source, *document.root);
    return metadata;
}

std::optional<secrets::SecretReference> read_reference(const Node& node) {
    if (node.entries.size() != 1) {
        return std::nullopt;
    }
    const auto& [key, span, value] = node.entries.front();
    if (key == "env" && value.is_string()) {
        return secrets::EnvironmentVariable{value.string()};
    }
    if (key == "file" && value.is_string()) {
        return secrets::SecretFile{value.string()};
    }
    if (key == "command" && value.is_sequence) {
        secrets::SecretCommand command;
        for (const auto& argument : value.items) {
            command.argv.push_back(argument.string());
        }
        return command;
    }
    return std::nullopt;
}

} // namespace penstock::manifest
