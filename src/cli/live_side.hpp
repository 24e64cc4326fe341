#pragma once

#include "base/result.hpp"
#include "cli/context.hpp"
#include "cli/host.hpp"
#include "cli/progress.hpp"
#include "cli/selection.hpp"
#include "live/read.hpp"
#include "model/graph.hpp"

#include <optional>

namespace penstock::cli {

/// Reads the live side for a command, with progress.
class LiveSide {
  public:
    /// All of it must outlive this.
    LiveSide(Context& context, const Selection& selection, Progress& progress,
             SelectiveReads selective);

    /// What the chosen manifests describe.
    [[nodiscard]] const model::DesiredGraph& described() const { return described_; }

    /// Keeps all that there is of each entity.
    void keep_whole_documents() { options_.extent = live::Extent::whole; }

    /// Mapping sets and flow specs as planning for `desired` needs them.
    void read_for(const model::DesiredGraph& desired);

    /// The whole sandbox.
    Result<model::LiveGraph> read_all();
    /// Adds what others than the chosen exports map, after read_all(), where that was left out;
    /// false if there is no more to read. A new mapping uses schemas that there are, and leaves
    /// alone a set that another dataflow names.
    bool read_other_mappings(model::LiveGraph& live);
    /// What realises the chosen manifests and nothing else; nothing if that is not to be, is not
    /// cheaper, or if it takes the whole sandbox to tell.
    Result<std::optional<model::LiveGraph>> read_chosen();

  private:
    Context& context_;
    const Selection& selection_;
    Progress& progress_;
    SelectiveReads selective_;
    model::DesiredGraph described_;
    live::ReadOptions options_;
};

} // namespace penstock::cli
