#include "emulator/request_log.hpp"

#include "base/text.hpp"
#include "http/url.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

namespace penstock::emulator {

namespace {

constexpr std::string_view redacted = "[redacted]";

void redact_members(json::Value& params) {
    json::Object hidden;
    for (const auto& [name, value] : params.as_object()) {
        hidden.append(name, redacted);
    }
    params = std::move(hidden);
}

/// Encryption may stand among the parameters of a target (section 5.4).
void redact_target(json::Value& params) {
    if (params["encryptionSpecs"].is_object()) {
        redact_members(params.make_object()["encryptionSpecs"]);
    }
}

json::Value redact(json::Value body) {
    if (body.is_array()) {
        for (auto& step : body.make_array()) {
            const auto path = step["path"].as_string();
            if (path == "/params/encryptionSpecs") {
                redact_members(step.make_object()["value"]);
            } else if (path == "/params") {
                redact_target(step.make_object()["value"]);
            }
            if (path.rfind("/auth", 0) == 0 || path.rfind("/encryption", 0) == 0) {
                redact_members(step.make_object()["value"]);
            }
        }
        return body;
    }
    for (const std::string_view member : {"auth", "encryptionSpecs"}) {
        if (body[member].is_object()) {
            redact_members(body.make_object()[member].make_object()["params"]);
        }
    }
    if (body["params"].is_object()) {
        redact_target(body.make_object()["params"]);
    }
    return body;
}

std::string redact_form(std::string_view body) {
    auto form = http::parse_query(body);
    for (auto& [name, value] : form) {
        if (name == "client_secret") {
            value = redacted;
        }
    }
    return http::write_query(form);
}

std::string body_for_log(const http::Request& request) {
    if (request.body.empty()) {
        return {};
    }
    const auto type = request.headers.find("Content-Type").value_or("");
    if (type.substr(0, type.find(';')) == "application/x-www-form-urlencoded") {
        return redact_form(request.body);
    }
    const auto parsed = json::parse(request.body);
    // What cannot be read cannot be searched for secrets either.
    return parsed ? json::write(redact(*parsed))
                  : fmt::format("[{} unreadable bytes]", request.body.size());
}

} // namespace

LoggedRequest logged(const http::Request& request, const http::Response& response,
                     std::int64_t time) {
    LoggedRequest entry;
    entry.time = time;
    entry.method = http::name(request.method);
    if (const auto url = http::parse_url(request.url)) {
        entry.path = url->path;
        entry.query = url->query;
    }
    for (const auto& [name, value] : request.headers.fields()) {
        const auto lower = lowercase(name);
        if (lower != "authorization" && lower != "proxy-authorization" && lower != "cookie") {
            entry.headers.emplace_back(name, value);
        }
    }
    entry.body = body_for_log(request);
    entry.status = response.status;
    entry.request_id = response.headers.find("x-request-id").value_or("");
    return entry;
}

std::string to_line(const LoggedRequest& entry) {
    json::Object headers;
    for (const auto& [name, value] : entry.headers) {
        headers[name] = value;
    }
    return json::write(json::Object{{"time", entry.time},
                                    {"arrived", entry.arrived},
                                    {"answered", entry.answered},
                                    {"method", entry.method},
                                    {"path", entry.path},
                                    {"query", entry.query},
                                    {"headers", std::move(headers)},
                                    {"body", entry.body},
                                    {"status", entry.status},
                                    {"requestId", entry.request_id}});
}

} // namespace penstock::emulator
