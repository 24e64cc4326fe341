#include "cli/progress.hpp"

#include <fmt/format.h>

#include <array>

namespace penstock::cli {

namespace {

constexpr Milliseconds between_redraws{80};
constexpr std::array<std::string_view, 4> spinner{"|", "/", "-", "\\"};

} // namespace

Progress::Progress(const Arguments& arguments, const Host& host)
    : host_(host), quiet_(arguments.quiet), redraws_(!arguments.quiet && can_redraw(host)) {}

Progress::~Progress() {
    clear();
}

void Progress::now(std::string_view text) {
    if (!redraws_) {
        return;
    }
    const auto time = host_.clock->now();
    if (shown_ && time - last_ < between_redraws) {
        return;
    }
    last_ = time;
    shown_ = true;
    host_.err(fmt::format("\r{} {}\x1b[K", spinner[turn_++ % spinner.size()], text));
}

void Progress::line(std::string_view text) {
    block(fmt::format("{}\n", text));
}

void Progress::block(std::string_view text) {
    if (!quiet_) {
        clear();
        host_.err(text);
    }
}

void Progress::clear() {
    if (shown_) {
        host_.err("\r\x1b[K");
        shown_ = false;
    }
}

} // namespace penstock::cli
