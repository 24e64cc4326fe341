#include "json/pointer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace penstock::json {

std::vector<std::string> steps(std::string_view pointer) {
    std::vector<std::string> result;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        std::string step;
        for (std::size_t i = 0; i < end; ++i) {
            if (pointer[i] == '~' && i + 1 < end) {
                step += pointer[++i] == '1' ? '/' : '~';
            } else {
                step += pointer[i];
            }
        }
        result.push_back(std::move(step));
        pointer.remove_prefix(end);
    }
    return result;
}

std::string child(std::string_view pointer, std::string_view step) {
    std::string result(pointer);
    result += '/';
    for (const char c : step) {
        if (c == '~') {
            result += "~0";
        } else if (c == '/') {
            result += "~1";
        } else {
            result += c;
        }
    }
    return result;
}

const Value* find(const Value& value, std::string_view pointer) {
    const Value* here = &value;
    for (const auto& step : steps(pointer)) {
        if (here->is_array()) {
            std::size_t index = 0;
            const auto [end, error] =
                std::from_chars(step.data(), step.data() + step.size(), index);
            if (error != std::errc{} || end != step.data() + step.size() ||
                index >= here->as_array().size()) {
                return nullptr;
            }
            here = &here->as_array()[index];
        } else {
            here = here->as_object().find(step);
        }
        if (here == nullptr) {
            return nullptr;
        }
    }
    return here;
}

Value* find(Value& value, std::string_view pointer) {
    // The same object, which is not const here.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    return const_cast<Value*>(find(std::as_const(value), pointer));
}

} // namespace penstock::json
