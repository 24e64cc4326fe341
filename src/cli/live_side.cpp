#include "cli/live_side.hpp"

#include "base/text.hpp"
#include "catalogue/catalogue.hpp"
#include "desired/desired.hpp"
#include "live/chosen.hpp"
#include "live/mapping_sets.hpp"
#include "plan/flow_specs.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::cli {

LiveSide::LiveSide(Context& context, const Selection& selection, Progress& progress,
                   SelectiveReads selective)
    : context_(context), selection_(selection), progress_(progress), selective_(selective),
      described_(desired::build(selection.manifests, catalogue::Catalogue::embedded())) {
    options_.project = described_.project;
    options_.expected = selection.everything ? live::expect(described_) : selection.described;
    options_.mapping_sets = false;
    if (const auto& shard = selection.narrowing.shard) {
        options_.concerns = [&shard](const model::EntityKey& key) { return shard->owns(key); };
    }
    options_.progress = [this](std::size_t count) {
        progress_.now(fmt::format("reading the sandbox: {}", counted(count, "entity", "entities")));
    };
}

void LiveSide::read_for(const model::DesiredGraph& desired) {
    options_.mapping_sets = true;
    if (!selection_.everything) {
        options_.concerns = [this, &desired](const model::EntityKey& key) {
            return desired.find(key) != nullptr && model::owns(selection_.narrowing.shard, key);
        };
    }
    options_.mapping_set_names = live::expected_mapping_sets(desired, options_.concerns);
    options_.flow_specs = [&desired](const model::LiveGraph& live) {
        return plan::flow_specs_to_ask(desired, live, catalogue::Catalogue::embedded());
    };
    options_.flow_spec_names = plan::named_flow_specs(desired, catalogue::Catalogue::embedded());
}

Result<model::LiveGraph> LiveSide::read_all() {
    progress_.now("reading the sandbox");
    auto live = live::read(context_.transport(), context_.client(),
                           catalogue::Catalogue::embedded(), options_);
    progress_.clear();
    return live;
}

bool LiveSide::read_other_mappings(model::LiveGraph& live) {
    if (!options_.concerns) {
        return false;
    }
    progress_.now("reading the mappings of other exports");
    live::read_other_mapping_sets(context_.transport(), context_.client(), live, options_.concerns);
    progress_.clear();
    return true;
}

Result<std::optional<model::LiveGraph>> LiveSide::read_chosen() {
    if (selection_.everything || selective_ == SelectiveReads::never ||
        (selective_ == SelectiveReads::if_cheaper &&
         !live::chosen_is_cheaper(described_, options_.expected))) {
        return std::optional<model::LiveGraph>();
    }
    options_.flow_spec_names = plan::named_flow_specs(described_, catalogue::Catalogue::embedded());
    progress_.now("reading what is chosen");
    auto live = live::read_chosen(context_.transport(), context_.client(),
                                  catalogue::Catalogue::embedded(), options_, described_);
    progress_.clear();
    return live;
}

} // namespace penstock::cli
