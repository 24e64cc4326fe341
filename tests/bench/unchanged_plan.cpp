// What an unchanged plan costs: requests, the tool's own time, and its memory.
//
// The tool and the emulator run as two processes. Wall time holds the emulator's work as well; the
// processor time of the tool alone is its engine time.

#include "support/files.hpp"
#include "support/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace penstock;

constexpr std::size_t exports_per_account = 50;

std::string project() {
    return "apiVersion: penstock/v1\n"
           "kind: Project\n"
           "metadata: {name: bench}\n"
           "spec:\n"
           "  environments:\n"
           "    bench:\n"
           "      organization: 5555467B5D8013E50A494220@AdobeOrg\n"
           "      sandbox: dev\n"
           "      auth: {clientId: bench, clientSecret: {env: BENCH_SECRET}}\n";
}

std::string account(std::size_t number) {
    return fmt::format(
        "---\n"
        "apiVersion: penstock/v1\n"
        "kind: Account\n"
        "metadata: {{name: account-{}}}\n"
        "spec:\n"
        "  destination: amazon-s3\n"
        "  auth:\n"
        "    specName: Access Key\n"
        "    params: {{s3AccessKey: AKIAIOSFODNN7EXAMPLE, s3SecretKey: {{env: BENCH_KEY}}}}\n",
        number);
}

std::string dataset_export(std::size_t number) {
    return fmt::format("---\n"
                       "apiVersion: penstock/v1\n"
                       "kind: DatasetExport\n"
                       "metadata: {{name: export-{0}, labels: {{team: team-{1}}}}}\n"
                       "spec:\n"
                       "  description: Export number {0}, as one team of many would describe it\n"
                       "  account: account-{1}\n"
                       "  destination: {{bucketName: bench-exports, path: team/{1}/export/{0}, "
                       "datasetFileType: PARQUET, compression: GZIP}}\n"
                       "  datasets:\n"
                       "    - {{id: {2:024x}, name: Dataset {2}}}\n"
                       "    - {{id: {3:024x}, name: Dataset {3}}}\n"
                       "  schedule: {{frequency: EVERY_6_HOURS, startTime: 2027-01-01T00:00:00Z, "
                       "endTime: 2028-01-01T00:00:00Z}}\n",
                       number, number / exports_per_account, number * 2 + 1, number * 2 + 2);
}

void write_project(const std::filesystem::path& folder, std::size_t exports) {
    test::write_file(folder / "penstock.yaml", project());
    std::string text;
    for (std::size_t i = 0; i < exports; ++i) {
        if (i % exports_per_account == 0) {
            text = account(i / exports_per_account);
        }
        text += dataset_export(i);
        if ((i + 1) % exports_per_account == 0 || i + 1 == exports) {
            test::write_file(folder / fmt::format("team-{}.yaml", i / exports_per_account), text);
        }
    }
}

std::size_t lines_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(stream), {}, '\n'));
}

std::size_t pages(std::size_t entities) {
    return std::max<std::size_t>(1, (entities + 99) / 100);
}

int measure(std::size_t exports, std::size_t runs) {
    const test::TemporaryFolder folder;
    const auto log = folder.path() / "requests.ndjson";
    write_project(folder.path() / "project", exports);
    const test::EmulatorProcess emulator(
        {"--patch-duration-ms", "0", "--request-log", log.string()});
    test::Command command;
    command.folder = folder.path() / "project";
    command.environment = {{"PENSTOCK_ENDPOINT", emulator.url()},
                           {"PENSTOCK_IMS_ENDPOINT", emulator.url()},
                           {"BENCH_SECRET", "a-good-secret"},
                           {"BENCH_KEY", std::string(40, 'k')}};
    const auto penstock = (test::program_folder() / "penstock").string();

    command.argv = {penstock, "apply", "--auto-approve"};
    const auto applied = test::run_program(command);
    if (applied.exit_code != 0) {
        std::cerr << applied.out << applied.err;
        return 1;
    }
    fmt::print("apply: {} exports in {:.1f} s wall, {:.2f} s of the tool's processor time\n",
               exports, applied.wall_seconds, applied.cpu_seconds);

    command.argv = {penstock, "plan", "--detailed-exitcode"};
    std::vector<test::Finished> plans;
    std::size_t requests = 0;
    for (std::size_t i = 0; i < runs; ++i) {
        const auto before = lines_of(log);
        plans.push_back(test::run_program(command));
        requests = lines_of(log) - before;
        if (plans.back().exit_code != 0) {
            std::cerr << plans.back().out << plans.back().err;
            return 1;
        }
    }
    std::sort(plans.begin(), plans.end(),
              [](const auto& a, const auto& b) { return a.cpu_seconds < b.cpu_seconds; });
    const auto& median = plans[plans.size() / 2];
    const std::size_t accounts = (exports + exports_per_account - 1) / exports_per_account;
    const std::size_t expected = pages(accounts) + 3 * pages(exports);
    fmt::print("unchanged plan, median of {} runs:\n", runs);
    fmt::print("  requests     {} list pages and 1 token (pages that hold the entities: {})\n",
               requests - 1, expected);
    fmt::print("  engine time  {:.2f} s of processor time\n", median.cpu_seconds);
    fmt::print("  wall time    {:.2f} s, the emulator's work included\n", median.wall_seconds);
    fmt::print("  peak memory  {:.0f} MiB\n", static_cast<double>(median.peak_memory_kib) / 1024);
    return requests - 1 <= expected ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    try {
        return quick ? measure(120, 1) : measure(2000, 5);
    } catch (const std::exception& error) {
        std::cerr << "bench: " << error.what() << '\n';
        return 1;
    }
}
