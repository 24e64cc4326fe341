#include "json/text.hpp"
#include "support/command_line.hpp"
#include "support/loyalty_manifest.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandLine;

namespace {

/// The answer to every request of that method whose path has `path` in it, after it was carried
/// out.
std::string answered(const char* method, const char* path, int status, const std::string& body) {
    return json::write(json::Value(json::Array{json::Object{
        {"method", method},
        {"path_regex", path},
        {"then", json::Object{{"status", status}, {"body", body}, {"commit", true}}}}}));
}

} // namespace

TEST_CASE("200, 202 and 204 are alike for every write, with a body and without") {
    struct Write {
        const char* method;
        const char* path;
    };
    const Write writes[] = {
        {"POST", "/connections$"},
        {"POST", "/sourceConnections$"},
        {"POST", "/targetConnections$"},
        {"POST", "/flows"},                   // and its actions
        {"POST", "/conversion/mappingSets$"}, // its check is a read, which has to say something
        {"PUT", "/conversion/mappingSets/"},
        {"PATCH", "/"},
        {"DELETE", "/"},
    };
    for (const auto& write : writes) {
        for (const int status : {200, 202, 204}) {
            for (const char* body : {"", "{}", "<html>done</html>"}) {
                CAPTURE(write.method);
                CAPTURE(write.path);
                CAPTURE(status);
                CAPTURE(body);
                CommandLine penstock;
                penstock.faults = answered(write.method, write.path, status, body);
                const auto is = [&](const std::string& text, const char* enabled,
                                    const char* source, std::string_view outcome) {
                    const auto more =
                        fmt::format("  description: {}\n  enabled: {}\n", text, enabled);
                    penstock.write("exports/loyalty.yaml",
                                   test::loyalty_manifest(text, source, more));
                    const auto applied = penstock({"apply", "--auto-approve"});
                    INFO(applied.out, applied.err);
                    CHECK(applied.code == 0);
                    CHECK(applied.out.find(outcome) == 0);
                    CHECK(penstock({"plan", "--detailed-exitcode"}).code == 0);
                };
                is("first", "true", "person.name.firstName", "Apply complete! Resources: 7 added");
                is("second", "false", "person.name.lastName",
                   "Apply complete! Resources: 0 added, 2 changed");
                const auto destroyed = penstock({"destroy", "--auto-approve"});
                INFO(destroyed.out, destroyed.err);
                CHECK(destroyed.code == 0);
                CHECK(penstock.platform.store().entities().empty());
            }
        }
    }
}
