#include "emulator/paging.hpp"

#include "emulator/filter.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace penstock::emulator {

namespace {

constexpr std::int64_t default_limit = 20;
constexpr std::int64_t highest_limit = 100;
// Every character that a careless client mangles stands in the token.
constexpr std::string_view token_prefix = "-RID:~4k+8AJ%2Fz/w==#SEQ:";

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// The item after which a page begins, and how many came before it.
struct Cursor {
    std::int64_t sequence = 0;
    std::int64_t offset = 0;
};

std::string write_token(const Cursor& cursor) {
    return fmt::format("{}{}#OFF:{}==", token_prefix, cursor.sequence, cursor.offset);
}

std::optional<Cursor> parse_token(std::string_view token) {
    if (token.substr(0, token_prefix.size()) != token_prefix || token.size() < 2 ||
        token.substr(token.size() - 2) != "==") {
        return std::nullopt;
    }
    token.remove_prefix(token_prefix.size());
    token.remove_suffix(2);
    const auto middle = token.find("#OFF:");
    if (middle == std::string_view::npos) {
        return std::nullopt;
    }
    const auto sequence = parse_integer(token.substr(0, middle));
    const auto offset = parse_integer(token.substr(middle + 5));
    if (!sequence || !offset) {
        return std::nullopt;
    }
    return Cursor{*sequence, *offset};
}

Outcome<void> check_parameters(const http::Query& query) {
    constexpr std::array<std::string_view, 5> known{"property", "limit", "orderby",
                                                    "continuationToken", "count"};
    for (const auto& [name, value] : query) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return coded("1451-400", fmt::format("Query parameter [{}] is not supported", name));
        }
    }
    if (http::find(query, "count") && http::find(query, "limit")) {
        return coded("1401-400", "limit cannot be used together with count");
    }
    return {};
}

/// An item that is shown, and its place in the order of creation.
struct Listed {
    json::Value item;
    std::int64_t sequence = 0;
};

Outcome<std::vector<PropertyFilter>> read_filters(const ListRequest& request,
                                                  const Settings& settings) {
    std::vector<PropertyFilter> filters;
    for (const auto& [name, value] : request.query) {
        if (name != "property" || settings.property == PropertyParameter::ignored) {
            continue;
        }
        auto filter = PropertyFilter::parse(value, request.fields);
        if (!filter) {
            return tl::unexpected<Refusal>(std::move(filter.error()));
        }
        if (settings.property == PropertyParameter::no_arrays &&
            value.find("[]") != std::string::npos) {
            filter->accept_nothing();
        }
        filters.push_back(std::move(*filter));
    }
    return filters;
}

/// Whether the item is refused by what is known without showing it.
bool is_refused_unseen(const Listing& listing, std::size_t index,
                       const std::vector<PropertyFilter>& filters) {
    return listing.member && std::any_of(filters.begin(), filters.end(), [&](const auto& filter) {
               const auto* member = listing.member(index, filter.field());
               return member != nullptr && !filter.accepts(json::Object{{filter.field(), *member}});
           });
}

/// The item, if all filters accept it.
std::optional<Listed> show_if_accepted(const Listing& listing, std::size_t index,
                                       const std::vector<PropertyFilter>& filters) {
    if (is_refused_unseen(listing, index, filters)) {
        return std::nullopt;
    }
    Listed shown{listing.show(index), listing.sequences[index]};
    const bool accepted =
        std::all_of(filters.begin(), filters.end(),
                    [&](const PropertyFilter& filter) { return filter.accepts(shown.item); });
    return accepted ? std::optional(std::move(shown)) : std::nullopt;
}

/// Those that all filters accept, from `begin` on, at most `most`.
std::vector<Listed> accepted(const Listing& listing, std::size_t begin, std::size_t most,
                             const std::vector<PropertyFilter>& filters) {
    std::vector<Listed> items;
    for (std::size_t i = begin; i < listing.sequences.size() && items.size() < most; ++i) {
        if (auto item = show_if_accepted(listing, i, filters)) {
            items.push_back(std::move(*item));
        }
    }
    return items;
}

const json::Value& at_path(const json::Value& item, std::string_view path) {
    const json::Value* here = &item;
    while (!path.empty()) {
        const auto end = std::min(path.find('.'), path.size());
        here = &(*here)[path.substr(0, end)];
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return *here;
}

int compare(const json::Value& a, const json::Value& b) {
    if (a.is_number() && b.is_number()) {
        const double difference = a.as_double() - b.as_double();
        return difference < 0 ? -1 : difference > 0 ? 1 : 0;
    }
    const auto text = [](const json::Value& value) {
        return value.is_string() ? value.as_string() : json::write(value);
    };
    return text(a).compare(text(b));
}

Outcome<void> sort_by(std::vector<Listed>& items, std::string_view order,
                      std::span<const std::string_view> fields) {
    struct Field {
        std::string_view path;
        bool descending;
    };
    std::vector<Field> wanted;
    while (!order.empty()) {
        const auto end = std::min(order.find(','), order.size());
        auto field = order.substr(0, end);
        order.remove_prefix(std::min(end + 1, order.size()));
        const bool descending = !field.empty() && field.front() == '-';
        if (descending || (!field.empty() && field.front() == '+')) {
            field.remove_prefix(1);
        }
        const auto root = field.substr(0, std::min(field.find('.'), field.size()));
        if (std::find(fields.begin(), fields.end(), root) == fields.end()) {
            return coded("1432-400", fmt::format("Cannot order by [{}]", field));
        }
        wanted.push_back({field, descending});
    }
    if (wanted.empty()) {
        return coded("1433-400", "orderby names no field");
    }
    std::stable_sort(items.begin(), items.end(), [&](const Listed& a, const Listed& b) {
        for (const auto& field : wanted) {
            const int order_of = compare(at_path(a.item, field.path), at_path(b.item, field.path));
            if (order_of != 0) {
                return field.descending ? order_of > 0 : order_of < 0;
            }
        }
        return false;
    });
    return {};
}

/// Where the page of a list in the order of creation begins.
std::size_t first_older(const std::vector<std::int64_t>& sequences, const Cursor& cursor) {
    const auto found = std::find_if(sequences.begin(), sequences.end(),
                                    [&](auto sequence) { return sequence < cursor.sequence; });
    return static_cast<std::size_t>(found - sequences.begin());
}

/// Where the page of a sorted list begins.
std::size_t first_behind(const std::vector<Listed>& items, const Cursor& cursor) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Listed& entry) {
        return entry.sequence == cursor.sequence;
    });
    if (found == items.end()) {
        return std::min(items.size(),
                        static_cast<std::size_t>(std::max<std::int64_t>(cursor.offset, 0)));
    }
    return static_cast<std::size_t>(found - items.begin()) + 1;
}

std::string next_href(const Cursor& cursor, const ListRequest& request, NextHref form) {
    http::Query query{{"continuationToken", write_token(cursor)}};
    if (form == NextHref::with_filter) {
        for (const auto& pair : request.query) {
            if (pair.first != "continuationToken") {
                query.push_back(pair);
            }
        }
    }
    const auto relative = fmt::format("/{}?{}", request.collection, http::write_query(query));
    return form == NextHref::absolute
               ? fmt::format("{}/data/foundation/flowservice{}", request.origin, relative)
               : relative;
}

Outcome<std::size_t> limit_of(const http::Query& query) {
    std::int64_t limit = default_limit;
    if (const auto text = http::find(query, "limit")) {
        limit = parse_integer(*text).value_or(0);
        if (limit < 1 || limit > highest_limit) {
            return coded("1453-400", fmt::format("limit is a number from 1 to {}", highest_limit));
        }
    }
    return static_cast<std::size_t>(limit);
}

/// The first `limit` of `items`, before which the list had `begin` others.
json::Value page_of(std::vector<Listed> items, std::size_t begin, std::size_t limit,
                    const ListRequest& request, const Settings& settings) {
    const auto end = std::min(items.size(), limit);
    json::Array page;
    page.reserve(end);
    for (std::size_t i = 0; i < end; ++i) {
        page.push_back(std::move(items[i].item));
    }
    json::Object body{{"items", std::move(page)}};
    if (end < items.size()) {
        const Cursor cursor{items[end - 1].sequence, static_cast<std::int64_t>(begin + end)};
        body["_links"] = json::Object{
            {"next", json::Object{{"href", next_href(cursor, request, settings.next_href)}}}};
    }
    return body;
}

} // namespace

Outcome<json::Value> list_page(const Listing& listing, const ListRequest& request,
                               const Settings& settings) {
    if (auto checked = check_parameters(request.query); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    const auto filters = read_filters(request, settings);
    if (!filters) {
        return tl::unexpected<Refusal>(filters.error());
    }
    const auto all = listing.sequences.size();
    if (http::find(request.query, "count") == "true") {
        const auto count = accepted(listing, 0, all, *filters).size();
        return json::Value(json::Object{{"count", static_cast<std::int64_t>(count)}});
    }
    const auto order = http::find(request.query, "orderby");
    std::vector<Listed> items;
    if (order) {
        items = accepted(listing, 0, all, *filters);
        if (auto sorted = sort_by(items, *order, request.fields); !sorted) {
            return tl::unexpected<Refusal>(std::move(sorted.error()));
        }
    }
    const auto limit = limit_of(request.query);
    if (!limit) {
        return tl::unexpected<Refusal>(limit.error());
    }
    std::optional<Cursor> cursor;
    if (const auto text = http::find(request.query, "continuationToken")) {
        cursor = parse_token(*text);
        if (!cursor) {
            return coded("1453-400", "continuationToken is not valid");
        }
    }
    std::size_t begin = 0;
    if (order) {
        begin = cursor ? first_behind(items, *cursor) : 0;
        items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(begin));
    } else {
        // One more than the page takes tells whether there is another.
        items = accepted(listing, cursor ? first_older(listing.sequences, *cursor) : 0, *limit + 1,
                         *filters);
        begin = cursor ? static_cast<std::size_t>(std::max<std::int64_t>(cursor->offset, 0)) : 0;
    }
    return page_of(std::move(items), begin, *limit, request, settings);
}

} // namespace penstock::emulator
