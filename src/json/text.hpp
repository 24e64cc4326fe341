#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::json {

/// Bounds for documents from outside. A value takes up to 40 times the memory of its text, so bytes
/// alone would not bound it: a hundred dataflows of 250 segments each are a million values.
struct ParseLimits {
    std::size_t bytes = std::size_t{256} * 1024 * 1024;
    std::size_t depth = 200;
    std::size_t values = 2'000'000;
    bool repeated_names = true; ///< a name may stand twice in an object
};

/// Reads one JSON document; anything after it is an error. Where a name stands twice in an object
/// the last one counts. Numbers beyond 64 bits become doubles; what was read is written and read
/// back unchanged. Fails with ErrorKind::bad_answer and a message that names the byte offset; never
/// quotes the document.
Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

/// Compact JSON, members in their own order.
std::string write(const Value& value);

/// For people and other programs: indented by two spaces, members in their own order, ends without
/// a newline, and holds nothing that a terminal would obey. A byte that is not UTF-8, as in the
/// name of a file, becomes U+FFFD.
std::string write_pretty(const Value& value);

/// Compact JSON with members sorted by name: equal values give equal bytes.
std::string write_canonical(const Value& value);

/// `list` in the order of the elements' canonical texts: for lists whose order means nothing.
Array sorted(Array list);

/// The SHA-256 of the bytes.
std::array<unsigned char, 32> sha256(std::string_view bytes);

/// The SHA-256 of the canonical text, as 64 hexadecimal digits.
std::string full_digest(const Value& value);

/// The first 16 digits of full_digest().
std::string digest(const Value& value);

} // namespace penstock::json
