#include "support/examples.hpp"
#include "support/fronts.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::Examples;
using test::Finished;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// An emulator behind a TLS front whose certificate a private authority has issued to `host`.
struct Scene {
    explicit Scene(const std::string& host = "localhost", bool http2 = true)
        : front(ca.issue(host), emulator.url(), {http2}), penstock(front.url()) {}

    [[nodiscard]] Finished operator()(std::vector<std::string> words) const {
        words.insert(words.end(), {"--ca-file", ca.certificate().string()});
        return penstock(words);
    }

    test::PrivateCa ca;
    test::EmulatorProcess emulator{{"--patch-duration-ms", "0"}};
    test::TlsFront front;
    Examples penstock;
};

} // namespace

TEST_CASE("through a TLS front with a private authority: plan, apply, no changes") {
    for (const bool http2 : {true, false}) {
        CAPTURE(http2);
        const Scene scene("localhost", http2);
        const auto applied = scene({"apply", "--auto-approve"});
        INFO(applied.out, applied.err);
        CHECK(applied.exit_code == 0);
        CHECK(contains(applied.out, "Apply complete! Resources: 80 added"));
        const auto plan = scene({"plan", "--detailed-exitcode"});
        INFO(plan.out, plan.err);
        CHECK(plan.exit_code == 0);
        CHECK(contains(plan.out, "No changes."));
        const auto log = scene.front.log();
        CHECK(contains(log, http2 ? "HTTP/2.0 POST" : "HTTP/1.1 POST"));
        CHECK_FALSE(contains(log, http2 ? "HTTP/1.1" : "HTTP/2.0"));
    }
}

TEST_CASE("without the private authority nothing is sent") {
    const Scene scene;
    const auto plan = scene.penstock({"plan"});
    INFO(plan.out, plan.err);
    CHECK(plan.exit_code == 8);
    CHECK(plan.out.empty());
    CHECK(contains(plan.err, fmt::format("TLS with localhost:{} failed", scene.front.port())));
    CHECK(contains(plan.err, "--ca-file"));
    CHECK_FALSE(contains(scene.front.log(), "/ims/token"));
}

TEST_CASE("a certificate for another host is refused, and nothing is sent") {
    const Scene scene("platform.example");
    const auto plan = scene({"plan"});
    INFO(plan.out, plan.err);
    CHECK(plan.exit_code == 8);
    CHECK(plan.out.empty());
    CHECK(contains(plan.err, fmt::format("TLS with localhost:{} failed", scene.front.port())));
    CHECK(contains(plan.err, "certificate"));
    CHECK_FALSE(contains(scene.front.log(), "/ims/token"));
}

TEST_CASE("a proxy of the environment is used for https, where NO_PROXY does not say otherwise") {
    for (const char* variable : {"https_proxy", "HTTPS_PROXY"}) {
        CAPTURE(variable);
        Scene scene;
        const test::HttpProxy proxy(scene.front.port());
        scene.penstock.environment[variable] = proxy.url();
        auto plan = scene({"plan"});
        INFO(plan.out, plan.err);
        CHECK(plan.exit_code == 0);
        const auto log = proxy.log();
        CHECK(contains(log, fmt::format("CONNECT localhost:{}", scene.front.port())));
        CHECK(contains(scene.front.log(), "/ims/token"));

        scene.penstock.environment["NO_PROXY"] = "localhost";
        plan = scene({"plan"});
        CHECK(plan.exit_code == 0);
        CHECK(proxy.log() == log);
    }
}

TEST_CASE("plain http stays on this machine, whatever proxy is named") {
    const Scene scene;
    Examples penstock(scene.emulator.url());
    const auto nobody = fmt::format("http://127.0.0.1:{}", test::free_port());
    penstock.environment["http_proxy"] = nobody;
    penstock.environment["ALL_PROXY"] = nobody;
    const auto plan = penstock({"plan"});
    INFO(plan.out, plan.err);
    CHECK(plan.exit_code == 0);
}

TEST_CASE("a proxy that is down or refuses is named, its password is not") {
    struct Row {
        std::string proxy;
        std::string words;
    };
    Scene scene;
    const test::HttpProxy proxy(scene.front.port());
    const test::HttpProxy strict(1);
    const int nobody = test::free_port();
    const std::vector<Row> rows{
        {fmt::format("http://proxy-user:proxy-password@127.0.0.1:{}", nobody),
         fmt::format("127.0.0.1 port {}", nobody)},
        {"http://proxy-user:proxy-password@no-such-proxy.invalid:3128", "no-such-proxy.invalid"},
        {proxy.url("proxy-passwort"), "the proxy refuses the connection (HTTP 401)"},
        {strict.url(), "the proxy refuses the connection (HTTP 403)"}};
    for (const auto& row : rows) {
        scene.penstock.environment["HTTPS_PROXY"] = row.proxy;
        const auto plan = scene({"plan"});
        INFO(plan.out, plan.err);
        CHECK(plan.exit_code == 8);
        CHECK(plan.out.empty());
        CHECK(contains(plan.err, fmt::format("cannot reach localhost:{}", scene.front.port())));
        CHECK(contains(plan.err, row.words));
        CHECK(contains(plan.err, "proxy variables"));
        CHECK_FALSE(contains(plan.err, "proxy-passwor"));
        CHECK_FALSE(contains(plan.err, "proxy-user"));
    }
    CHECK_FALSE(contains(scene.front.log(), "/ims/token"));
}
