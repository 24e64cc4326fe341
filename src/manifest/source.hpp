#pragma once

#include "base/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::manifest {

/// A stretch of bytes in a file.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;

    bool operator==(const Span&) const = default;
};

/// The text of one file: turns byte offsets into lines and columns, and shows lines without the
/// secrets that somebody wrote into them.
class Source {
  public:
    /// A byte order mark at the start is dropped.
    Source(std::string name, std::string text);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] SourcePosition position(std::size_t offset) const;

    /// What a Diagnostic shows of the line that `span` begins in: its text without secrets, and how
    /// many code points to underline.
    struct Excerpt {
        std::string line;
        unsigned length = 1;
    };
    [[nodiscard]] Excerpt excerpt(Span span) const;

    /// From now on the bytes of `span` are shown as dots.
    void hide(Span span);
    /// Values of keys with these names are shown as dots wherever they look like a literal, also in
    /// text that cannot be parsed.
    void hide_values_of(std::vector<std::string> names) { secret_names_ = std::move(names); }

  private:
    [[nodiscard]] std::size_t line_of(std::size_t offset) const;
    [[nodiscard]] Span line_span(std::size_t line) const;
    /// True for a line without a key of its own below the key of a secret: where a file cannot be
    /// parsed, it may be a further line of that secret.
    [[nodiscard]] bool continues_a_secret(std::size_t line) const;
    [[nodiscard]] std::vector<Span> hidden_in(Span line) const;

    std::string name_;
    std::string text_;
    std::vector<std::size_t> line_starts_;
    std::vector<Span> hidden_;
    std::vector<std::string> secret_names_;
};

} // namespace penstock::manifest
