#include "http/request_check.hpp"

#include "base/text.hpp"
#include "http/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace penstock::http {

namespace {

bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7F;
    });
}

} // namespace

std::optional<Error> check_request(const Request& request) {
    const auto url = parse_url(request.url);
    if (!url || has_control_characters(request.url)) {
        return Error{ErrorKind::invalid_input,
                     fmt::format("'{}' is not an http or https URL", excerpt(request.url, 100)),
                     "check `endpoint` and `imsEndpoint` of the environment",
                     exchange_for(request)};
    }
    if (url->scheme == "http" && !is_loopback(*url)) {
        return Error{
            ErrorKind::invalid_input,
            fmt::format("plain http to {} would send the access token in clear", url->host),
            "use https; plain http is for this machine only (127.0.0.1, ::1, localhost)",
            exchange_for(request)};
    }
    for (const auto& [header, value] : request.headers.fields()) {
        if (has_control_characters(header) || has_control_characters(value)) {
            return Error{ErrorKind::invalid_input,
                         fmt::format("the value for the header {} holds a control character",
                                     excerpt(header, 60)),
                         "look for a line break in the environment's settings or secrets",
                         exchange_for(request)};
        }
    }
    return std::nullopt;
}

std::optional<Error> check_redirect(const Request& request, const Response& response) {
    if (response.status < 300 || response.status > 399 || response.status == 304) {
        return std::nullopt;
    }
    const auto from = parse_url(request.url);
    const auto location = response.headers.find("location");
    const auto to = parse_url(location.value_or(""));
    std::string where = "elsewhere";
    if (to) {
        where = fmt::format("to {}", to->host);
    } else if (location) {
        where = fmt::format("to {}", excerpt(*location, 100));
    }
    Error error{ErrorKind::bad_answer,
                fmt::format("{} redirects {}, which is not followed",
                            from ? from->host : "the host", where),
                "check the endpoint and the proxy settings", exchange_for(request)};
    error.exchange->status = response.status;
    if (const auto id = response.headers.find("x-request-id")) {
        error.exchange->request_id = excerpt(*id, 100);
    }
    return error;
}

} // namespace penstock::http
