#include "http/read_only.hpp"
#include "support/scripted_transport.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using http::Method;

namespace {

struct Row {
    Method method;
    const char* url;
    bool passes;
};

} // namespace

TEST_CASE("only what cannot change anything gets through") {
    const Row rows[] = {
        {Method::get, "https://platform.adobe.io/data/foundation/flowservice/flows", true},
        {Method::post, "https://ims.example/ims/token/v3", true},
        {Method::post, "https://ims.example/ims/token/v3?x=1", false},
        {Method::post, "https://other.example/ims/token/v3", false},
        {Method::post, "https://platform.adobe.io/data/foundation/flowservice/flows", false},
        {Method::put, "https://ims.example/ims/token/v3", false},
        {Method::patch, "https://platform.adobe.io/data/foundation/flowservice/flows/1", false},
        {Method::del, "https://platform.adobe.io/data/foundation/flowservice/flows/1", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        CAPTURE(http::name(row.method));
        test::ScriptedTransport inner;
        inner.answer(200, "{}");
        http::ReadOnlyTransport transport(inner, "https://ims.example/");
        std::optional<Result<http::Response>> heard;
        transport.send({row.method, row.url, {}, {}},
                       [&](Result<http::Response> response) { heard = std::move(response); });
        CHECK_FALSE(heard); // never inside send()
        http::run(transport);
        REQUIRE(heard);
        CHECK(heard->has_value() == row.passes);
        CHECK(inner.sent().size() == (row.passes ? 1 : 0));
        if (!*heard) {
            CHECK(heard->error().kind == ErrorKind::refused);
            CHECK(heard->error().exchange->method == http::name(row.method));
        }
    }
}

TEST_CASE("timers run through the read-only transport") {
    test::ScriptedTransport inner;
    http::ReadOnlyTransport transport(inner, "https://ims.example");
    bool ran = false;
    transport.schedule(Milliseconds{10}, [&] { ran = true; });
    http::run(transport);
    CHECK(ran);
}
