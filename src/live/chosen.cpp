#include "live/chosen.hpp"

#include "http/url.hpp"
#include "live/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

namespace penstock::live {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

constexpr std::size_t longest_filter = 1'800; ///< encoded; path, limit and host come on top
/// One fewer than a list is asked for, so that a full answer shows that nobody filtered.
constexpr std::size_t most_values = list_page - 1;
/// What is read in vain if there is a gap must not weigh much.
constexpr std::size_t times_cheaper = 3;
/// An entity's id is a UUID.
constexpr std::size_t id_length = 36;

/// One list of one page, narrowed by a filter.
struct NarrowList {
    EntityKind kind = EntityKind::base;
    std::string property;
};

void add(std::vector<NarrowList>& lists, EntityKind kind, std::string_view field,
         const std::vector<std::string>& values) {
    for (auto& property : filters(field, values)) {
        lists.push_back({kind, std::move(property)});
    }
}

/// What shows the desired entities, and what a crash may have left of their exports.
std::vector<NarrowList> lists_by_name(const model::DesiredGraph& desired) {
    std::map<EntityKind, std::set<std::string>> names;
    for (const auto& entity : desired.entities) {
        const auto name = model::generated_name(desired.project, entity.key.name);
        names[entity.key.kind].insert(name);
        if (entity.key.kind == EntityKind::flow) {
            names[EntityKind::source].insert(name); // it may have had one of its own
        }
    }
    std::vector<NarrowList> lists;
    for (const auto& [kind, set] : names) {
        add(lists, kind, "name", {set.begin(), set.end()});
    }
    std::set<std::string> others;
    for (const auto& [account, base] : desired.external_bases) {
        others.insert(base.first);
    }
    add(lists, EntityKind::base, "id", {others.begin(), others.end()});
    return lists;
}

std::vector<NarrowList> lists_by_target(const std::vector<std::string>& targets) {
    std::vector<NarrowList> lists;
    add(lists, EntityKind::flow, "targetConnectionIds[]", targets);
    return lists;
}

class Gaps {
  public:
    Gaps(const model::DesiredGraph& desired, const model::LiveGraph& live)
        : desired_(desired), live_(live) {
        for (const auto& entity : desired.entities) {
            if (entity.key.kind == EntityKind::flow) {
                exports_.insert(entity.key.name);
            }
        }
    }

    std::optional<Gap> find() {
        for (const auto& entity : live_.entities) {
            if (const auto gap = entity.key ? take(entity) : std::nullopt) {
                return gap;
            }
        }
        for (const auto& [account, base] : desired_.external_bases) {
            if (live_.find(EntityKind::base, base.first) == nullptr) {
                return Gap::missing;
            }
        }
        for (const auto& entity : desired_.entities) {
            if (!shown_.contains(entity.key)) {
                return Gap::missing;
            }
        }
        const bool linked = std::all_of(desired_.entities.begin(), desired_.entities.end(),
                                        [&](const auto& entity) {
                                            return uses(entity, "source", EntityKind::source) &&
                                                   uses(entity, "target", EntityKind::target) &&
                                                   uses(entity, "base", EntityKind::base);
                                        });
        return linked ? std::nullopt : std::optional(Gap::led_away);
    }

  private:
    std::optional<Gap> take(const LiveEntity& entity) {
        if (!entity.marker) {
            return Gap::unmarked;
        }
        if (desired_.find(*entity.key) == nullptr) {
            const bool of_chosen =
                entity.kind != EntityKind::base && exports_.contains(entity.key->name);
            return of_chosen ? std::optional(Gap::left_over) : std::nullopt;
        }
        return shown_.emplace(*entity.key, &entity).second ? std::nullopt
                                                           : std::optional(Gap::doubled);
    }

    bool uses(const model::DesiredEntity& entity, std::string_view member, EntityKind kind) const {
        const auto& reference = entity.content[member];
        if (!reference.is_object()) {
            return true;
        }
        std::string id = reference["id"].as_string();
        if (const auto key = model::referenced(reference, kind)) {
            const auto found = shown_.find(*key);
            id = found == shown_.end() ? std::string() : found->second->id;
        }
        return model::linked_ids(*shown_.at(entity.key), kind) == std::vector{id};
    }

    const model::DesiredGraph& desired_;
    const model::LiveGraph& live_;
    std::unordered_set<std::string_view> exports_;
    std::map<EntityKey, const LiveEntity*> shown_;
};

/// Reads lists of one page each.
class Chosen {
  public:
    Chosen(http::Transport& transport, flow::Client& client, const catalogue::Catalogue& catalogue,
           const ReadOptions& options, const model::DesiredGraph& desired)
        : catalogue_(catalogue), options_(options), desired_(desired),
          gather_(transport, client, catalogue, options),
          users_(transport, client, catalogue, options) {}

    Result<std::optional<model::LiveGraph>> read() {
        flow_specs_ = spec_ids(EntityKind::flow, catalogue_);
        if (!options_.flow_spec_names.empty()) {
            gather_.ask_flow_specs_by_name(options_.flow_spec_names);
            gather_.run();
            const auto named = gather_.ids_of_named_flow_specs();
            flow_specs_.insert(flow_specs_.end(), named.begin(), named.end());
        }
        ask(gather_, lists_by_name(desired_));
        gather_.run();
        forget_repeated();
        gather_.assign_owners();
        gather_.settle();
        gather_.assign_owners();
        if (gather_.error() || gather_.cut_short() || find_gap(desired_, gather_.graph())) {
            return without(gather_);
        }
        ask(users_, lists_by_target(targets()));
        gather_.complete();
        users_.run();
        users_.assign_owners();
        if (users_.error() || users_.cut_short() || may_have_another_user()) {
            return without(users_);
        }
        auto graph = gather_.take();
        if (!graph) {
            return fail(std::move(graph.error()));
        }
        return std::optional(std::move(*graph));
    }

  private:
    void ask(Gatherer& gather, const std::vector<NarrowList>& lists) const {
        for (const auto& list : lists) {
            flow::ListOptions how;
            how.properties = {list.property};
            how.at_most = list_page;
            gather.list(list.kind,
                        list.kind == EntityKind::flow ? flow_specs_
                                                      : spec_ids(list.kind, catalogue_),
                        std::move(how));
        }
    }

    /// A service that ignores filters shows everything in every list.
    void forget_repeated() {
        std::set<std::pair<EntityKind, std::string>> ids;
        std::erase_if(gather_.graph().entities, [&](const auto& entity) {
            return !ids.emplace(entity.kind, entity.id).second;
        });
    }

    [[nodiscard]] std::vector<std::string> targets() {
        std::vector<std::string> ids;
        for (const auto& entity : gather_.graph().entities) {
            if (entity.kind == EntityKind::target && entity.key &&
                desired_.find(*entity.key) != nullptr) {
                ids.push_back(entity.id);
            }
        }
        return ids;
    }

    /// True if a chosen export has a second dataflow, under another name, or that cannot be told:
    /// a service that does not look into arrays shows not even the first.
    [[nodiscard]] bool may_have_another_user() {
        const auto is_chosen = [&](const auto& entity) {
            return entity.kind == EntityKind::flow && entity.key &&
                   desired_.find(*entity.key) != nullptr;
        };
        const auto are_all_in = [&](const model::LiveGraph& some, const model::LiveGraph& others) {
            return std::all_of(some.entities.begin(), some.entities.end(), [&](const auto& entity) {
                return !is_chosen(entity) || others.find(EntityKind::flow, entity.id) != nullptr;
            });
        };
        return !are_all_in(users_.graph(), gather_.graph()) ||
               !are_all_in(gather_.graph(), users_.graph());
    }

    /// What the service does not answer in this way it may answer in another one.
    static Result<std::optional<model::LiveGraph>> without(const Gatherer& gather) {
        constexpr std::array answers{ErrorKind::rejected, ErrorKind::bad_answer,
                                     ErrorKind::not_found};
        const auto& error = gather.error();
        if (error && std::find(answers.begin(), answers.end(), error->kind) == answers.end()) {
            return fail(*error);
        }
        return std::optional<model::LiveGraph>();
    }

    const catalogue::Catalogue& catalogue_;
    const ReadOptions& options_;
    const model::DesiredGraph& desired_;
    Gatherer gather_;
    Gatherer users_; ///< dataflows by their targets
    std::vector<std::string> flow_specs_;
};

} // namespace

std::vector<std::string> filters(std::string_view field, const std::vector<std::string>& values) {
    std::vector<std::string> all;
    std::size_t length = 0;
    std::size_t count = 0;
    for (const auto& value : values) {
        const auto more = http::percent_encode("," + value).size();
        if (count == 0 || count == most_values || length + more > longest_filter) {
            all.push_back(fmt::format("{}=={}", field, value));
            length = http::percent_encode(all.back()).size();
            count = 1;
        } else {
            all.back() += "," + value;
            length += more;
            ++count;
        }
    }
    return all;
}

bool chosen_is_cheaper(const model::DesiredGraph& desired, const Expected& described) {
    const auto flows =
        std::count_if(desired.entities.begin(), desired.entities.end(),
                      [](const auto& entity) { return entity.key.kind == EntityKind::flow; });
    const std::vector<std::string> targets(static_cast<std::size_t>(flows),
                                           std::string(id_length, '0'));
    const auto lists = lists_by_name(desired).size() + lists_by_target(targets).size();
    return lists * times_cheaper <= fewest_pages(described);
}

std::optional<Gap> find_gap(const model::DesiredGraph& desired, const model::LiveGraph& live) {
    return Gaps(desired, live).find();
}

Result<std::optional<model::LiveGraph>>
read_chosen(http::Transport& transport, flow::Client& client, const catalogue::Catalogue& catalogue,
            const ReadOptions& options, const model::DesiredGraph& desired) {
    return Chosen(transport, client, catalogue, options, desired).read();
}

} // namespace penstock::live
