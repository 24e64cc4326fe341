#include "live/read.hpp"

#include "live/gather.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

namespace penstock::live {

namespace {

using model::EntityKind;
using EntityId = std::pair<EntityKind, std::string>;

/// Reads the whole sandbox.
class Reader {
  public:
    Reader(http::Transport& transport, flow::Client& client, const catalogue::Catalogue& catalogue,
           const ReadOptions& options)
        : catalogue_(catalogue), options_(options), gather_(transport, client, catalogue, options) {
    }

    Result<model::LiveGraph> read() {
        gather_.ask_flow_specs_by_name(options_.flow_spec_names);
        gather_.read_mapping_sets_ahead();
        list_all();
        gather_.settle();
        while (fit_together()) {
            gather_.settle();
        }
        gather_.assign_owners();
        if (!gather_.error()) {
            gather_.complete();
        }
        return gather_.take();
    }

  private:
    void list_all() {
        for (const auto kind : model::all_entity_kinds) {
            for (auto& specs : partition(kind, spec_ids(kind, catalogue_), options_.expected)) {
                list(kind, std::move(specs));
            }
        }
        gather_.run();
        gather_.ask_flow_specs_by_name(names_of_destinations_present());
        gather_.run();
        if (auto ids = gather_.ids_of_named_flow_specs(); !ids.empty()) {
            list(EntityKind::flow, std::move(ids));
            gather_.run();
        }
        gather_.assign_owners();
    }

    void list(EntityKind kind, std::vector<std::string> specs) {
        flow::ListOptions how;
        how.properties = {spec_filter(kind, specs)};
        how.expected = expected_of(kind, specs, options_.expected);
        gather_.list(kind, std::move(specs), std::move(how));
    }

    /// Dataflows of a destination whose flow spec has no documented id can only be there if a
    /// connection of it is.
    [[nodiscard]] std::vector<std::string> names_of_destinations_present() {
        std::vector<std::string> names;
        for (const auto& destination : catalogue_.all()) {
            const auto is_of_it = [&](const auto& entity) {
                return entity.document["connectionSpec"]["id"].as_string() ==
                       destination.connection_spec_id;
            };
            const auto& entities = gather_.graph().entities;
            if (!destination.segment_flow_spec_name.empty() &&
                std::any_of(entities.begin(), entities.end(), is_of_it)) {
                names.push_back(destination.segment_flow_spec_name);
            }
        }
        return names;
    }

    /// What entities of ours refer to and lists do not show. These do not show one moment then:
    /// somebody made or deleted entities while they were read, or one list lags behind another. A
    /// plan on that would replace what is whole.
    [[nodiscard]] std::set<EntityId> missing() {
        const auto& entities = gather_.graph().entities;
        std::map<EntityKind, std::unordered_set<std::string_view>> shown;
        for (const auto kind : model::all_entity_kinds) {
            shown[kind].reserve(entities.size());
        }
        for (const auto& entity : entities) {
            shown[entity.kind].insert(entity.id);
        }
        std::set<EntityId> ids;
        for (const auto& entity : entities) {
            if (!entity.key || may_have_unlisted_base(entity)) {
                continue;
            }
            for (const auto kind : model::all_entity_kinds) {
                for (auto& id : model::linked_ids(entity, kind)) {
                    if (!shown[kind].contains(id)) {
                        ids.emplace(kind, std::move(id));
                    }
                }
            }
        }
        return ids;
    }

    /// The base of a source may be the service's own (reference, section 4.3), but for the source
    /// of the Profile Store that exports share: that has one of ours.
    static bool may_have_unlisted_base(const model::LiveEntity& entity) {
        return entity.kind == EntityKind::source && entity.key->name != model::profile_store_name;
    }

    /// Asks for each thing by itself that no list shows and something of ours refers to. If it is
    /// gone, what refers to it is asked for as well: it may be gone, too, or led elsewhere. False
    /// if nothing new was missing.
    bool fit_together() {
        auto ids = missing();
        std::erase_if(ids, [&](const auto& id) { return !asked_.insert(id).second; });
        if (gather_.error() || ids.empty()) {
            return false;
        }
        std::set<std::string> lost;
        for (const auto& entry : ids) {
            const auto& id = entry.second;
            gather_.get(entry.first, id, [&lost, &id] { lost.insert(id); });
        }
        gather_.run();
        for (auto& entity : gather_.graph().entities) {
            if (entity.key && refers_to(entity, lost)) {
                gather_.read_again(entity);
            }
        }
        gather_.run();
        gather_.forget_gone();
        gather_.assign_owners();
        return true;
    }

    static bool refers_to(const model::LiveEntity& entity, const std::set<std::string>& ids) {
        return std::any_of(std::begin(model::all_entity_kinds), std::end(model::all_entity_kinds),
                           [&](auto kind) {
                               const auto linked = model::linked_ids(entity, kind);
                               return std::any_of(linked.begin(), linked.end(),
                                                  [&](const auto& id) { return ids.contains(id); });
                           });
    }

    const catalogue::Catalogue& catalogue_;
    const ReadOptions& options_;
    Gatherer gather_;
    std::set<EntityId> asked_; ///< what no list shows
};

} // namespace

Result<model::LiveGraph> read(http::Transport& transport, flow::Client& client,
                              const catalogue::Catalogue& catalogue, const ReadOptions& options) {
    return Reader(transport, client, catalogue, options).read();
}

} // namespace penstock::live
