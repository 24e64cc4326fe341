#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::http {

/// How many requests may be in flight, as a state without clock or network: half as many after
/// every 429 or 503, one more after as many good answers in a row as there may be requests.
/// Requests that were sent before the last halving do not halve it again: one burst that is turned
/// away is one sign.
class Pace {
  public:
    /// `most`: where it begins, and how far it grows back; at least 1.
    explicit Pace(std::size_t most) : most_(most == 0 ? 1 : most), limit_(most_) {}

    [[nodiscard]] std::size_t limit() const { return limit_; }

    /// The round that a request belongs to; given back with its answer.
    [[nodiscard]] std::uint64_t round() const { return round_; }

    /// An answer of that status to a request of that round; 0 if the connection failed, which says
    /// nothing about the service's load.
    void answered(int status, std::uint64_t round);

  private:
    std::size_t most_;
    std::size_t limit_;
    std::size_t good_ = 0; ///< answers in a row
    std::uint64_t round_ = 0;
};

} // namespace penstock::http
