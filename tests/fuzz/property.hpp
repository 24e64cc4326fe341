#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::fuzz {

/// The input as text.
std::string_view text_of(const std::uint8_t* data, std::size_t size);

/// Ends the process with the property's name if it does not hold; libFuzzer then keeps the input.
void require(bool holds, std::string_view property);

/// What goes to a terminal is well-formed UTF-8, and no control character but the newline: nothing
/// that came from outside may move the cursor, colour the text, or turn its direction.
void require_safe_for_terminal(std::string_view text, std::string_view what);

/// One line, or a part of one.
void require_printable(std::string_view text, std::string_view what);

} // namespace penstock::fuzz
