#pragma once

#include <string>
#include <string_view>

namespace penstock::render {

/// A code span that shows `text` as it is: nothing in it formats, links or calls anybody. The text
/// must hold no newline.
std::string code_span(std::string_view text);

/// `text` as it is where Markdown has nothing to say about it, else as a code span.
std::string plain_or_code(std::string_view text);

} // namespace penstock::render
