#include "bench/guard/instructions.hpp"

#include "bench/commands.hpp"
#include "bench/guard/surroundings.hpp"
#include "bench/project.hpp"
#include "bench/sandbox.hpp"
#include "json/text.hpp"
#include "support/files.hpp"
#include "support/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace penstock::bench {

namespace {

using json::Object;
using json::Value;

constexpr std::size_t exports = 300;
constexpr double margin = 0.05;
constexpr int skipped = 77;

/// What is counted: a command, and how it ends.
struct Counted {
    std::string_view name;
    std::string_view command;
    int exit_code;
};

constexpr std::array<Counted, 3> all_counted{{
    {"validate", "validate", 0},
    {"unchanged plan", "plan", 0},
    {"plan of all created", "plan", 2},
}};

const Counted& find_counted(std::string_view name) {
    for (const auto& counted : all_counted) {
        if (counted.name == name) {
            return counted;
        }
    }
    throw std::runtime_error(fmt::format("nothing is counted under the name {}", name));
}

std::string program() {
    return (test::program_folder() / "penstock_engine").string();
}

test::Finished run(std::vector<std::string> argv, int exit_code) {
    test::Command command;
    command.argv = std::move(argv);
    command.environment = client_variables();
    auto finished = test::run_program(command);
    if (finished.exit_code != exit_code) {
        throw std::runtime_error(fmt::format("{} ended with {}:\n{}{}",
                                             fmt::join(command.argv, " "), finished.exit_code,
                                             finished.out, finished.err));
    }
    return finished;
}

/// The number behind `I refs:`, as cachegrind ends: 1,505,749,670.
std::int64_t instructions(const std::string& told) {
    const auto label = told.rfind("refs:");
    std::int64_t count = 0;
    for (std::size_t i = label; label != std::string::npos && i < told.size(); ++i) {
        const char c = told[i];
        if (c == '\n') {
            break;
        }
        if (c >= '0' && c <= '9') {
            count = count * 10 + (c - '0');
        }
    }
    if (count == 0) {
        throw std::runtime_error("valgrind told no count: " + told);
    }
    return count;
}

Object count_all() {
    const test::TemporaryFolder folder;
    run({program(), "prepare", folder.path().string()}, 0);
    Object counts;
    for (const auto& counted : all_counted) {
        // The quickest of valgrind's tools that counts; callgrind counts the same.
        const auto finished = run({"valgrind", "--tool=cachegrind", "--cache-sim=no",
                                   "--cachegrind-out-file=/dev/null", program(), "run",
                                   std::string(counted.name), folder.path().string()},
                                  counted.exit_code);
        counts[counted.name] = instructions(finished.err);
    }
    return counts;
}

/// `compiler is GNU 13.1 in place of GNU 12.2, ...`.
std::string differences(const Value& recorded, const Object& here) {
    std::vector<std::string> found;
    for (const auto& [name, value] : here) {
        if (value != recorded[name]) {
            found.push_back(fmt::format("{} is {} in place of {}", name, value.as_string(),
                                        recorded[name].as_string()));
        }
    }
    return found.empty() ? "more is recorded than is known here"
                         : fmt::format("{}", fmt::join(found, ", "));
}

/// One line on a count; nothing where it is what it was.
std::string verdict(std::string_view name, std::int64_t now, std::int64_t recorded) {
    const double change = static_cast<double>(now - recorded) /
                          static_cast<double>(std::max<std::int64_t>(1, recorded));
    fmt::print("{}: {} instructions, recorded {}, {:+.2f} %\n", name, now, recorded, change * 100);
    if (std::abs(change) <= margin) {
        return {};
    }
    return fmt::format("{} takes {:.1f} % {} instructions than recorded", name,
                       std::abs(change) * 100, change > 0 ? "more" : "fewer");
}

} // namespace

void prepare_input(const std::filesystem::path& folder) {
    const test::ManualClock clock;
    prepare({folder, exports}, clock.now());
}

int run_counted(const std::string& command, const std::filesystem::path& folder) {
    const auto& counted = find_counted(command);
    const Sandbox sandbox{folder, exports};
    std::vector<std::string> words{"-C", sandbox.project().string(), std::string(counted.command)};
    if (counted.command == "plan") {
        words.emplace_back("--detailed-exitcode");
    }
    const test::ManualClock clock;
    return run_on_answers(counted.exit_code == 0 ? sandbox.unchanged_answers()
                                                 : sandbox.create_answers(),
                          words, clock);
}

int check_instructions(const std::filesystem::path& file) {
    const auto here = surroundings();
    if (!here) {
        fmt::print("skipped: there is no valgrind to count with (tools/install-dependencies)\n");
        return skipped;
    }
    const char* accept = std::getenv("PENSTOCK_ACCEPT");
    if (accept != nullptr && std::string_view(accept) == "1") {
        test::write_file(
            file,
            json::write_pretty(Object{{"made_with", *here}, {"instructions", count_all()}}) + "\n");
        fmt::print("golden files accepted: {}\n", file.filename().string());
        return 0;
    }
    const auto recorded = json::parse(test::read_file(file)).value();
    if (recorded["made_with"] != Value(*here)) {
        fmt::print("skipped: the counts were recorded with other tools and say nothing here: {}\n",
                   differences(recorded["made_with"], *here));
        return skipped;
    }
    std::string complaints;
    const auto counts = count_all();
    for (const auto& [name, count] : counts) {
        const auto complaint =
            verdict(name, count.as_integer(), recorded["instructions"][name].as_integer());
        complaints += complaint.empty() ? "" : complaint + "\n";
    }
    if (complaints.empty()) {
        return 0;
    }
    fmt::print("\n{}If that is what it has to be, record it: PENSTOCK_ACCEPT=1 ctest --preset "
               "release -R bench/instructions\nWhat costs: valgrind --tool=callgrind {} run "
               "'unchanged plan' FOLDER, on a FOLDER that `prepare` made\n",
               complaints, program());
    return 1;
}

} // namespace penstock::bench
