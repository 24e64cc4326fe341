#pragma once

#include "emulator/id_source.hpp"
#include "emulator/settings.hpp"
#include "http/message.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::emulator {

/// Issues access tokens as IMS does and says later whose they are (section 1.3). Times are epoch
/// ms.
class TokenDesk {
  public:
    TokenDesk(const Settings& settings, IdSource& ids) : settings_(settings), ids_(ids) {}

    /// POST /ims/token/v3 with a form of grant_type, client_id, client_secret and scope.
    http::Response exchange(const http::Request& request, std::int64_t now);

    /// A token without the exchange, for tests.
    std::string issue(const std::string& client_id, std::int64_t now);

    /// The client that the token was issued to, unless it is unknown or has expired.
    [[nodiscard]] std::optional<std::string> client_of(std::string_view token,
                                                       std::int64_t now) const;

    [[nodiscard]] json::Value save() const;
    void load(const json::Value& saved);

  private:
    struct Grant {
        std::string client_id;
        std::int64_t expires = 0;
    };

    [[nodiscard]] bool is_known(const std::string& client_id, const std::string& secret) const;

    const Settings& settings_;
    IdSource& ids_;
    std::map<std::string, Grant, std::less<>> grants_;
};

} // namespace penstock::emulator
