#include "emulator/platform.hpp"

#include "emulator/paging.hpp"
#include "emulator/view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::emulator {

namespace {

constexpr std::string_view flow_service_path = "/data/foundation/flowservice/";
constexpr std::string_view data_prep_path = "/data/foundation/conversion/";
constexpr std::string_view profile_path = "/data/core/ups/";
constexpr std::string_view identity_path = "/data/core/idnamespace/";
constexpr std::string_view registry_path = "/data/foundation/schemaregistry/";
constexpr std::uint64_t request_id_stream = 0x5EED;

/// The path of the service that answers, empty if there is none (section 1.1).
std::string_view service_of(std::string_view path) {
    for (const auto service :
         {flow_service_path, data_prep_path, profile_path, identity_path, registry_path}) {
        if (path.rfind(service, 0) == 0) {
            return service;
        }
    }
    return {};
}

} // namespace

Platform::Platform(Settings settings, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock), ids_(settings_.seed),
      request_ids_(mixed(settings_.seed, request_id_stream)), data_prep_(settings_, ids_),
      tokens_(settings_, ids_) {}

http::Response Platform::handle(const http::Request& request, Milliseconds list_lag) {
    settle();
    auto response = answer(request, list_lag);
    response.headers.set("x-request-id", request_ids_.uuid());
    log_.push_back(logged(request, response, epoch_ms(clock_.now())));
    return response;
}

std::string Platform::issue_token(const std::string& client_id) {
    ++token_revision_;
    return tokens_.issue(client_id, epoch_ms(clock_.now()));
}

http::Response Platform::answer(const http::Request& request, Milliseconds list_lag) {
    const auto url = http::parse_url(request.url);
    if (!url) {
        return refuse(plain(400, "Bad request").value(), settings_);
    }
    if (url->path == "/ims/token/v3" && request.method == http::Method::post) {
        ++token_revision_;
        return tokens_.exchange(request, epoch_ms(clock_.now()));
    }
    const auto service = service_of(url->path);
    if (service.empty()) {
        return refuse(no_such_path().value(), settings_);
    }
    auto call = admit(request, *url);
    if (!call) {
        return refuse(call.error(), settings_);
    }
    call->path = split_path(std::string_view(url->path).substr(service.size()));
    call->list_as_of = call->now - list_lag.count();
    auto answered = route(service, *call);
    return answered ? std::move(*answered) : refuse(answered.error(), settings_);
}

Outcome<Call> Platform::admit(const http::Request& request, const http::Url& url) const {
    const auto now = epoch_ms(clock_.now());
    const auto header = [&](std::string_view name) {
        return std::string(request.headers.find(name).value_or(""));
    };
    constexpr std::string_view bearer = "Bearer ";
    const auto authorization = header("Authorization");
    if (authorization.rfind(bearer, 0) != 0) {
        return gateway(401, "401010", "Oauth token is missing.");
    }
    const auto client = tokens_.client_of(authorization.substr(bearer.size()), now);
    if (!client) {
        return gateway(401, "401013", "Oauth token is not valid");
    }
    const auto key = header("x-api-key");
    if (key.empty()) {
        return gateway(403, "403000", "Api Key is required");
    }
    if (key != *client) {
        return gateway(403, "403003", "Api Key is invalid");
    }
    const auto organization = header("x-gw-ims-org-id");
    const std::string_view suffix = "@AdobeOrg";
    if (organization.size() <= suffix.size() ||
        organization.compare(organization.size() - suffix.size(), suffix.size(), suffix) != 0) {
        return coded("2001-401", "Header x-gw-ims-org-id is missing or invalid");
    }
    if (request.headers.find("x-sandbox-id")) {
        return coded("2110-400", "Header x-sandbox-id is not allowed with the user token");
    }
    auto sandbox = header("x-sandbox-name");
    if (sandbox.empty()) {
        if (settings_.sandbox_default == SandboxDefault::require) {
            return coded("2105-400", "Header x-sandbox-name is missing");
        }
        sandbox = "prod";
    }
    const auto& known = settings_.sandboxes;
    if (std::find(known.begin(), known.end(), sandbox) == known.end()) {
        return coded("2100-404", fmt::format("Sandbox [{}] not found", sandbox));
    }
    return Call{request, url.origin(), {}, http::parse_query(url.query), {organization, sandbox},
                *client, now,          now};
}

Platform::Answer Platform::route(std::string_view service, const Call& call) {
    if (service == data_prep_path) {
        const bool writes = call.request.method != http::Method::get;
        revision_ += writes ? 1 : 0;
        return data_prep_.answer(call);
    }
    if (service == profile_path) {
        return profile_schema(call);
    }
    if (service == registry_path) {
        return registry_schema(call);
    }
    if (service == identity_path) {
        return identities(call);
    }
    return flow_service(call);
}

Platform::Answer Platform::flow_service(const Call& call) {
    if (call.path.empty()) {
        return no_such_path();
    }
    const auto& collection = call.path.front();
    if (const auto kind = parse_collection(collection)) {
        return entities(*kind, call);
    }
    if (collection == "runs") {
        return runs(call);
    }
    if (call.request.method == http::Method::get && collection == "connectionSpecs") {
        return connection_specs(call);
    }
    if (call.request.method == http::Method::get && collection == "flowSpecs") {
        return flow_specs(call);
    }
    return no_such_path();
}

Platform::Answer Platform::entities(Kind kind, const Call& call) {
    if (call.path.size() == 1) {
        switch (call.request.method) {
        case http::Method::get:
            return list(kind, call);
        case http::Method::post:
            return create(kind, call);
        case http::Method::put:
        case http::Method::patch:
        case http::Method::del:
            break;
        }
        return plain(405, "Method not allowed");
    }
    if (call.path.size() == 2) {
        return entity(kind, call, call.path[1]);
    }
    if (kind == Kind::flow && call.path.size() == 3 && call.path[2] == "action" &&
        call.request.method == http::Method::post) {
        return act(call, call.path[1]);
    }
    return no_such_path();
}

Platform::Answer Platform::entity(Kind kind, const Call& call, const std::string& id) {
    switch (call.request.method) {
    case http::Method::get:
        return read(kind, call, id);
    case http::Method::patch:
        return patch(kind, call, id);
    case http::Method::del:
        return remove(kind, call, id);
    case http::Method::post:
    case http::Method::put:
        break;
    }
    return plain(405, "Method not allowed");
}

Surroundings Platform::around(const Scope& scope) const {
    return {specs_, store_, data_prep_, settings_, scope};
}

json::Value Platform::save() const {
    return json::Object{{"format", 1},
                        {"ids", ids_.position()},
                        {"requestIds", request_ids_.position()},
                        {"store", store_.save()},
                        {"dataPrep", data_prep_.save()},
                        {"tokens", tokens_.save()}};
}

void Platform::load(const json::Value& saved) {
    ids_.set_position(saved["ids"].as_integer());
    request_ids_.set_position(saved["requestIds"].as_integer());
    store_.load(saved["store"]);
    data_prep_.load(saved["dataPrep"]);
    tokens_.load(saved["tokens"]);
    next_event_ = 0;
    ++revision_;
}

} // namespace penstock::emulator
