#include "flow/service_error.hpp"

#include "base/text.hpp"
#include "flow/error_body.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace penstock::flow {

namespace {

constexpr std::size_t most_words = 500;

/// The part of a code before its status suffix: `1404` of `1404-412`.
std::string_view number_of(std::string_view code) {
    return code.substr(0, code.find('-'));
}

template <std::size_t size>
bool is_one_of(std::string_view code, const std::array<std::string_view, size>& numbers) {
    return std::find(numbers.begin(), numbers.end(), number_of(code)) != numbers.end();
}

/// The entity is in a state in which the request may succeed later (reference, section 2.4).
constexpr std::array<std::string_view, 6> transitional{"1416", "1420", "1421",
                                                       "1422", "1457", "1458"};
constexpr std::array<std::string_view, 4> sandbox_missing{"2100", "2101", "2103", "2106"};
constexpr std::array<std::string_view, 2> bad_token{"2114", "2115"};

bool is_html(const http::Response& response) {
    const auto type = lowercase(response.headers.find("content-type").value_or(""));
    const auto start = lowercase(trimmed(response.body).substr(0, 15));
    return type.find("html") != std::string::npos || start.starts_with("<!doctype html") ||
           start.starts_with("<html");
}

std::string lead(ErrorKind kind, int status, bool sandbox) {
    switch (kind) {
    case ErrorKind::authentication:
        return "the service does not accept the access token or organization";
    case ErrorKind::permission:
        return "not allowed";
    case ErrorKind::not_found:
        return sandbox ? "the sandbox does not exist" : "not found";
    case ErrorKind::stale:
        return "changed by somebody else since it was read";
    case ErrorKind::busy:
        return "still busy with an earlier change";
    case ErrorKind::rejected:
        return "the service refuses the request";
    case ErrorKind::rate_limited:
        return "the service takes no more requests for now";
    case ErrorKind::unavailable:
        return "the service failed";
    case ErrorKind::bad_answer:
    case ErrorKind::general:
    case ErrorKind::invalid_input:
    case ErrorKind::secret_unavailable:
    case ErrorKind::unreachable:
    case ErrorKind::network:
    case ErrorKind::not_kept:
    case ErrorKind::refused:
    case ErrorKind::interrupted:
        break;
    }
    return fmt::format("an answer with HTTP status {}, which the service does not document",
                       status);
}

struct Advice {
    std::string_view code;
    std::string_view hint;
};

constexpr std::string_view stop_using_it = "remove or move the dataflows that still use it first";

constexpr std::array advice{
    Advice{"1403", "penstock sends If-Match with every change: look for a proxy that drops it"},
    Advice{"1415", "compare the account's auth specName with `penstock catalog`"},
    Advice{"1418", stop_using_it},
    Advice{"1445", "the organization may not change this connection through the API: change it in "
                   "the platform, or ask Adobe to enable it"},
    Advice{"1447", stop_using_it},
    Advice{"2105", "name the `sandbox` in the environment's settings"},
    Advice{"2110", "look for a proxy that adds x-sandbox-id"},
    Advice{"403000", "check clientId or apiKey of the environment"},
    Advice{"403003", "check clientId or apiKey of the environment"},
    Advice{"403025", "assign the API credential to a product profile in the Admin Console"},
};

std::string hint_for(ErrorKind kind, std::string_view code, bool html) {
    if (is_one_of(code, sandbox_missing)) {
        return "check `sandbox` of the environment, and that the credential may use it";
    }
    const auto* const special =
        std::find_if(advice.begin(), advice.end(),
                     [&](const Advice& entry) { return entry.code == number_of(code); });
    if (special != advice.end()) {
        return std::string(special->hint);
    }
    if (html) {
        return "check `endpoint` of the environment and the proxy settings";
    }
    if (kind == ErrorKind::authentication) {
        return "check `auth` and `organization` of the environment; a ready token may have expired";
    }
    if (kind == ErrorKind::permission) {
        return "the credential needs View and Manage Destinations; for datasets View Datasets and "
               "Manage and Activate Dataset Destinations; for segments Activate Destinations, View "
               "Profiles and View Segments";
    }
    if (kind == ErrorKind::stale) {
        return "plan again";
    }
    if (kind == ErrorKind::busy || kind == ErrorKind::rate_limited) {
        return "try again in some minutes";
    }
    if (kind == ErrorKind::unavailable) {
        return "try again later; Adobe's support can follow the request id";
    }
    return {};
}

} // namespace

std::string hide(std::string text, const Hidden& hidden) {
    constexpr std::string_view mask = "(secret)";
    for (const auto& secret : hidden) {
        const std::string& value = secret.reveal();
        if (value.size() < 4) {
            continue;
        }
        for (auto at = text.find(value); at != std::string::npos;
             at = text.find(value, at + mask.size())) {
            text.replace(at, value.size(), mask);
        }
    }
    return text;
}

ErrorKind kind_of(int status, std::string_view code) {
    if (is_one_of(code, transitional)) {
        return ErrorKind::busy;
    }
    if (is_one_of(code, sandbox_missing)) {
        return ErrorKind::not_found;
    }
    if (is_one_of(code, bad_token)) {
        return ErrorKind::authentication;
    }
    switch (status) {
    case 401:
    case 407:
        return ErrorKind::authentication;
    case 403:
        return ErrorKind::permission;
    case 404:
    case 410:
        return ErrorKind::not_found;
    case 412:
        return ErrorKind::stale;
    case 429:
        return ErrorKind::rate_limited;
    case 408:
        return ErrorKind::unavailable;
    default:
        break;
    }
    if (status >= 500 && status <= 599) {
        return ErrorKind::unavailable;
    }
    return status >= 400 && status <= 499 ? ErrorKind::rejected : ErrorKind::bad_answer;
}

bool is_sandbox_missing(const Error& error) {
    return error.exchange && is_one_of(error.exchange->code, sandbox_missing);
}

Exchange with_answer(Exchange exchange, const http::Response& response) {
    exchange.status = response.status;
    if (const auto id = response.headers.find("x-request-id")) {
        exchange.request_id = excerpt(*id, 100);
    }
    return exchange;
}

Error parse_service_error(const http::Response& response, Exchange exchange, const Hidden& hidden) {
    const bool html = is_html(response);
    ErrorBody body;
    if (!html) {
        if (const auto value = json::parse(response.body)) {
            body = read_error_body(*value);
        }
    }
    Error error;
    error.kind = kind_of(response.status, body.code);
    if (html && error.kind == ErrorKind::not_found) {
        error.kind = ErrorKind::bad_answer; // a page says nothing about the entity
    }
    error.exchange = with_answer(std::move(exchange), response);
    error.exchange->code = excerpt(hide(body.code, hidden), 60);
    if (error.exchange->request_id.empty()) {
        error.exchange->request_id = excerpt(body.request_id, 100);
    }
    error.message = html && error.kind == ErrorKind::bad_answer
                        ? "a web page came instead of the service's answer"
                        : lead(error.kind, response.status, is_one_of(body.code, sandbox_missing));
    if (const auto words = excerpt(hide(body.words, hidden), most_words); !words.empty()) {
        error.message += ": " + words;
    } else if (html && error.kind != ErrorKind::bad_answer) {
        error.message += " (with a web page as its answer)";
    }
    error.hint = hint_for(error.kind, body.code, html);
    return error;
}

} // namespace penstock::flow
