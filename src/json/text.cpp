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
#include <unordered_set>
#include <vector>

namespace penstock::json {

namespace {

/// Builds a Value from RapidJSON's events without its document in between.
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
        open_.back().key.assign(text, length);
        return is_unicode({text, length});
    }
    bool StartObject() { return open(Object{}); }
    bool EndObject(rapidjson::SizeType /*count*/) { return close(); }
    bool StartArray() { return open(Array{}); }
    bool EndArray(rapidjson::SizeType /*count*/) { return close(); }

    /// The limit that ended the reading; empty if none did.
    [[nodiscard]] const std::string& exceeded() const { return exceeded_; }
    /// What stopped the reader although its grammar allows it; empty: nothing.
    [[nodiscard]] std::string_view refusal() const { return refusal_; }
    Value take() { return std::move(root_); }

  private:
    struct Open {
        Value value;
        std::string key;
        std::unordered_set<std::string> names; ///< of a large object, whose look-up is slow
    };
    static constexpr std::size_t large = 64; ///< members

    /// The reader refuses `\ud83d` without its second half, and takes `\ude00` without its first,
    /// which no text can hold: what was read could not be written.
    bool is_unicode(std::string_view text) {
        return is_utf8(text) || refuse("half of a surrogate pair in a string");
    }

    bool refuse(std::string_view what) {
        refusal_ = what;
        return false;
    }

    bool open(Value value) {
        if (open_.size() == limits_.depth) {
            exceeded_ = fmt::format("JSON nested deeper than {} levels", limits_.depth);
            return false;
        }
        open_.push_back({std::move(value), {}, {}});
        return true;
    }

    bool close() {
        Value value = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(value));
    }

    bool add(Value value) {
        if (++count_ > limits_.values) {
            exceeded_ = fmt::format("JSON with more than {} values", limits_.values);
            return false;
        }
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (auto& parent = open_.back(); parent.value.is_array()) {
            parent.value.make_array().push_back(std::move(value));
        } else {
            return add_member(parent, std::move(value));
        }
        return true;
    }

    bool add_member(Open& parent, Value value) {
        Object& object = parent.value.make_object();
        if (object.size() < large) {
            if (!limits_.repeated_names && object.contains(parent.key)) {
                return refuse("a name that stands twice in an object");
            }
            object[parent.key] = std::move(value);
            return true;
        }
        if (parent.names.empty()) {
            for (const auto& [name, known] : object) {
                parent.names.insert(name);
            }
        }
        if (parent.names.insert(parent.key).second) {
            object.append(parent.key, std::move(value));
        } else if (!limits_.repeated_names) {
            return refuse("a name that stands twice in an object");
        } else {
            object[parent.key] = std::move(value);
        }
        return true;
    }

    std::vector<Open> open_;
    Value root_;
    const ParseLimits& limits_;
    std::size_t count_ = 0;
    std::string exceeded_;
    std::string_view refusal_;
};

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
    // Iterative: the recursive parser overflows the stack on deep nesting before Builder can
    // object.
    constexpr unsigned flags = rapidjson::kParseIterativeFlag |
                               rapidjson::kParseValidateEncodingFlag |
                               rapidjson::kParseNumbersAsStringsFlag;
    const auto result = reader.Parse<flags>(stream, builder);
    if (!builder.exceeded().empty()) {
        return fail(ErrorKind::bad_answer, builder.exceeded());
    }
    if (!builder.refusal().empty()) {
        return fail(ErrorKind::bad_answer,
                    fmt::format("invalid JSON at byte {}: {}", result.Offset(), builder.refusal()));
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
    std::string digits;
    for (const auto byte : sha256(write_canonical(value))) {
        digits += fmt::format("{:02x}", byte);
    }
    return digits;
}

std::string digest(const Value& value) {
    return full_digest(value).substr(0, 16);
}

} // namespace penstock::json
