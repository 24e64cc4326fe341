#pragma once

#include "json/value.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace penstock::bench {

/// A line of the emulator's request log.
struct LoggedCall {
    std::string method;
    std::string path;
    std::string query;
    std::vector<std::pair<std::string, std::string>> headers;
    int status = 0;
    double arrived = 0;  ///< ms since the emulator has started
    double answered = 0; ///< the same

    [[nodiscard]] std::string target() const { return query.empty() ? path : path + "?" + query; }
    /// A page of one of the lists of entities.
    [[nodiscard]] bool is_list_page() const;
    /// A page of the list of mapping sets.
    [[nodiscard]] bool is_mapping_set_page() const;
    [[nodiscard]] bool is_token() const { return path == "/ims/token/v3"; }
    /// Changes what is stored.
    [[nodiscard]] bool is_write() const { return method != "GET" && !is_token(); }
};

/// What one run has sent, in the order of arrival.
using Calls = std::vector<LoggedCall>;

/// A growing request log, read run by run.
class RequestLog {
  public:
    explicit RequestLog(std::filesystem::path file) : file_(std::move(file)) {}

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    /// What has come since the last call.
    Calls next();

  private:
    std::filesystem::path file_;
    std::size_t read_ = 0; ///< bytes
};

/// GETs that have to wait for one another: a page whose address has a continuation token follows
/// the page before it in its list. What is read by itself is a chain of one.
using Chain = std::vector<std::string>;

/// The chains of all GETs, the longest first.
std::vector<Chain> chains_of(const Calls& calls);

/// Seconds from the arrival of the first request until the last answer is sent; 0 without requests.
double reading_seconds(const Calls& calls);

/// So many things take so many pages of 100, the most that a list answers with.
std::size_t pages_of(std::size_t count);

/// The fewest requests that read a whole sandbox: a token, and the pages of each kind and of the
/// mapping sets if all were full but the last. `survey` is that of a sandbox.
std::size_t fewest_requests(const json::Value& survey);

/// How many pages hold entities in the lists that the calls have asked for, each list filtered by
/// specs: a matter of what `survey` counts under these specs, and not of the answers. Throws for a
/// list with another filter.
std::size_t pages_with_entities(const Calls& calls, const json::Value& survey);

} // namespace penstock::bench
