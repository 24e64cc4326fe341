#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::http {

enum class Method { get, post, put, patch, del };

/// `GET`, `POST`, `PUT`, `PATCH`, `DELETE`.
std::string_view name(Method method);

/// Header fields in the order in which they were added; names compare without case.
class Headers {
  public:
    void add(std::string name, std::string value);
    /// Replaces every field of that name by one.
    void set(std::string_view name, std::string value);
    /// The first value under `name`.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    void erase(std::string_view name);
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
        return fields_;
    }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request as it goes over the wire. Headers hold the token and the body may hold credentials:
/// a Request is never logged or formatted.
struct Request {
    Method method = Method::get;
    std::string url; ///< absolute
    Headers headers;
    std::string body;
    /// How many requests have to follow one another from this one on, as far as one can tell. Of
    /// those that wait for their turn the most urgent goes first.
    std::size_t urgency = 1;
};

/// What may be said about a request: its method, and path with query.
Exchange exchange_for(const Request& request);

/// A complete answer.
struct Response {
    int status = 0;
    Headers headers;
    std::string body;
};

} // namespace penstock::http
