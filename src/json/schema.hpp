#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::json {

/// One disagreement between a document and a schema, at the innermost place.
struct SchemaFault {
    std::string pointer; ///< into the document (RFC 6901)
    std::string message; ///< in the validator's words, one sentence
};

/// A compiled JSON Schema (draft-07). Remote references are refused.
class Schema {
  public:
    /// Fails if the schema itself is not usable.
    static Result<Schema> compile(const Value& schema);

    Schema(Schema&&) noexcept;
    Schema& operator=(Schema&&) noexcept;
    ~Schema();

    /// Every fault, innermost only, in document order; empty if the document is valid.
    [[nodiscard]] std::vector<SchemaFault> check(const Value& document) const;

  private:
    struct Compiled;
    explicit Schema(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

} // namespace penstock::json
