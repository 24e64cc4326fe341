#include "emulator/paging.hpp"

#include "emulator/filter.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
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

Outcome<void> keep_matching(std::vector<Listed>& items, const ListRequest& request) {
    for (const auto& [name, value] : request.query) {
        if (name != "property") {
            continue;
        }
        const auto filter = PropertyFilter::parse(value, request.fields);
        if (!filter) {
            return tl::unexpected<Refusal>(filter.error());
        }
        std::erase_if(items, [&](const Listed& entry) { return !filter->accepts(entry.item); });
    }
    return {};
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

std::size_t first_after(const std::vector<Listed>& items, const Cursor& cursor, bool sorted) {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Listed& entry) {
        return sorted ? entry.sequence == cursor.sequence : entry.sequence < cursor.sequence;
    });
    if (!sorted) {
        return static_cast<std::size_t>(found - items.begin());
    }
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

} // namespace

Outcome<json::Value> list_page(std::vector<Listed> items, const ListRequest& request,
                               const Settings& settings) {
    if (auto checked = check_parameters(request.query); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    if (settings.property == PropertyParameter::filter) {
        if (auto kept = keep_matching(items, request); !kept) {
            return tl::unexpected<Refusal>(std::move(kept.error()));
        }
    }
    if (http::find(request.query, "count") == "true") {
        return json::Value(json::Object{{"count", static_cast<std::int64_t>(items.size())}});
    }
    const auto order = http::find(request.query, "orderby");
    if (order) {
        if (auto sorted = sort_by(items, *order, request.fields); !sorted) {
            return tl::unexpected<Refusal>(std::move(sorted.error()));
        }
    }
    std::int64_t limit = default_limit;
    if (const auto text = http::find(request.query, "limit")) {
        limit = parse_integer(*text).value_or(0);
        if (limit < 1 || limit > highest_limit) {
            return coded("1453-400", fmt::format("limit is a number from 1 to {}", highest_limit));
        }
    }
    std::size_t begin = 0;
    if (const auto text = http::find(request.query, "continuationToken")) {
        const auto cursor = parse_token(*text);
        if (!cursor) {
            return coded("1453-400", "continuationToken is not valid");
        }
        begin = first_after(items, *cursor, order.has_value());
    }
    const auto end = std::min(items.size(), begin + static_cast<std::size_t>(limit));
    json::Array page;
    for (std::size_t i = begin; i < end; ++i) {
        page.push_back(std::move(items[i].item));
    }
    json::Object body{{"items", std::move(page)}};
    if (end < items.size()) {
        const Cursor cursor{items[end - 1].sequence, static_cast<std::int64_t>(end)};
        body["_links"] = json::Object{
            {"next", json::Object{{"href", next_href(cursor, request, settings.next_href)}}}};
    }
    return json::Value(std::move(body));
}

} // namespace penstock::emulator
