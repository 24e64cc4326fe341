#pragma once

#include "emulator/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace penstock::emulator {

/// Pages of lists as they were sent, so that reading a large sandbox costs little while nothing
/// changes in it.
class PageCache {
  public:
    /// Forgets all that was kept of another state of the sandbox or under other settings.
    void forget_older_than(std::uint64_t revision, const Settings& settings);

    /// The page of that name as it was sent at `as_of` or before, epoch ms; null if there is none.
    [[nodiscard]] const std::string* find(const std::string& name, std::int64_t as_of) const;

    void keep(const std::string& name, std::int64_t as_of, std::string body);

  private:
    struct Page {
        std::int64_t as_of = 0;
        std::string body;
    };

    std::map<std::string, Page> pages_;
    std::uint64_t revision_ = 0;
    std::optional<Settings> settings_;
};

} // namespace penstock::emulator
