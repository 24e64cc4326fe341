#include "story/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace penstock;

struct Arguments {
    std::uint64_t first = 1;
    std::uint64_t count = 2000;
    std::uint64_t jobs = 0;
    bool tells = false; ///< the whole story, with every request
};

constexpr const char* usage = "usage: simulate [--seeds N] [--seed S] [--jobs J] [--tell]\n"
                              "  --seeds N  how many stories to tell (2000; 1 with --seed)\n"
                              "  --seed S   the first of them (1)\n"
                              "  --jobs J   how many at a time (one for each core)\n"
                              "  --tell     each story in words, with every request\n";

std::optional<std::uint64_t> number(const char* text) {
    const std::string_view digits(text);
    const bool sound = !digits.empty() && digits.size() < 19 &&
                       digits.find_first_not_of("0123456789") == std::string_view::npos;
    return sound ? std::optional(std::stoull(text)) : std::nullopt;
}

std::optional<Arguments> read(int count, char** values) {
    Arguments arguments;
    std::optional<std::uint64_t> seeds;
    for (int i = 1; i < count; i += 2) {
        const std::string_view name(values[i]);
        if (name == "--tell") {
            arguments.tells = true;
            --i;
            continue;
        }
        const auto value = i + 1 < count ? number(values[i + 1]) : std::nullopt;
        if (!value) {
            return std::nullopt;
        }
        if (name == "--seeds") {
            seeds = value;
        } else if (name == "--seed") {
            arguments.first = *value;
            arguments.count = 1;
        } else if (name == "--jobs") {
            arguments.jobs = *value;
        } else {
            return std::nullopt;
        }
    }
    arguments.count = seeds.value_or(arguments.count);
    if (arguments.jobs == 0) {
        arguments.jobs = std::max(1U, std::thread::hardware_concurrency());
    }
    return arguments;
}

/// Tells the stories, several at a time. Violations are printed as they come.
story::Tally tell(const Arguments& arguments) {
    story::Tally total;
    std::mutex mutex;
    std::atomic<std::uint64_t> next{0};
    const auto work = [&] {
        for (auto i = next++; i < arguments.count; i = next++) {
            const auto told = story::tell_story(arguments.first + i, nullptr, arguments.tells);
            const std::lock_guard<std::mutex> lock(mutex);
            total.add(told.tally);
            if (arguments.tells) {
                fmt::print("seed {}\n    {}\n", arguments.first + i,
                           fmt::join(told.story, "\n    "));
            }
            for (const auto& violation : told.violations) {
                fmt::print("{}\n", story::describe(violation));
            }
        }
    };
    std::vector<std::thread> workers;
    for (std::uint64_t i = 0; i < arguments.jobs; ++i) {
        workers.emplace_back(work);
    }
    for (auto& worker : workers) {
        worker.join();
    }
    return total;
}

} // namespace

int main(int count, char** values) {
    const auto arguments = read(count, values);
    if (!arguments) {
        fmt::print(stderr, "{}", usage);
        return 2;
    }
    const auto total = tell(*arguments);
    fmt::print("{}", story::summary(total));
    const bool sound = std::all_of(total.violations.begin(), total.violations.end(),
                                   [](std::size_t violations) { return violations == 0; });
    return sound ? 0 : 1;
}
