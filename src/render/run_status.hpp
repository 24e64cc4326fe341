#pragma once

#include "base/result.hpp"
#include "json/value.hpp"
#include "render/style.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

/// One run of a dataflow (reference, section 8); what the service left out is empty.
struct RunSummary {
    std::string id;
    std::string status;                  ///< in the service's spelling
    std::optional<std::int64_t> started; ///< epoch milliseconds
    std::optional<std::int64_t> finished;
    std::optional<std::int64_t> records;
    std::optional<std::int64_t> files;
    std::optional<std::int64_t> bytes;
    std::vector<std::string> errors;
};

/// Reads a run as the service sent it.
RunSummary summarise_run(const json::Value& run);

/// Why an export has no dataflow that is its own.
enum class Absence {
    not_applied,
    marker_lost, ///< one that uses its connections says no longer whose it is
    name_taken,  ///< one of its name is not penstock's, or says no longer that it is
};

/// One export with what became of it lately.
struct ExportStatus {
    std::string name;
    std::string flow_id; ///< empty: there is no dataflow of its own, see `absence`
    Absence absence = Absence::not_applied;
    std::string unowned_flow_id; ///< the dataflow in its place; empty if it is just not applied
    std::string state;           ///< in the service's spelling
    std::string account;
    std::string destination;
    bool in_manifests = true;
    std::vector<RunSummary> runs; ///< newest first
    std::optional<Error> error;   ///< the runs could not be read
};

/// A table with one row for each run. Ends with a newline.
std::string status_text(const std::vector<ExportStatus>& exports, const Style& style);

json::Object status_json(const std::vector<ExportStatus>& exports, std::string_view version);

} // namespace penstock::render
