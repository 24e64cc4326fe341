#include "emulator/token_desk.hpp"

#include "emulator/refusal.hpp"
#include "http/url.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::emulator {

namespace {

/// A form reads '+' as a blank, which a URL's query does not.
std::string form_value(const http::Query& form, std::string_view name) {
    return http::find(form, name).value_or("");
}

http::Query parse_form(std::string body) {
    std::replace(body.begin(), body.end(), '+', ' ');
    return http::parse_query(body);
}

http::Response oauth_error(int status, std::string_view error, std::string_view description) {
    return json_response(status,
                         json::Object{{"error", error}, {"error_description", description}});
}

} // namespace

http::Response TokenDesk::exchange(const http::Request& request, std::int64_t now) {
    const auto type = request.headers.find("Content-Type").value_or("");
    if (type.substr(0, type.find(';')) != "application/x-www-form-urlencoded") {
        return oauth_error(400, "invalid_request", "the body has to be a form");
    }
    const auto form = parse_form(request.body);
    const auto client_id = form_value(form, "client_id");
    if (form_value(form, "grant_type") != "client_credentials") {
        return oauth_error(400, "unsupported_grant_type", "unsupported grant_type");
    }
    if (client_id.empty()) {
        return oauth_error(400, "invalid_request", "client_id is required");
    }
    if (form_value(form, "scope").empty()) {
        return oauth_error(400, "invalid_scope", "scope is required");
    }
    if (!is_known(client_id, form_value(form, "client_secret"))) {
        return oauth_error(401, "invalid_client", "invalid client_secret parameter");
    }
    return json_response(200, json::Object{{"access_token", issue(client_id, now)},
                                           {"token_type", "bearer"},
                                           {"expires_in", settings_.token_lifetime}});
}

std::string TokenDesk::issue(const std::string& client_id, std::int64_t now) {
    std::erase_if(grants_, [&](const auto& entry) { return entry.second.expires <= now; });
    auto token = fmt::format("eyJ{}{}.{}", ids_.hex(16), ids_.hex(16), ids_.hex(16));
    grants_[token] = {client_id, now + settings_.token_lifetime * 1000};
    return token;
}

std::optional<std::string> TokenDesk::client_of(std::string_view token, std::int64_t now) const {
    const auto found = grants_.find(token);
    if (found == grants_.end() || found->second.expires <= now) {
        return std::nullopt;
    }
    return found->second.client_id;
}

bool TokenDesk::is_known(const std::string& client_id, const std::string& secret) const {
    if (settings_.clients.empty()) {
        return !secret.empty() && secret != "wrong-secret";
    }
    const auto found = settings_.clients.find(client_id);
    return found != settings_.clients.end() && found->second == secret;
}

json::Value TokenDesk::save() const {
    json::Object saved;
    for (const auto& [token, grant] : grants_) {
        saved.append(token,
                     json::Object{{"clientId", grant.client_id}, {"expires", grant.expires}});
    }
    return saved;
}

void TokenDesk::load(const json::Value& saved) {
    grants_.clear();
    for (const auto& [token, grant] : saved.as_object()) {
        grants_[token] = {grant["clientId"].as_string(), grant["expires"].as_integer()};
    }
}

} // namespace penstock::emulator
