#include "flow/paging.hpp"

#include "base/text.hpp"
#include "json/text.hpp"

#include <algorithm>
#include <iterator>

namespace penstock::flow {

namespace {

/// Every pair of `first` whose name `query` does not have, in front: the token stands last.
http::Query completed(const http::Query& query, const http::Query& first) {
    http::Query result;
    std::copy_if(first.begin(), first.end(), std::back_inserter(result),
                 [&](const auto& pair) { return !http::find(query, pair.first); });
    result.insert(result.end(), query.begin(), query.end());
    return result;
}

} // namespace

std::string Page::target() const {
    const std::string text = http::write_query(query);
    return text.empty() ? path : path + "?" + text;
}

std::optional<Page> follow(std::string_view href, const Page& first, std::string_view endpoint,
                           std::string_view base) {
    href = href.substr(0, href.find('#'));
    std::string path(href.substr(0, href.find('?')));
    std::string query(path.size() < href.size() ? href.substr(path.size() + 1) : "");
    const bool has_origin = path.starts_with("//") || path.find(':') < path.find('/');
    if (has_origin) {
        const auto url = http::parse_url(href);
        const auto home = http::parse_url(endpoint);
        if (!url || !home || !http::same_origin(*url, *home)) {
            return std::nullopt;
        }
        path = url->path;
        // An endpoint may itself have a path, which at_endpoint() puts in front again.
        if (home->path != "/" && path.starts_with(home->path)) {
            path.erase(0, home->path.size() - (home->path.ends_with('/') ? 1 : 0));
        }
    }
    Page page;
    if (path.empty()) {
        page.path = first.path;
    } else if (path.starts_with(base)) {
        page.path = path;
    } else {
        page.path = std::string(base) + (path.starts_with('/') ? "" : "/") + path;
    }
    page.query = completed(http::parse_query(query), first.query);
    return page;
}

std::string next_href(const json::Value& body) {
    return body["_links"]["next"]["href"].as_string();
}

std::string guess_next_href(std::string_view text) {
    constexpr std::size_t longest = 8192;
    text.remove_prefix(text.size() - std::min(text.size(), longest));
    text = text.substr(0, text.rfind('}')); // the brace of the answer itself
    const auto member = text.rfind("\"_links\"");
    const auto links = text.find('{', std::min(member, text.size()));
    if (links == std::string_view::npos) {
        return {};
    }
    const auto read = json::parse(trimmed(text.substr(links)));
    return read ? (*read)["next"]["href"].as_string() : std::string();
}

} // namespace penstock::flow
