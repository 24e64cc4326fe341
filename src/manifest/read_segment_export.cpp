#include "manifest/columns.hpp"
#include "manifest/file_names.hpp"
#include "manifest/other_kind.hpp"
#include "manifest/read_export.hpp"
#include "manifest/readers.hpp"
#include "manifest/segment_faults.hpp"
#include "manifest/segment_list.hpp"
#include "manifest/segment_schedule.hpp"

#include <fmt/format.h>

namespace penstock::manifest {

namespace {

/// `csvOptions` say how CSV is written, so they stand beside no other type (reference, section
/// 5.3).
void check_csv_options(const Document& document, const Node& target, Complaints& complaints) {
    const Entry* options = target.entry("csvOptions");
    const Node* type = target.find("fileType");
    if (options == nullptr || type == nullptr ||
        (type->string() != "JSON" && type->string() != "PARQUET")) {
        return;
    }
    complaints.add(document.place(options->span),
                   {"csv-options-without-csv",
                    fmt::format("`csvOptions` have no meaning for {} files", type->string()),
                    "remove them, or write `fileType: CSV`"},
                   document.place(type->span), "the file type is set here");
}

} // namespace

Read<SegmentExport> read_segment_export(const Document& document, Complaints& complaints) {
    Read<SegmentExport> read{document, {}};
    check_schema(document, target_path, explain_segment_fault, complaints);
    read_export(document, read.value, complaints);
    if (const Node* spec = document.root->find("spec");
        spec != nullptr && spec->is_mapping && !other_kind(document)) {
        read.value.segments = read_segments(document, *spec, complaints);
    }
    return read;
}

void check_target(Read<SegmentExport>& read, const catalogue::Destination& destination,
                  Complaints& complaints) {
    const Document& document = read.document;
    constexpr auto workflow = catalogue::Workflow::segments;
    if (!check_workflow(document, destination, workflow, complaints)) {
        return;
    }
    if (const Entry* target =
            check_target_parameters(document, read.value, destination, workflow, complaints)) {
        check_csv_options(document, target->value, complaints);
    }
    const Node* spec = document.root->find("spec");
    if (spec == nullptr) {
        return;
    }
    if (const Node* schedule = spec->find("schedule")) {
        check_long_frequency(document, *schedule, destination, complaints);
    }
    if (const Node* segments = spec->find("segments")) {
        for (const auto& segment : segments->items) {
            if (const Node* schedule = segment.find("schedule")) {
                check_long_frequency(document, *schedule, destination, complaints);
            }
        }
    }
}

void read_files(Read<SegmentExport>& read, const catalogue::Destination* destination,
                const catalogue::Catalogue& catalogue, Complaints& complaints) {
    const Document& document = read.document;
    const Node* spec = document.root->find("spec");
    if (spec == nullptr || !spec->is_mapping || other_kind(document)) {
        return;
    }
    check_file_names(document, *spec, read.value.segments, destination, catalogue, complaints);
    read_columns(document, *spec, destination, read.value, complaints);
}

} // namespace penstock::manifest
