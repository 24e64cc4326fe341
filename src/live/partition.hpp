#pragma once

#include "model/graph.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace penstock::live {

/// How many entities of each kind and connection spec or flow spec there should be.
using Expected = std::map<std::pair<model::EntityKind, std::string>, std::size_t>;

/// As many as the manifests describe.
Expected expect(const model::DesiredGraph& desired);

/// How many of a kind with one of these specs there should be.
std::size_t expected_of(model::EntityKind kind, const std::vector<std::string>& specs,
                        const Expected& expected);

/// The names of the mapping sets that there should be: those of the dataflows that map attributes
/// and whose keys concern the reader (null: all).
std::set<std::string>
expected_mapping_sets(const model::DesiredGraph& desired,
                      const std::function<bool(const model::EntityKey&)>& concerns);

/// How many entities one answer of a list holds at most (reference, section 3.3).
inline constexpr std::size_t list_page = 100;

/// The fewest requests that list all that is expected, each kind by itself.
std::size_t fewest_pages(const Expected& expected);

/// Distributes the specs of one kind over lists that can be read at the same time, since the pages
/// of one list have to be read one after the other: a spec of which more than a page is expected
/// has a list of its own, the others share one. That one is added to the shortest where it need not
/// stand alone: nothing is expected of it, or another list is longer still.
std::vector<std::vector<std::string>>
partition(model::EntityKind kind, const std::vector<std::string>& specs, const Expected& expected);

} // namespace penstock::live
