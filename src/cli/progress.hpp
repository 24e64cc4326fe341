#pragma once

#include "base/clock.hpp"
#include "cli/arguments.hpp"
#include "cli/host.hpp"

#include <string>
#include <string_view>

namespace penstock::cli {

/// Tells on standard error what goes on: lines for the log, and on a terminal one line at the
/// bottom that is overwritten and disappears at the end. Silent with --quiet.
class Progress {
  public:
    Progress(const Arguments& arguments, const Host& host);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// What is going on now; shown on a terminal only, and not more often than the eye can follow.
    void now(std::string_view text);

    /// A line that stays.
    void line(std::string_view text);

    /// Text of any number of lines that stays; ends with a newline.
    void block(std::string_view text);

    /// Removes the line at the bottom.
    void clear();

  private:
    const Host& host_;
    bool quiet_;
    bool redraws_;
    bool shown_ = false;
    UtcTime last_;
    std::size_t turn_ = 0;
};

} // namespace penstock::cli
