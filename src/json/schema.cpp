#include "json/schema.hpp"

#include "json/pointer.hpp"

#include <fmt/format.h>

// Without this, valijson ends the process where a schema is wrong instead of throwing. Its adapter
// makes RapidJSON's assertions throw too, if it comes before RapidJSON's own headers.
#define VALIJSON_USE_EXCEPTIONS 1
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
// clang-format off
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <rapidjson/document.h>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
// clang-format on
#pragma GCC diagnostic pop

#include <algorithm>
#include <exception>
#include <mutex>

namespace penstock::json {

namespace {

using Allocator = rapidjson::MemoryPoolAllocator<>;

rapidjson::Value text_of(std::string_view text) {
    return {text.data(), static_cast<rapidjson::SizeType>(text.size())};
}

/// Strings point into `value`, which must outlive the result.
rapidjson::Value to_rapidjson(const Value& value, Allocator& allocator) {
    if (value.is_bool()) {
        return rapidjson::Value(value.as_bool());
    }
    if (value.is_integer()) {
        return rapidjson::Value(value.as_integer());
    }
    if (value.is_number()) {
        return rapidjson::Value(value.as_double());
    }
    if (value.is_string()) {
        return text_of(value.as_string());
    }
    if (value.is_array()) {
        rapidjson::Value array(rapidjson::kArrayType);
        for (const auto& element : value.as_array()) {
            array.PushBack(to_rapidjson(element, allocator), allocator);
        }
        return array;
    }
    if (value.is_object()) {
        rapidjson::Value object(rapidjson::kObjectType);
        for (const auto& [name, member] : value.as_object()) {
            object.AddMember(text_of(name), to_rapidjson(member, allocator), allocator);
        }
        return object;
    }
    return {};
}

/// valijson writes a path as "<root>", "[name]", "[0]".
std::string pointer_of(const std::vector<std::string>& context) {
    std::string pointer;
    for (const auto& step : context) {
        if (step.size() >= 2 && step.front() == '[') {
            pointer = child(pointer, std::string_view(step).substr(1, step.size() - 2));
        }
    }
    return pointer;
}

/// True for the messages that valijson adds for each parent of what is really wrong.
bool speaks_for_a_parent(std::string_view message) {
    for (const std::string_view start :
         {"Failed to validate against schema associated", "Failed to validate item #",
          "Failed to validate against additional properties", "Failed to validate against any",
          "Failed to validate against a conditional", "Failed to validate against dependent"}) {
        if (message.substr(0, start.size()) == start) {
            return true;
        }
    }
    return false;
}

bool is_at_or_below(std::string_view pointer, std::string_view parent) {
    return pointer.substr(0, parent.size()) == parent &&
           (pointer.size() == parent.size() || pointer[parent.size()] == '/');
}

/// Where the pointer's steps stand in the document, to sort faults as a reader meets them.
std::vector<std::size_t> place(const Value& document, std::string_view pointer) {
    std::vector<std::size_t> indices;
    const Value* value = &document;
    for (const auto& step : steps(pointer)) {
        std::size_t index = 0;
        const Value* next = nullptr;
        if (value->is_array()) {
            next = find(*value, "/" + step);
            index = next == nullptr ? 0 : static_cast<std::size_t>(next - value->as_array().data());
        } else {
            for (const auto& [name, member] : value->as_object()) {
                if (name == step) {
                    next = &member;
                    break;
                }
                ++index;
            }
        }
        indices.push_back(index);
        if (next == nullptr) {
            break;
        }
        value = next;
    }
    return indices;
}

} // namespace

struct Schema::Compiled {
    valijson::Schema schema;
    /// Each holds the compiled patterns, which cost more than the check itself, and serves one
    /// check at a time.
    mutable std::vector<std::unique_ptr<valijson::Validator>> idle;
    mutable std::mutex mutex;

    std::unique_ptr<valijson::Validator> take_validator() const {
        const std::lock_guard lock(mutex);
        if (idle.empty()) {
            return std::make_unique<valijson::Validator>();
        }
        auto validator = std::move(idle.back());
        idle.pop_back();
        return validator;
    }

    void give_back(std::unique_ptr<valijson::Validator> validator) const {
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(validator));
    }
};

Schema::Schema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

Result<Schema> Schema::compile(const Value& schema) {
    if (!schema.is_object() && !schema.is_bool()) {
        return fail(ErrorKind::invalid_input, "a JSON Schema is an object");
    }
    auto compiled = std::make_unique<Compiled>();
    try {
        Allocator allocator;
        const rapidjson::Value root = to_rapidjson(schema, allocator);
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        parser.populateSchema(valijson::adapters::RapidJsonAdapter(root), compiled->schema);
    } catch (const std::exception& error) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("the JSON Schema is not usable: {}", error.what()));
    }
    return Schema(std::move(compiled));
}

std::vector<SchemaFault> Schema::check(const Value& document) const {
    valijson::ValidationResults results;
    bool valid = false;
    try {
        Allocator allocator;
        const rapidjson::Value root = to_rapidjson(document, allocator);
        const valijson::adapters::RapidJsonAdapter adapter(root);
        auto validator = compiled_->take_validator();
        // To keep account of what is wrong and where costs more than to find that all is well.
        valid = validator->validate(compiled_->schema, adapter, nullptr) ||
                validator->validate(compiled_->schema, adapter, &results);
        compiled_->give_back(std::move(validator));
    } catch (const std::exception& error) {
        return {{"", fmt::format("The schema cannot be applied: {}", error.what())}};
    }
    if (valid) {
        return {};
    }
    std::vector<SchemaFault> faults;
    std::vector<SchemaFault> parents;
    for (const auto& error : results) {
        auto& list = speaks_for_a_parent(error.description) ? parents : faults;
        list.push_back({pointer_of(error.context), error.description});
    }
    // The validator reports a parent after its children; one without children speaks for itself.
    for (auto& parent : parents) {
        const bool explained = std::any_of(faults.begin(), faults.end(), [&](const auto& fault) {
            return is_at_or_below(fault.pointer, parent.pointer);
        });
        if (!explained) {
            faults.push_back(std::move(parent));
        }
    }
    if (faults.empty()) {
        faults.push_back({"", "The document does not fit the schema."});
    }
    std::stable_sort(faults.begin(), faults.end(), [&](const auto& a, const auto& b) {
        return place(document, a.pointer) < place(document, b.pointer);
    });
    return faults;
}

} // namespace penstock::json
