#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock::execute {

/// Answers that many ask for and that are fetched once, by key. Whoever asks while the first is on
/// its way waits for it; failures are answers too.
template <class T>
class SharedAnswers {
  public:
    using Done = std::function<void(Result<T>)>;

    /// Calls `done` with the answer; `fetch` is called if nobody has asked for `key` before.
    void get(const std::string& key, Done done, const std::function<void(Done)>& fetch) {
        auto& entry = entries_[key];
        if (entry.answer) {
            done(*entry.answer);
            return;
        }
        entry.waiting.push_back(std::move(done));
        if (entry.waiting.size() > 1) {
            ++waiting_;
            return;
        }
        fetch([this, key](Result<T> answer) {
            auto& arrived = entries_[key];
            arrived.answer = std::move(answer);
            const auto all = std::exchange(arrived.waiting, {});
            waiting_ -= all.size() - 1;
            for (const auto& waiting : all) {
                waiting(*arrived.answer);
            }
        });
    }

    /// How many wait for what another has asked for.
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

  private:
    struct Entry {
        std::optional<Result<T>> answer;
        std::vector<Done> waiting;
    };
    std::map<std::string, Entry> entries_;
    std::size_t waiting_ = 0;
};

} // namespace penstock::execute
