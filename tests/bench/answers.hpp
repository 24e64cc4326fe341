#pragma once

#include "http/message.hpp"
#include "http/transport.hpp"
#include "http/workers.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace penstock::bench {

/// `GET /path?query`: what an answer is found by.
std::string name_of(const http::Request& request);

/// Keeps the answers of a run in a file, each request's first one, with an index beside it.
class AnswerWriter {
  public:
    explicit AnswerWriter(const std::filesystem::path& file);
    void add(const http::Request& request, const http::Response& response);

  private:
    std::ofstream bodies_;
    std::ofstream index_;
    std::set<std::string> names_;
    std::size_t written_ = 0;
};

/// The file that an AnswerWriter has made. Bodies stay in it until they are asked for, so that they
/// take no memory of the run that is measured.
class Answers {
  public:
    explicit Answers(const std::filesystem::path& file);
    ~Answers();
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;

    /// Throws if there is no such answer.
    [[nodiscard]] http::Response answer(const std::string& name) const;
    /// Hands every body over, in the order in which they were kept.
    void
    for_each_body(const std::function<void(const std::string& name, std::string& body)>& use) const;

  private:
    struct Place {
        int status = 0;
        std::string type;
        std::size_t offset = 0;
        std::size_t size = 0;
    };

    void read(const Place& place, std::string& body) const;

    int file_ = -1;
    std::unordered_map<std::string, Place> places_;
    std::deque<std::string> order_;
};

/// A Transport without a network: each request is answered at once, in its turn, with what was
/// answered before, and time passes only where something waits for it.
class ReplayTransport final : public http::Transport {
  public:
    explicit ReplayTransport(const Answers& answers) : answers_(answers) {}

    void send(http::Request request, Completion completion) override;
    void schedule(Milliseconds delay, std::function<void()> action) override;
    void compute(std::function<void()> work, std::function<void()> then) override;
    bool step() override;

  private:
    void ring();

    const Answers& answers_;
    std::deque<std::pair<std::string, Completion>> asked_;
    std::multimap<Milliseconds, std::function<void()>> timers_;
    Milliseconds now_{0};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false; ///< something that is computed elsewhere
    http::Workers workers_{[this] { ring(); }};
};

} // namespace penstock::bench
