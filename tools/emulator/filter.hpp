#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

/// One `property` parameter: a path, an operator and the values of which one has to hold
/// (section 3.4).
class PropertyFilter {
  public:
    /// Refuses with 1449 a path whose first step is not among `fields`, with 1440 an operator that
    /// is not supported, with 1443 several values after another operator than ==, and with 1452 a
    /// comparison with something that is not a number.
    static Outcome<PropertyFilter> parse(std::string_view text,
                                         std::span<const std::string_view> fields);

    [[nodiscard]] bool accepts(const json::Value& item) const;
    /// From now on: a filter that the service knows and does not carry out.
    void accept_nothing() { accepts_nothing_ = true; }
    /// The member of an item that it looks into.
    [[nodiscard]] const std::string& field() const { return path_.front(); }

  private:
    enum class Operator { equal, less, greater, less_or_equal, greater_or_equal };

    [[nodiscard]] bool holds(const json::Value& value) const;
    [[nodiscard]] bool walk(const json::Value& value, std::size_t step) const;

    std::vector<std::string> path_; ///< `[]` is a step of its own
    Operator operator_ = Operator::equal;
    std::vector<std::string> values_;
    bool accepts_nothing_ = false;
};

} // namespace penstock::emulator
