#pragma once

#include "live/read.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::live {

/// `<field>==<value>,<value>,...` as often as it takes for every list to keep to one page and its
/// URL to about 2,000 characters.
std::vector<std::string> filters(std::string_view field, const std::vector<std::string>& values);

/// True if reading just what realises `desired` takes clearly fewer requests than reading all that
/// the manifests describe.
bool chosen_is_cheaper(const model::DesiredGraph& desired, const Expected& described);

/// Why the entities that were read by their names do not stand for the whole sandbox.
enum class Gap {
    missing,   ///< one is not there, or not under its name
    doubled,   ///< two carry the marker of one
    unmarked,  ///< one is known by its name alone, and whose it is the whole sandbox tells
    led_away,  ///< one uses something else than the manifests say
    left_over, ///< a chosen export has an entity that its manifest no longer asks for
};

/// What keeps `live` from showing each of the desired entities whole, alone and linked as the
/// manifests want it; nothing if nothing does.
std::optional<Gap> find_gap(const model::DesiredGraph& desired, const model::LiveGraph& live);

/// Reads what realises `desired`, by the names that penstock gives (reference, section 3.4), and
/// nothing else. Nothing if it has a gap, or if the service does not filter so: then only read()
/// tells. What carries a marker of ours under another name and shares no target with the chosen
/// dataflows stays unseen. Runs the transport until done.
Result<std::optional<model::LiveGraph>>
read_chosen(http::Transport& transport, flow::Client& client, const catalogue::Catalogue& catalogue,
            const ReadOptions& options, const model::DesiredGraph& desired);

} // namespace penstock::live
