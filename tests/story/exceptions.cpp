#include "story/exceptions.hpp"

#include "catalogue/catalogue.hpp"
#include "support/leaks.hpp"

#include <fmt/format.h>

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

bool is_malformed(const http::Response& response, bool others_at_work) {
    if (response.status < 400 || response.status == 401 || response.status == 404 ||
        response.status == 412 || response.status == 429 || response.status >= 500) {
        return false;
    }
    const auto speaks_of = [&](std::string_view words) {
        return response.body.find(words) != std::string::npos;
    };
    if (others_at_work && (speaks_of("does not exist") || speaks_of("valid flow spec id"))) {
        return false;
    }
    return std::none_of(state_errors.begin(), state_errors.end(), speaks_of);
}

bool may_stay_in_use(const emulator::Settings& settings, std::string_view marker) {
    return settings.profile_store_base == emulator::ProfileStoreBase::reused &&
           marker == "base/ProfileStore";
}

bool is_no_secret(const manifest::Account& account, const std::string& parameter) {
    const auto* auth = std::get_if<manifest::AccountAuth>(&account.connection);
    const auto* destination = catalogue::Catalogue::embedded().find(account.destination);
    return auth != nullptr &&
           test::is_shown_to_everybody(destination->connection_spec_id, auth->spec_name, parameter);
}

bool hides_differences(const emulator::Switch& option, std::size_t value) {
    return value != 0 &&
           (option.name.starts_with("description_") || option.name == "dataset_names" ||
            option.name == "segment_names" || option.name == "profile_store_base");
}

} // namespace penstock::story
