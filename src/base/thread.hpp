#pragma once

#include <functional>
#include <thread>

namespace penstock {

/// Starts a thread that is given no signals: they are for the main thread, whose wait for input or
/// for the network they end, and which hears of them in their order. Throws std::system_error where
/// no further thread may be made.
std::thread start_thread(std::function<void()> work);

} // namespace penstock
