#include "json/text.hpp"
#include "support/examples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::Examples;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// An emulator that gives one answer to whoever asks for flows, and the program that asks.
struct Scene {
    explicit Scene(const json::Value& answer, std::string_view path = "/flows")
        : emulator({"--faults", faults(answer, path).string(), "--request-log", log().string()}),
          penstock(emulator.url()) {}

    [[nodiscard]] std::filesystem::path log() const { return folder.path() / "log"; }
    [[nodiscard]] std::filesystem::path faults(const json::Value& answer,
                                               std::string_view path) const {
        const json::Value rules = json::Array{json::Object{{"path", path}, {"then", answer}}};
        test::write_file(folder.path() / "faults.json", json::write(rules));
        return folder.path() / "faults.json";
    }

    test::TemporaryFolder folder;
    test::EmulatorProcess emulator;
    Examples penstock;
};

json::Value page(std::string_view body) {
    // With parameters, so that the emulator's library does not compress it.
    return json::Object{
        {"status", 200},
        {"headers", json::Object{{"Content-Type", "application/json; charset=utf-8"}}},
        {"body", body}};
}

json::Value repeating(json::Value answer, std::string_view body, std::int64_t times) {
    answer.make_object()["repeat"] = json::Object{{"body", body}, {"times", times}};
    return answer;
}

json::Value with(json::Value answer, std::string_view member, const json::Value& value) {
    answer.make_object()[member] = value;
    return answer;
}

constexpr std::int64_t gigabyte = std::int64_t{1} << 30;

/// The beginning of a gzip file, up to where each further byte 0 unpacks to 1032 blanks.
json::Value gzip_of_blanks() {
    return json::parse(R"("\u001f\u008b\b\u0000\u0000\u0000\u0000\u0000\u0002\u0003\u00ec\u00c1)"
                       R"(\u0081\u0000\u0000\u0000\u0000\u0080 \u0095\u00fd)\u0017\u00a9\n")")
        .value();
}

} // namespace

TEST_CASE("answers that make no sense end a plan with one clear error") {
    struct Row {
        const char* name;
        json::Value answer;
        const char* words;
    };
    const std::vector<Row> rows{
        {"nothing", json::Object{{"status", 200}}, "the service's answer is empty"},
        {"204", json::Object{{"status", 204}}, "the service's answer is empty"},
        {"a web page",
         json::Object{{"status", 200},
                      {"headers", json::Object{{"Content-Type", "text/html"}}},
                      {"body", "<html>Sign in</html>"}},
         "the answer is not JSON (content type text/html) and begins: <html>Sign in</html>"},
        {"nested brackets", repeating(page(""), "[", 300'000), "nested deeper than 200 levels"},
        {"a value for each byte", repeating(page("[0"), ",0", 3'000'000), "2000000 values"},
        {"no UTF-8", with(page("{\"items\":[{\"id\":\"\u00ff\"}]}"), "encoding", "latin1"),
         "invalid JSON at byte 17: Invalid encoding"},
        {"a page that leads to itself",
         page(R"({"items":[],"_links":{"next":{"href":"/flows?continuationToken=x"}}})"),
         "the list would never end"},
        {"a page of somebody else",
         page(R"({"items":[],"_links":{"next":{"href":"https://evil.example/flows"}}})"),
         "on another host than the endpoint; the access token is not sent there"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const Scene scene(row.answer);
        for (const bool json : {false, true}) {
            const auto plan = json ? scene.penstock({"plan", "--json"}) : scene.penstock({"plan"});
            INFO(plan.out, plan.err);
            CHECK(plan.exit_code == 1);
            CHECK(contains(json ? plan.out : plan.err, row.words));
            CHECK(json::parse(plan.out).has_value() == json);
        }
    }
}

TEST_CASE("an answer without end is not read to it") {
    struct Row {
        const char* name;
        json::Value answer;
        const char* path;
    };
    const auto chunked = with(page("{\"items\": ["), "chunked", true);
    const auto packed =
        json::Object{{"status", 200},
                     {"headers", json::Object{{"Content-Type", "application/json; charset=utf-8"},
                                              {"Content-Encoding", "gzip"}}},
                     {"body", gzip_of_blanks()},
                     {"encoding", "latin1"}};
    const std::vector<Row> rows{
        {"a gigabyte by length", repeating(page("{\"items\": ["), " ", gigabyte), "/data"},
        {"a gigabyte in chunks", repeating(chunked, " ", gigabyte), "/data"},
        {"a gigabyte once unpacked", repeating(packed, std::string(1, '\0'), gigabyte / 1000),
         "/data"},
        {"a gigabyte of a token", repeating(page("{\"access_token\": \""), "x", gigabyte), "/ims"},
        {"a gigabyte of a failure",
         with(repeating(page("{\"message\": \""), "x", gigabyte), "status", 400), "/data"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const Scene scene(row.answer, row.path);
        auto command = scene.penstock.command({"plan"});
        command.environment["ASAN_OPTIONS"] = "quarantine_size_mb=16"; // of what was freed
        const auto plan = test::run_program(command);
        INFO(plan.out, plan.err);
        CHECK(plan.exit_code == 1);
        CHECK(contains(plan.err, "is larger than 67108864 bytes"));
        INFO("peak: ", plan.peak_memory_kib, " KiB");
        // Four lists come at once, each of 64 MiB at most, which is copied while it grows.
        CHECK(plan.peak_memory_kib < 700 * 1024);
    }
}

TEST_CASE("the token never follows a redirect to another host") {
    const test::TemporaryFolder folder;
    const auto log = folder.path() / "log";
    const test::EmulatorProcess other({"--request-log", log.string()});
    for (const char* path : {"/data", "/ims"}) {
        for (const int status : {301, 302, 303, 307, 308}) {
            CAPTURE(path);
            CAPTURE(status);
            const Scene scene(
                json::Object{{"status", status},
                             {"headers", json::Object{{"Location", other.url() + "/flows"}}}},
                path);
            const auto plan = scene.penstock({"plan"});
            INFO(plan.out, plan.err);
            CHECK(plan.exit_code == 1);
            CHECK(contains(plan.err, "redirects to " + other.url().substr(7)));
            CHECK(contains(plan.err, "which is not followed"));
        }
    }
    CHECK(test::read_file(log).empty());
}
