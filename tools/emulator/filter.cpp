#include "emulator/filter.hpp"

#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace penstock::emulator {

namespace {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = std::min(text.find(separator), text.size());
        parts.emplace_back(text.substr(0, end));
        if (end == text.size()) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

} // namespace

Outcome<PropertyFilter> PropertyFilter::parse(std::string_view text,
                                              std::span<const std::string_view> fields) {
    const auto at = text.find_first_of("=<>!~");
    if (at == std::string_view::npos || at == 0) {
        return coded("1449-400", fmt::format("Filter [{}] has no field or no operator", text));
    }
    auto path = text.substr(0, at);
    auto rest = text.substr(at);
    PropertyFilter filter;
    const auto take = [&](std::string_view symbol, Operator meaning) {
        if (rest.substr(0, symbol.size()) != symbol) {
            return false;
        }
        filter.operator_ = meaning;
        rest.remove_prefix(symbol.size());
        return true;
    };
    if (!take("==", Operator::equal) && !take("<=", Operator::less_or_equal) &&
        !take(">=", Operator::greater_or_equal) && !take("<", Operator::less) &&
        !take(">", Operator::greater)) {
        return coded("1440-400", fmt::format("Filter [{}] has an unsupported operator", text));
    }
    for (const auto& step : split(path, '.')) {
        const bool array = step.size() > 2 && step.compare(step.size() - 2, 2, "[]") == 0;
        filter.path_.push_back(array ? step.substr(0, step.size() - 2) : step);
        if (array) {
            filter.path_.emplace_back("[]");
        }
    }
    if (std::find(fields.begin(), fields.end(), filter.path_.front()) == fields.end()) {
        return coded("1449-400", fmt::format("Filter field [{}] is not known", path));
    }
    filter.values_ = split(rest, ',');
    if (filter.operator_ != Operator::equal) {
        if (filter.values_.size() > 1) {
            return coded("1443-400", "Several values are allowed with == only");
        }
        if (!number(filter.values_.front())) {
            return coded("1452-400", "Comparison needs a number");
        }
    }
    return filter;
}

bool PropertyFilter::accepts(const json::Value& item) const {
    return !accepts_nothing_ && walk(item, 0);
}

bool PropertyFilter::walk(const json::Value& value, std::size_t step) const {
    if (step == path_.size()) {
        return holds(value);
    }
    if (path_[step] == "[]") {
        const auto& elements = value.as_array();
        return std::any_of(elements.begin(), elements.end(),
                           [&](const json::Value& element) { return walk(element, step + 1); });
    }
    return value.as_object().contains(path_[step]) && walk(value[path_[step]], step + 1);
}

bool PropertyFilter::holds(const json::Value& value) const {
    if (operator_ == Operator::equal) {
        const auto text = value.is_string() ? value.as_string() : json::write(value);
        return !value.is_array() && !value.is_object() &&
               std::find(values_.begin(), values_.end(), text) != values_.end();
    }
    if (!value.is_number()) {
        return false;
    }
    const double left = value.as_double();
    const double right = number(values_.front()).value_or(0);
    switch (operator_) {
    case Operator::equal:
        break;
    case Operator::less:
        return left < right;
    case Operator::greater:
        return left > right;
    case Operator::less_or_equal:
        return left <= right;
    case Operator::greater_or_equal:
        return left >= right;
    }
    return false;
}

} // namespace penstock::emulator
