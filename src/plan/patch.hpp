#pragma once

#include "diff/diff.hpp"
#include "json/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::plan {

/// An RFC 6902 document under construction. Every operation has a `value`, a removal too, since the
/// service's schema asks for one (reference, section 7).
class Patch {
  public:
    void add(std::string path, json::Value value) { append("add", std::move(path), value); }
    void replace(std::string path, json::Value value) { append("replace", std::move(path), value); }
    void remove(std::string path, json::Value dummy) { append("remove", std::move(path), dummy); }

    /// The pointer into the document that the value of the next operation will have.
    [[nodiscard]] std::string next_value() const;
    [[nodiscard]] json::Value take() { return std::move(operations_); }

  private:
    void append(const char* op, std::string path, json::Value& value);

    json::Array operations_;
};

/// True if a change lies at `pointer` or below.
bool touches(const std::vector<diff::FieldChange>& fields, std::string_view pointer);

} // namespace penstock::plan
