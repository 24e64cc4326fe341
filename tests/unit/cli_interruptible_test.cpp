#include "cli/interruptible.hpp"
#include "support/scripted_transport.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;

namespace {

/// Never answers and never fires.
class SilentTransport final : public http::Transport {
  public:
    void send(http::Request /*request*/, Completion /*completion*/) override { ++sent; }
    void schedule(Milliseconds /*delay*/, std::function<void()> /*action*/) override {}
    bool step() override { return false; }
    int sent = 0;
};

} // namespace

TEST_CASE("an interruption fails what is under way and what comes after it") {
    SilentTransport inner;
    bool stop = false;
    cli::InterruptibleTransport transport(inner, [&] { return stop; });
    std::vector<ErrorKind> outcomes;
    bool fired = false;
    const auto record = [&](Result<http::Response> result) {
        REQUIRE_FALSE(result);
        outcomes.push_back(result.error().kind);
    };
    transport.send({}, record);
    transport.schedule(Milliseconds(60'000), [&] {
        fired = true;
        transport.send({}, record);
    });
    stop = true;
    http::run(transport);
    CHECK(fired);
    CHECK(inner.sent == 1);
    CHECK(outcomes == std::vector<ErrorKind>{ErrorKind::interrupted, ErrorKind::interrupted});
}

TEST_CASE("what writes is not cut off") {
    SilentTransport inner;
    cli::InterruptibleTransport transport(inner, [] { return true; });
    transport.finish_everything();
    bool completed = false;
    transport.send({}, [&](const auto&) { completed = true; });
    http::run(transport);
    CHECK(inner.sent == 1);
    CHECK_FALSE(completed);
}

TEST_CASE("what is being computed is finished in spite of an interruption") {
    test::ScriptedTransport inner;
    bool stop = false;
    cli::InterruptibleTransport transport(inner, [&] { return stop; });
    std::vector<std::string> done;
    transport.compute([&] { done.emplace_back("work"); }, [&] { done.emplace_back("then"); });
    stop = true;
    http::run(transport);
    CHECK(done == std::vector<std::string>{"work", "then"});
}
