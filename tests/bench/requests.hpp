#pragma once

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

    [[nodiscard]] std::string target() const { return query.empty() ? path : path + "?" + query; }
    /// A page of one of the lists of entities.
    [[nodiscard]] bool is_list_page() const;
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

} // namespace penstock::bench
