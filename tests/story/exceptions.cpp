#include "story/exceptions.hpp"

#include <algorithm>
#include <array>

namespace penstock::story {

namespace {

/// States of an entity or of its users that pass, or that a later apply repairs (reference, section
/// 9.3).
constexpr std::array<std::string_view, 10> state_errors{
    "1416-", "1417-", "1418-", "1419-", "1420-", "1421-", "1422-", "1447-", "1457-", "1458-"};

} // namespace

bool may_be_set(const emulator::Switch& option, std::size_t value) {
    // Where encryption belongs is data of the catalogue; without its name nobody can tell
    // Campaign's flow spec.
    return option.name != "connection_patch" && option.name != "disabled_flow_patch" &&
           option.name != "encryption_place" &&
           !(option.name == "campaign_flow_spec" && option.values[value] == "unnamed");
}

bool is_malformed(const http::Response& response) {
    if (response.status < 400 || response.status == 401 || response.status == 404 ||
        response.status == 412 || response.status == 429 || response.status >= 500) {
        return false;
    }
    return std::none_of(state_errors.begin(), state_errors.end(),
                        [&](auto code) { return response.body.find(code) != std::string::npos; });
}

bool hides_differences(const emulator::Switch& option, std::size_t value) {
    return value != 0 && (option.name.starts_with("description_") ||
                          option.name == "dataset_names" || option.name == "segment_names");
}

} // namespace penstock::story
