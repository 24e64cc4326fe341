#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace penstock::json {

class Value;

using Array = std::vector<Value>;

/// The members of a JSON object in the order in which they were added; each name stands once.
/// Equality ignores the order, as JSON does. Look-up is linear: the service's objects are small.
class Object {
  public:
    using Member = std::pair<std::string, Value>;
    using const_iterator = std::vector<Member>::const_iterator;

    Object();
    Object(std::initializer_list<Member> members);
    /// Of members with distinct names; for readers that have checked.
    explicit Object(std::vector<Member> members);
    Object(const Object&);
    Object(Object&&) noexcept;
    Object& operator=(const Object&);
    Object& operator=(Object&&) noexcept;
    ~Object();

    /// The value under `name`, or null if there is none.
    [[nodiscard]] const Value* find(std::string_view name) const;
    [[nodiscard]] Value* find(std::string_view name);
    [[nodiscard]] bool contains(std::string_view name) const;
    /// The value under `name`; a null is added if there is none.
    Value& operator[](std::string_view name);
    /// Adds without looking for an equal name; for readers that have checked.
    void append(std::string name, Value value);
    /// True if a member was there.
    bool erase(std::string_view name);

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool empty() const;
    [[nodiscard]] const_iterator begin() const;
    [[nodiscard]] const_iterator end() const;

    bool operator==(const Object& other) const;

  private:
    std::vector<Member> members_;
};

/// A JSON value that owns its data. Accessors of the wrong type return an empty value instead of
/// failing, so that documents from outside can be read without a check before every step.
class Value {
  public:
    Value() = default;
    Value(std::nullptr_t) {}
    Value(bool value) : data_(value) {}
    Value(int value) : data_(static_cast<std::int64_t>(value)) {}
    Value(std::int64_t value) : data_(value) {}
    Value(double value) : data_(value) {}
    Value(const char* value) : data_(std::string(value)) {}
    Value(std::string_view value) : data_(std::string(value)) {}
    Value(std::string value) : data_(std::move(value)) {}
    Value(Array value) : data_(std::move(value)) {}
    Value(Object value) : data_(std::move(value)) {}

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
    [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(data_); }
    [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(data_); }
    [[nodiscard]] bool is_number() const {
        return is_integer() || std::holds_alternative<double>(data_);
    }
    [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(data_); }
    [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(data_); }
    [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(data_); }

    [[nodiscard]] bool as_bool(bool otherwise = false) const;
    /// The integer, or `otherwise`; a double is not an integer, even a whole one.
    [[nodiscard]] std::int64_t as_integer(std::int64_t otherwise = 0) const;
    [[nodiscard]] double as_double(double otherwise = 0) const;
    /// The string, or an empty one.
    [[nodiscard]] const std::string& as_string() const;
    /// The elements, or an empty array.
    [[nodiscard]] const Array& as_array() const;
    /// The members, or an empty object.
    [[nodiscard]] const Object& as_object() const;

    /// The array or object itself; a value of another type becomes an empty one first.
    Array& make_array();
    Object& make_object();

    /// The member `name` of an object; null if this is no object or has no such member.
    [[nodiscard]] const Value& operator[](std::string_view name) const;

    bool operator==(const Value& other) const;

  private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> data_;
};

} // namespace penstock::json
