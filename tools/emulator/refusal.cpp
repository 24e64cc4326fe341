#include "emulator/refusal.hpp"

#include "json/text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace penstock::emulator {

namespace {

int status_of(std::string_view code) {
    int status = 400;
    const auto dash = code.find('-');
    if (dash != std::string_view::npos) {
        std::from_chars(code.data() + dash + 1, code.data() + code.size(), status);
    }
    return status;
}

json::Value body_of(const Refusal& refusal, const Settings& settings) {
    switch (refusal.body) {
    case ErrorBody::gateway:
        return json::Object{{"error_code", refusal.code}, {"message", refusal.message}};
    case ErrorBody::described:
        return json::Object{{"errorMessage", refusal.message}, {"errorDetails", refusal.details}};
    case ErrorBody::plain:
        return json::Object{{"message", refusal.message}};
    case ErrorBody::problem:
        return json::Object{{"type", "http://ns.adobe.com/aep/errors"},
                            {"status", refusal.status},
                            {"title", refusal.message},
                            {"detail", refusal.details}};
    case ErrorBody::coded:
        break;
    }
    if (settings.error_envelope == ErrorEnvelope::message) {
        return json::Object{{"message", fmt::format("{} {}", refusal.code, refusal.message)}};
    }
    return json::Object{{"errorCode", refusal.code},
                        {"errorMessage", refusal.message},
                        {"errorDetails", refusal.details}};
}

} // namespace

tl::unexpected<Refusal> coded(std::string_view code, std::string message, std::string details) {
    return tl::unexpected<Refusal>(Refusal{ErrorBody::coded, status_of(code), std::string(code),
                                           std::move(message), std::move(details)});
}

tl::unexpected<Refusal> plain(int status, std::string message) {
    return tl::unexpected<Refusal>(Refusal{ErrorBody::plain, status, {}, std::move(message), {}});
}

tl::unexpected<Refusal> problem(int status, std::string title, std::string detail) {
    return tl::unexpected<Refusal>(
        Refusal{ErrorBody::problem, status, {}, std::move(title), std::move(detail)});
}

tl::unexpected<Refusal> gateway(int status, std::string_view code, std::string message) {
    return tl::unexpected<Refusal>(
        Refusal{ErrorBody::gateway, status, std::string(code), std::move(message), {}});
}

tl::unexpected<Refusal> no_such_path() {
    return gateway(404, "404000", "The requested resource does not exist.");
}

tl::unexpected<Refusal> not_found(std::string_view collection, std::string_view id) {
    return tl::unexpected<Refusal>(
        Refusal{ErrorBody::described,
                404,
                {},
                fmt::format("{} not found with id = [{}]", collection, id),
                fmt::format("No entity of {} has the id {} in this sandbox", collection, id)});
}

tl::unexpected<Refusal> stale(std::string_view supplied, std::string_view id) {
    return tl::unexpected<Refusal>(Refusal{
        ErrorBody::described,
        412,
        {},
        fmt::format("Supplied version=[{}] does not match the current version on entity=[{}]",
                    supplied, id),
        "Read the entity again and send its etag, in double quotes, as If-Match"});
}

http::Response json_response(int status, const json::Value& body) {
    return text_response(status, json::write(body));
}

http::Response text_response(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

http::Response refuse(const Refusal& refusal, const Settings& settings) {
    auto response = json_response(refusal.status, body_of(refusal, settings));
    if (refusal.body == ErrorBody::problem) {
        response.headers.set("Content-Type", "application/problem+json");
    }
    return response;
}

} // namespace penstock::emulator
