#include "flow/error_body.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace penstock::flow {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The code `1447-400` at the start of `text`, in brackets or not; empty if there is none.
std::string_view leading_code(std::string_view text) {
    if (text.starts_with('[')) {
        text.remove_prefix(1);
    }
    constexpr std::size_t length = 8;
    if (text.size() < length || text[4] != '-') {
        return {};
    }
    const auto code = text.substr(0, length);
    const bool digits =
        std::all_of(code.begin(), code.end(), [](char c) { return is_digit(c) || c == '-'; }) &&
        std::count(code.begin(), code.end(), '-') == 1;
    const bool ends = text.size() == length || !is_digit(text[length]);
    return digits && ends ? code : std::string_view{};
}

/// `text` without the code at its start, which is shown by itself.
std::string without_code(std::string_view text) {
    if (const auto code = leading_code(text); !code.empty()) {
        text.remove_prefix(code.size() + (text.starts_with('[') ? 1 : 0));
        const auto start = text.find_first_not_of(" ]:-.");
        text = start == std::string_view::npos ? std::string_view{} : text.substr(start);
    }
    return std::string(trimmed(text));
}

/// The last step of a `type` URL if it reads like a code: `UPAPI-113430-404`.
std::string_view code_of_type(std::string_view type) {
    const auto last = type.substr(type.rfind('/') + 1);
    const bool coded = std::any_of(last.begin(), last.end(), is_digit) &&
                       last.find('-') != std::string_view::npos && last.size() <= 40;
    return coded && type.find('/') != std::string_view::npos ? last : leading_code(last);
}

std::string as_code(const json::Value& value) {
    return value.is_integer() ? fmt::format("{}", value.as_integer()) : value.as_string();
}

std::string first_text(const json::Value& body, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (auto text = without_code(body[name].as_string()); !text.empty()) {
            return text;
        }
    }
    return {};
}

/// The first of `{"errors": {"404": [{code, message}]}}`, or of a plain array of such.
const json::Value& first_nested(const json::Value& body) {
    static const json::Value none;
    const json::Value& errors = body["errors"];
    if (!errors.as_array().empty()) {
        return errors.as_array().front();
    }
    for (const auto& [status, list] : errors.as_object()) {
        if (!list.as_array().empty()) {
            return list.as_array().front();
        }
    }
    return none;
}

std::string find_code(const json::Value& body, const json::Value& nested) {
    const json::Value& report = body["report"];
    for (const json::Value* value :
         {&body["errorCode"], &body["error_code"], &body["code"], &report["code"],
          &report["errorCode"], &nested["code"], &nested["errorCode"]}) {
        if (auto code = as_code(*value); !code.empty()) {
            return code;
        }
    }
    for (const char* name :
         {"title", "errorMessage", "message", "detail", "error", "errorDetails"}) {
        if (const auto code = leading_code(body[name].as_string()); !code.empty()) {
            return std::string(code);
        }
    }
    return std::string(code_of_type(body["type"].as_string()));
}

std::string find_words(const json::Value& body, const json::Value& nested) {
    std::string words = first_text(body, {"errorMessage", "message", "detail", "description"});
    if (words.empty()) {
        words = first_text(nested, {"message", "detail", "title"});
    }
    if (words.empty()) {
        words = first_text(body, {"error_description"});
    }
    const std::string title = first_text(body, {"title", "error"});
    if (words.empty()) {
        words = title;
    } else if (!title.empty() && words.find(title) == std::string::npos) {
        words = fmt::format("{}: {}", title, words);
    }
    const std::string details = first_text(body, {"errorDetails"});
    if (!details.empty() && words.find(details) == std::string::npos) {
        words = words.empty() ? details : fmt::format("{} ({})", words, details);
    }
    return words;
}

} // namespace

ErrorBody read_error_body(const json::Value& body) {
    const json::Value& nested = first_nested(body);
    ErrorBody result;
    result.code = find_code(body, nested);
    result.words = find_words(body, nested);
    for (const char* name : {"requestId", "request_id"}) {
        if (result.request_id.empty()) {
            result.request_id = body[name].as_string();
        }
    }
    return result;
}

} // namespace penstock::flow
