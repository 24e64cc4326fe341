#include "support/files.hpp"
#include "support/process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace penstock;

namespace {

/// What promtool says of a file of metrics; it reads standard input only.
test::Finished check_metrics(const std::filesystem::path& file) {
    return test::run_program(
        {{"sh", "-c", "exec promtool check metrics <\"$1\"", "sh", file.string()}, {}, "."});
}

} // namespace

TEST_CASE("Prometheus finds no fault with the metrics of any run") {
    for (const auto* name : {"plan", "drift", "apply", "failure"}) {
        const auto file =
            test::test_data_folder() / "golden/reports" / (std::string(name) + ".prom");
        const auto result = check_metrics(file);
        INFO(name, "\n", result.out, result.err);
        CHECK(result.exit_code == 0);
        CHECK(result.out.empty());
    }
}

TEST_CASE("Prometheus would find faults") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "bad.prom", "penstock_x{project=\"a\nb\"} 1\n");
    CHECK(check_metrics(folder.path() / "bad.prom").exit_code == 1);
    test::write_file(folder.path() / "poor.prom", "penstock_x 1\n");
    CHECK(check_metrics(folder.path() / "poor.prom").exit_code == 3);
}
