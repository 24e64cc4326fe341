#include "json/text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

// An assertion of RapidJSON is a mistake of ours; as an exception it reaches main with its text.
#include <stdexcept>
#define RAPIDJSON_ASSERT(condition)                                                                \
    ((condition) ? static_cast<void>(0) : throw std::logic_error("rapidjson: " #condition))
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace penstock::json {

namespace {

constexpr std::string_view not_text = "half of a surrogate pair in a string";

/// True if no name stands twice.
bool all_differ(std::span<const std::string> names) {
    constexpr std::size_t few = 16; // that are compared faster than sorted
    if (names.size() <= few) {
        for (std::size_t i = 1; i < names.size(); ++i) {
            const auto before = names.first(i);
            if (std::find(before.begin(), before.end(), names[i]) != before.end()) {
                return false;
            }
        }
        return true;
    }
    std::vector<std::string_view> sorted(names.begin(), names.end());
    std::sort(sorted.begin(), sorted.end());
    return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

/// Builds a Value from RapidJSON's events without its document in between. What is finished waits
/// on a stack until its array or object ends, which then has its final size at once.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
  public:
    explicit Builder(const ParseLimits& limits) : limits_(limits) {}

    bool Null() { return add(Value{}); }
    bool Bool(bool value) { return add(value); }
    /// RapidJSON's own ways to convert are off in the last place or, where they are not, undefined
    /// for some zeros.
    bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
        const std::string number(text, length);
        std::int64_t whole = 0;
        const char* end = number.data() + number.size();
        const auto [stop, error] = std::from_chars(number.data(), end, whole);
        if (stop == end && error == std::errc{}) {
            return add(whole);
        }
        const double value = std::strtod(number.c_str(), nullptr);
        return std::isfinite(value) ? add(value) : refuse("a number too large for a double");
    }
    bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
        return is_unicode({text, length}) && add(std::string(text, length));
    }
    bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
        names_.emplace_back(text, length);
        return is_unicode({text, length});
    }
    bool StartObject() { return open(); }
    bool EndObject(rapidjson::SizeType /*count*/) {
        const auto [first_value, first_name] = close();
        const auto names = std::span(names_).subspan(first_name);
        const bool distinct = all_differ(names);
        if (!distinct && !limits_.repeated_names) {
            return refuse("a name that stands twice in an object");
        }
        std::vector<Object::Member> members;
        members.reserve(names.size());
        std::unordered_map<std::string_view, std::size_t> places; // of names, if one stands twice
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto& value = values_[first_value + i];
            if (!distinct) {
                const auto [place, added] = places.emplace(names[i], members.size());
                if (!added) {
                    members[place->second].second = std::move(value);
                    continue;
                }
            }
            members.emplace_back(distinct ? std::move(names[i]) : names[i], std::move(value));
        }
        return replace(first_value, first_name, Object(std::move(members)));
    }
    bool StartArray() { return open(); }
    bool EndArray(rapidjson::SizeType /*count*/) {
        const auto [first_value, first_name] = close();
        const auto first = values_.begin() + static_cast<std::ptrdiff_t>(first_value);
        return replace(
            first_value, first_name,
            Array(std::make_move_iterator(first), std::make_move_iterator(values_.end())));
    }

    /// The limit that ended the reading; empty if none did.
    [[nodiscard]] const std::string& exceeded() const { return exceeded_; }
    /// What stopped the reader although its grammar allows it; empty: nothing.
    [[nodiscard]] std::string_view refusal() const { return refusal_; }
    Value take() { return std::move(values_.front()); }

  private:
    /// Where the values and names of an array or object that is not finished begin.
    struct Open {
        std::size_t value = 0;
        std::size_t name = 0;
    };

    /// Neither bytes that are no UTF-8 nor an escape like `\ude00` without its first half are text:
    /// what was read could not be written.
    bool is_unicode(std::string_view text) { return is_utf8(text) || refuse(not_text); }

    bool refuse(std::string_view what) {
        refusal_ = what;
        return false;
    }

    bool open() {
        if (open_.size() == limits_.depth) {
            exceeded_ = fmt::format("JSON nested deeper than {} levels", limits_.depth);
            return false;
        }
        open_.push_back({values_.size(), names_.size()});
        return true;
    }

    Open close() {
        const Open innermost = open_.back();
        open_.pop_back();
        return innermost;
    }

    /// Puts `value` in the place of what it was made from.
    bool replace(std::size_t first_value, std::size_t first_name, Value value) {
        values_.resize(first_value);
        names_.resize(first_name);
        return add(std::move(value));
    }

    bool add(Value value) {
        if (++count_ > limits_.values) {
            exceeded_ = fmt::format("JSON with more than {} values", limits_.values);
            return false;
        }
        values_.push_back(std::move(value));
        return true;
    }

    const ParseLimits& limits_;
    std::vector<Open> open_;
    std::vector<Value> values_;
    std::vector<std::string> names_;
    std::size_t count_ = 0;
    std::string exceeded_;
    std::string_view refusal_;
};

/// Iterative: the recursive parser overflows the stack on deep nesting before a handler can object.
constexpr unsigned parse_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

/// What RapidJSON itself says against the text's encoding; nothing where that is no fault of bytes.
std::optional<rapidjson::ParseResult> encoding_error(std::string_view text) {
    rapidjson::Reader reader;
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::BaseReaderHandler<> nobody;
    const auto result =
        reader.Parse<parse_flags | rapidjson::kParseValidateEncodingFlag>(stream, nobody);
    return result.Code() == rapidjson::kParseErrorStringInvalidEncoding ? std::optional(result)
                                                                        : std::nullopt;
}

template <class Writer>
void write_to(Writer& writer, const Value& value, bool sorted) {
    if (value.is_null()) {
        writer.Null();
    } else if (value.is_bool()) {
        writer.Bool(value.as_bool());
    } else if (value.is_integer()) {
        writer.Int64(value.as_integer());
    } else if (value.is_number()) {
        writer.Double(value.as_double());
    } else if (value.is_string()) {
        const auto& text = value.as_string();
        writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    } else if (value.is_array()) {
        writer.StartArray();
        for (const auto& element : value.as_array()) {
            write_to(writer, element, sorted);
        }
        writer.EndArray();
    } else {
        std::vector<const Object::Member*> members;
        for (const auto& member : value.as_object()) {
            members.push_back(&member);
        }
        if (sorted) {
            std::sort(members.begin(), members.end(),
                      [](const auto* a, const auto* b) { return a->first < b->first; });
        }
        writer.StartObject();
        for (const auto* member : members) {
            writer.Key(member->first.data(),
                       static_cast<rapidjson::SizeType>(member->first.size()));
            write_to(writer, member->second, sorted);
        }
        writer.EndObject();
    }
}

std::string write_compact(const Value& value, bool sorted) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    write_to(writer, value, sorted);
    return {buffer.GetString(), buffer.GetSize()};
}

} // namespace

Result<Value> parse(std::string_view text, const ParseLimits& limits) {
    if (text.size() > limits.bytes) {
        return fail(ErrorKind::bad_answer,
                    fmt::format("JSON document of {} bytes, more than the limit of {}", text.size(),
                                limits.bytes));
    }
    Builder builder(limits);
    rapidjson::Reader reader;
    rapidjson::MemoryStream stream(text.data(), text.size());
    auto result = reader.Parse<parse_flags>(stream, builder);
    if (!builder.exceeded().empty()) {
        return fail(ErrorKind::bad_answer, builder.exceeded());
    }
    auto refusal = builder.refusal();
    if (refusal == not_text) {
        if (const auto bytes = encoding_error(text)) {
            result = *bytes;
            refusal = {};
        }
    }
    if (!refusal.empty()) {
        return fail(ErrorKind::bad_answer,
                    fmt::format("invalid JSON at byte {}: {}", result.Offset(), refusal));
    }
    if (result.IsError()) {
        return fail(ErrorKind::bad_answer,
                    fmt::format("invalid JSON at byte {}: {}", result.Offset(),
                                rapidjson::GetParseError_En(result.Code())));
    }
    return builder.take();
}

std::string write(const Value& value) {
    return write_compact(value, false);
}

std::string write_canonical(const Value& value) {
    return write_compact(value, true);
}

std::string write_pretty(const Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 2);
    write_to(writer, value, false);
    return printable_json({buffer.GetString(), buffer.GetSize()});
}

Array sorted(Array list) {
    std::sort(list.begin(), list.end(), [](const Value& a, const Value& b) {
        return write_canonical(a) < write_canonical(b);
    });
    return list;
}

std::array<unsigned char, 32> sha256(std::string_view bytes) {
    std::array<unsigned char, 32> hash{};
    static_assert(hash.size() == SHA256_DIGEST_LENGTH);
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
    return hash;
}

std::string full_digest(const Value& value) {
    constexpr std::string_view alphabet = "0123456789abcdef";
    std::string digits;
    for (const auto byte : sha256(write_canonical(value))) {
        digits += alphabet[byte / 16U];
        digits += alphabet[byte % 16U];
    }
    return digits;
}

std::string digest(const Value& value) {
    return full_digest(value).substr(0, 16);
}

} // namespace penstock::json
