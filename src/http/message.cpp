#include "http/message.hpp"

#include "base/text.hpp"
#include "http/url.hpp"

#include <algorithm>

namespace penstock::http {

namespace {

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && lowercase(a) == lowercase(b);
}

} // namespace

std::string_view name(Method method) {
    switch (method) {
    case Method::get:
        return "GET";
    case Method::post:
        return "POST";
    case Method::put:
        return "PUT";
    case Method::patch:
        return "PATCH";
    case Method::del:
        return "DELETE";
    }
    return "";
}

Exchange exchange_for(const Request& request) {
    Exchange exchange;
    exchange.method = name(request.method);
    if (const auto url = parse_url(request.url)) {
        exchange.path = url->query.empty() ? url->path : url->path + "?" + url->query;
    }
    return exchange;
}

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string_view name, std::string value) {
    erase(name);
    add(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) {
        return same_name(field.first, name);
    });
    if (found == fields_.end()) {
        return std::nullopt;
    }
    return found->second;
}

void Headers::erase(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

} // namespace penstock::http
