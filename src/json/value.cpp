#include "json/value.hpp"

#include <algorithm>

namespace penstock::json {

Object::Object() = default;
Object::Object(std::initializer_list<Member> members) : members_(members) {}
Object::Object(std::vector<Member> members) : members_(std::move(members)) {}
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

const Value* Object::find(std::string_view name) const {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const Member& member) { return member.first == name; });
    return found == members_.end() ? nullptr : &found->second;
}

Value* Object::find(std::string_view name) {
    // The same object, which is not const here.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
    return const_cast<Value*>(std::as_const(*this).find(name));
}

bool Object::contains(std::string_view name) const {
    return find(name) != nullptr;
}

Value& Object::operator[](std::string_view name) {
    if (auto* value = find(name)) {
        return *value;
    }
    return members_.emplace_back(std::string(name), Value{}).second;
}

void Object::append(std::string name, Value value) {
    members_.emplace_back(std::move(name), std::move(value));
}

bool Object::erase(std::string_view name) {
    return std::erase_if(members_, [&](const Member& member) { return member.first == name; }) > 0;
}

std::size_t Object::size() const {
    return members_.size();
}

bool Object::empty() const {
    return members_.empty();
}

Object::const_iterator Object::begin() const {
    return members_.begin();
}

Object::const_iterator Object::end() const {
    return members_.end();
}

bool Object::operator==(const Object& other) const {
    return size() == other.size() && std::all_of(begin(), end(), [&](const Member& member) {
               const auto* theirs = other.find(member.first);
               return theirs != nullptr && *theirs == member.second;
           });
}

bool Value::as_bool(bool otherwise) const {
    const auto* value = std::get_if<bool>(&data_);
    return value != nullptr ? *value : otherwise;
}

std::int64_t Value::as_integer(std::int64_t otherwise) const {
    const auto* value = std::get_if<std::int64_t>(&data_);
    return value != nullptr ? *value : otherwise;
}

double Value::as_double(double otherwise) const {
    if (is_integer()) {
        return static_cast<double>(as_integer());
    }
    const auto* value = std::get_if<double>(&data_);
    return value != nullptr ? *value : otherwise;
}

const std::string& Value::as_string() const {
    static const std::string empty;
    const auto* value = std::get_if<std::string>(&data_);
    return value != nullptr ? *value : empty;
}

const Array& Value::as_array() const {
    static const Array empty;
    const auto* value = std::get_if<Array>(&data_);
    return value != nullptr ? *value : empty;
}

const Object& Value::as_object() const {
    static const Object empty;
    const auto* value = std::get_if<Object>(&data_);
    return value != nullptr ? *value : empty;
}

Array& Value::make_array() {
    if (!is_array()) {
        data_ = Array{};
    }
    return std::get<Array>(data_);
}

Object& Value::make_object() {
    if (!is_object()) {
        data_ = Object{};
    }
    return std::get<Object>(data_);
}

const Value& Value::operator[](std::string_view name) const {
    static const Value null;
    const auto* value = as_object().find(name);
    return value != nullptr ? *value : null;
}

bool Value::operator==(const Value& other) const {
    return data_ == other.data_;
}

} // namespace penstock::json
