#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace penstock::test {

/// The choices of one seeded story.
class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    int number(int lowest, int highest) {
        return lowest +
               static_cast<int>(engine_() % static_cast<std::uint64_t>(highest - lowest + 1));
    }
    bool one_in(int n) { return number(1, n) == 1; }
    template <class List>
    auto& any(List& list) {
        return list[static_cast<std::size_t>(number(0, static_cast<int>(list.size()) - 1))];
    }
    std::mt19937_64& engine() { return engine_; }

  private:
    std::mt19937_64 engine_;
};

/// The number in an environment variable, for long searches and for one failing seed.
inline std::uint64_t environment_number(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::stoull(text);
}

} // namespace penstock::test
