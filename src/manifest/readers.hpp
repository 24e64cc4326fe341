#pragma once

#include "catalogue/catalogue.hpp"
#include "manifest/complaints.hpp"
#include "manifest/documents.hpp"
#include "manifest/node.hpp"
#include "manifest/structure.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::manifest {

enum class Kind { project, account, dataset_export, segment_export, drift_baseline };

/// As manifests spell it.
std::string_view name(Kind kind);

/// One document with the file that it stands in.
struct Document {
    std::shared_ptr<Source> source;
    std::shared_ptr<const Node> root;
    Kind kind = Kind::project;

    [[nodiscard]] Place place(Span span) const { return {source, span}; }
    /// `metadata.name`, where it stands; null if there is none or it is no string.
    [[nodiscard]] const Node* name_node() const;
};

/// A document with what it says, as far as it is sound.
template <class T>
struct Read {
    Document document;
    T value;
};

/// Decides what kind of document this is. Nothing if it is none of ours, which is then complained
/// about.
std::optional<Document> identify(const std::shared_ptr<Source>& source,
                                 std::shared_ptr<const Node> root, Complaints& complaints);

/// `spec.manifests` with the place of each entry.
struct ManifestPath {
    std::string path;
    Span span;
};
std::vector<ManifestPath> manifest_paths(const Document& project);

Read<Project> read_project(const Document& document, Complaints& complaints);
Read<Account> read_account(const Document& document, const catalogue::Catalogue& catalogue,
                           Complaints& complaints);
Read<DatasetExport> read_dataset_export(const Document& document, Complaints& complaints);
Read<SegmentExport> read_segment_export(const Document& document, Complaints& complaints);

/// Checks what can only be checked when the account, and with it the destination and the export's
/// `auth_spec`, is known.
void check_target(Read<DatasetExport>& read, const catalogue::Destination& destination,
                  Complaints& complaints);
void check_target(Read<SegmentExport>& read, const catalogue::Destination& destination,
                  Complaints& complaints);

/// Reads what the files of an export are named and hold, which the destination decides on as well.
/// Null: the account, and with it the destination, is not known; what is right for one of the
/// catalogue's is then not complained about.
void read_files(Read<SegmentExport>& read, const catalogue::Destination* destination,
                const catalogue::Catalogue& catalogue, Complaints& complaints);

/// Checks the document against the schema of its kind and complains. `rewrite` may put a fault into
/// better words first. The values of the mapping at the path `opaque` are left to others.
using FaultRewriter = void (*)(const Document&, Fault&);
void check_schema(const Document& document, std::string_view opaque, FaultRewriter rewrite,
                  Complaints& complaints);

/// A fault as a complaint; hides the text first if it is secret.
void complain(const Document& document, const Fault& fault, Complaints& complaints);

/// schemas/manifest.json.
const json::Value& manifest_schema();

Metadata read_metadata(const Document& document);

/// `spec.description` without white space at its end. Complains about text that looks like the
/// marker which penstock keeps in descriptions.
std::string read_description(const Document& document, const Node& spec, Complaints& complaints);

/// The reference that a mapping writes; nothing if it is not sound.
std::optional<secrets::SecretReference> read_reference(const Node& node);

} // namespace penstock::manifest
