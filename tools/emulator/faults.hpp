#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

class Platform;

/// Whether the connection is cut instead of an answer: before the platform has seen the request, or
/// after it has carried it out.
enum class Drop { none, before_commit, after_commit };

/// How an answer's body goes over the wire; only a Server heeds it.
struct Wire {
    std::string repeated; ///< stands `times` times behind the body, and costs no memory
    std::size_t times = 0;
    bool chunked = false;                 ///< instead of a Content-Length
    std::optional<std::size_t> cut_after; ///< the connection ends after so many bytes of the body

    bool operator==(const Wire&) const = default;
};

/// What goes wrong with one request.
struct Fault {
    std::optional<http::Response> answer; ///< instead of the platform's own
    bool commit = false;                  ///< with `answer`: carry the request out all the same
    Drop drop = Drop::none;
    Milliseconds delay{0};    ///< before the request reaches the platform
    Milliseconds list_lag{0}; ///< a list shows what there was that long ago
    Wire wire;
};

/// The rules of a fault file, matched in order; the first rule that applies decides. A request is
/// counted by every rule that it matches, and a draw is made from a seed, so that equal requests
/// meet equal faults.
class FaultPlan {
  public:
    FaultPlan();
    ~FaultPlan();
    FaultPlan(FaultPlan&&) noexcept;
    FaultPlan& operator=(FaultPlan&&) noexcept;

    /// Reads a list of rules such as
    /// `{"method":"POST","path":"/flows","nth":2,"then":{"status":503,"headers":{},"body":{}}}`:
    /// `method` may be left out; `path` is the beginning of the path, which may leave out
    /// `/data/foundation/flowservice` but no other service's, or `path_regex` is searched for in
    /// it; `nth` is the match that the rule applies to, `probability` its share of all matches, and
    /// with neither it applies to all. `then` holds `status` with `headers`, `body` (text or JSON)
    /// and `commit`, or `drop` (`before` or `after`), and `delay_ms` and `stale_list_ms`.
    /// With `"encoding": "latin1"` each character of `body` is one byte, for bytes that are no
    /// UTF-8. `repeat` (`{"body": TEXT, "times": N}`) makes a body long or endless, `chunked`
    /// frames it in chunks, and `cut_after` ends the connection after so many bytes of it; these
    /// two work on the platform's own answer as well. Fails with ErrorKind::invalid_input and says
    /// which rule is wrong.
    static Result<FaultPlan> parse(const json::Value& rules, std::uint64_t seed);

    /// The fault of this request, if any; counts it.
    std::optional<Fault> next(const http::Request& request);

  private:
    struct Rule;
    std::vector<Rule> rules_;
    std::uint64_t seed_ = 0;
};

/// Hands the request to the platform as the fault has it. Nothing when the connection is cut.
/// Waiting for `delay` is the caller's part.
std::optional<http::Response> answer(Platform& platform, const http::Request& request,
                                     const std::optional<Fault>& fault);

} // namespace penstock::emulator
