#include "live/mapping_sets.hpp"

#include "live/read.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock::live {

namespace {

using json::Value;

/// Gives flows their sets, out of a list as far as it shows them.
class Sets {
  public:
    Sets(http::Transport& transport, flow::Client& client, MappingSetList& list,
         const std::vector<model::LiveEntity*>& flows)
        : transport_(transport), client_(client), list_(list) {
        for (auto* flow : flows) {
            if (auto named = named_mapping_set(*flow)) {
                wanted_[{std::move(named->id), named->version}].push_back(flow);
            }
        }
    }

    void read() {
        read_list();
        for (auto& entry : wanted_) {
            const auto& flows = entry.second;
            read_mapping_set(client_, *flows.front(),
                             [&flows](Result<Value> set) { give(flows, std::move(set)); });
        }
        http::run(transport_);
    }

  private:
    using Version = std::pair<std::string, std::int64_t>;
    using Wanted = std::map<Version, std::vector<model::LiveEntity*>>;

    /// Page after page, several at a time, while they may still show something.
    void read_list() {
        listed_ = wanted_.size();
        const auto at_stake = std::min(wanted_.size() / gets_for_a_page,
                                       2 * MappingSetList::pages_of(wanted_.size()));
        auto saved = look_at_arrived(); // it may have been read ahead
        while (useful_ && list_.goes_on() && listed_ > 0) {
            const auto affordable = at_stake + saved / gets_for_a_page;
            if (list_.asked() >= affordable) {
                break;
            }
            // The first page tells how many sets one has, and whether they are of any use.
            list_.ask(list_.asked() == 0 ? 1
                                         : std::min(MappingSetList::pages_of(listed_),
                                                    affordable - list_.asked()));
            http::run(transport_);
            saved += look_at_arrived();
        }
    }

    /// How many GETs that has saved.
    std::size_t look_at_arrived() {
        const auto before = wanted_.size();
        for (auto& set : list_.take()) {
            look_at(std::move(set));
        }
        believe_nameless();
        return before - wanted_.size();
    }

    void look_at(Value set) {
        const auto& id = set["id"].as_string();
        // Whatever the list shows of this set, it shows no other version of it.
        auto place = wanted_.lower_bound({id, std::numeric_limits<std::int64_t>::min()});
        const auto version = flow::version_number(set["version"]);
        auto found = wanted_.end();
        for (; place != wanted_.end() && place->first.first == id; ++place) {
            --listed_;
            if (place->first.second == version) {
                found = place;
            }
        }
        if (found == wanted_.end()) {
            return;
        }
        if (is_outline(set)) {
            useful_ = false; // an outline is of no use
        } else if (set["name"].is_string()) {
            hand_over(found, std::move(set));
        } else {
            nameless_.emplace_back(found, std::move(set));
        }
    }

    /// Whose a set is its name tells. Sets without one are taken only if the list leaves it out
    /// just as a GET does.
    void believe_nameless() {
        if (nameless_.empty()) {
            return;
        }
        if (!leaves_names_out_) {
            leaves_names_out_ = false;
            const auto first = nameless_.front().first;
            nameless_.erase(nameless_.begin());
            read_mapping_set(client_, *first->second.front(), [&](Result<Value> set) {
                leaves_names_out_ = set && set->is_object() && !(*set)["name"].is_string();
                hand_over(first, std::move(set));
            });
            http::run(transport_);
        }
        if (*leaves_names_out_) {
            for (auto& [place, set] : nameless_) {
                hand_over(place, std::move(set));
            }
        } else {
            useful_ = false;
        }
        nameless_.clear();
    }

    void hand_over(Wanted::iterator place, Result<Value> set) {
        give(place->second, std::move(set));
        wanted_.erase(place);
    }

    static void give(const std::vector<model::LiveEntity*>& flows, Result<Value> set) {
        for (auto* flow : flows) {
            if (!set) {
                flow->mapping_set_unread = set.error().message;
            } else if (flow == flows.back()) {
                flow->mapping_set = std::move(*set);
            } else {
                flow->mapping_set = *set;
            }
        }
    }

    http::Transport& transport_;
    flow::Client& client_;
    MappingSetList& list_;
    Wanted wanted_;          ///< what is still to be read
    std::size_t listed_ = 0; ///< of it, what the list may still show
    bool useful_ = true;     ///< what the list shows
    std::vector<std::pair<Wanted::iterator, Value>> nameless_; ///< not believed yet
    std::optional<bool> leaves_names_out_; ///< whether a GET shows no name, either; once known
};

} // namespace

json::Value compared_part(json::Value set) {
    const auto part = [](json::Value whole, std::initializer_list<const char*> names) {
        std::vector<json::Object::Member> members;
        members.reserve(names.size());
        for (const char* name : names) {
            if (auto* member = whole.make_object().find(name)) {
                members.emplace_back(name, std::move(*member));
            }
        }
        return json::Object(std::move(members));
    };
    auto kept =
        part(std::move(set), {"id", "version", "name", "inputSchema", "outputSchema", "mappings"});
    if (auto* mappings = kept.find("mappings"); mappings != nullptr && mappings->is_array()) {
        for (auto& mapping : mappings->make_array()) {
            mapping = part(std::move(mapping), {"sourceType", "source", "destination"});
        }
    } else {
        kept.erase("mappings");
    }
    return kept;
}

void read_mapping_sets(http::Transport& transport, flow::Client& client, MappingSetList& list,
                       const std::vector<model::LiveEntity*>& flows) {
    Sets(transport, client, list, flows).read();
}

void read_other_mapping_sets(http::Transport& transport, flow::Client& client,
                             model::LiveGraph& live,
                             const std::function<bool(const model::EntityKey&)>& concerns) {
    std::vector<model::LiveEntity*> flows;
    for (auto& entity : live.entities) {
        if (entity.kind == model::EntityKind::flow && entity.key && !concerns(*entity.key)) {
            flows.push_back(&entity);
        }
    }
    MappingSetList list(client);
    read_mapping_sets(transport, client, list, flows);
}

} // namespace penstock::live
