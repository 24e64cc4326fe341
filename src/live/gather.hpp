#pragma once

#include "live/mapping_set_list.hpp"
#include "live/read.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace penstock::live {

/// The spec ids that entities of a kind may have to concern us.
std::vector<std::string> spec_ids(model::EntityKind kind, const catalogue::Catalogue& catalogue);

/// The filter for entities of a kind with one of these specs (reference, section 3.4).
std::string spec_filter(model::EntityKind kind, const std::vector<std::string>& specs);

/// Brings entities of a sandbox into a graph. What is asked for arrives in run(); the first failure
/// counts. What refers to it must outlive the run.
class Gatherer {
  public:
    Gatherer(http::Transport& transport, flow::Client& client,
             const catalogue::Catalogue& catalogue, const ReadOptions& options);

    /// Adds what the list shows and has one of these specs: a service that ignores the filter sends
    /// more than was asked for.
    void list(model::EntityKind kind, std::vector<std::string> specs, flow::ListOptions how);
    /// True if a list had as many entities as it was asked for at most: there may be more.
    [[nodiscard]] bool cut_short() const { return cut_short_; }
    /// Adds one entity by its id, if it has one of the specs of its kind; `absent` is called if it
    /// is not there.
    void get(model::EntityKind kind, const std::string& id, std::function<void()> absent);
    /// Reads an entity of the graph once more; what is gone goes in forget_gone().
    void read_again(model::LiveEntity& entity);
    void forget_gone();

    /// Begins with the list of mapping sets, as ReadOptions say, beside what else is read.
    void read_mapping_sets_ahead() { mapping_sets_.read_ahead(options_.mapping_set_names); }

    /// Asks the sandbox for flow specs. Not to know them is no reason to stop: what needs them is
    /// held back.
    void ask_flow_specs(std::string_view field, const std::vector<std::string>& values);
    /// The same by name, for those that were not asked for yet.
    void ask_flow_specs_by_name(const std::vector<std::string>& names);
    /// Ids of the specs asked for by name, as far as they are none of the catalogue's.
    [[nodiscard]] std::vector<std::string> ids_of_named_flow_specs() const;

    /// Reads our dataflows again until the service has finished with them: what it shows meanwhile
    /// is neither the old content nor the new.
    void settle();
    /// Says whose the entities are.
    void assign_owners();
    /// What is read once all entities are known: mapping sets, and flow specs by their ids.
    void complete();

    /// Until all that was asked for has arrived.
    void run() { http::run(transport_); }

    [[nodiscard]] model::LiveGraph& graph() { return graph_; }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    /// The graph, or the error; leaves nothing behind.
    Result<model::LiveGraph> take();

  private:
    void add_all(model::EntityKind kind, const std::vector<std::string>& specs,
                 std::vector<json::Value> items);
    void wait(Milliseconds time);
    void note(Error error);
    /// True for a dataflow of ours that this run looks at.
    [[nodiscard]] bool concerns(const model::LiveEntity& entity) const;

    http::Transport& transport_;
    flow::Client& client_;
    const catalogue::Catalogue& catalogue_;
    const ReadOptions& options_;
    MappingSetList mapping_sets_;
    model::LiveGraph graph_;
    std::optional<Error> error_;
    bool cut_short_ = false;
    std::size_t total_ = 0;
    std::unordered_set<std::string> gone_; ///< ids of what vanished meanwhile
    std::set<std::string> asked_names_;    ///< of flow specs
};

} // namespace penstock::live
