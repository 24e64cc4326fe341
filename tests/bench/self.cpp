#include "bench/self.hpp"

#include "bench/bounds.hpp"
#include "bench/commands.hpp"
#include "bench/loop.hpp"
#include "bench/project.hpp"
#include "bench/sandbox.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

namespace penstock::bench {

namespace {

test::Finished run(const std::string& program, const std::vector<std::string>& words,
                   const std::map<std::string, std::string>& variables, int exit_code) {
    test::Command command;
    // By its name alone: what arguments lead to is read for secrets, and the memory that this
    // process takes for that would count for the program.
    command.argv = {program};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.environment = variables;
    auto finished = test::run_program(command);
    if (finished.exit_code != exit_code) {
        throw std::runtime_error(fmt::format("{} {} ended with {} in place of {}:\n{}{}", program,
                                             fmt::join(words, " "), finished.exit_code, exit_code,
                                             finished.out.substr(0, 4000),
                                             finished.err.substr(0, 4000)));
    }
    return finished;
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

} // namespace

void Runs::add(const test::Finished& finished) {
    wall.values.push_back(finished.wall_seconds);
    cpu.values.push_back(finished.cpu_seconds);
    memory.values.push_back(static_cast<double>(finished.peak_memory_kib) / 1024);
}

std::map<std::string, std::string> variables_for(const std::string& url,
                                                 std::map<std::string, std::string> secrets) {
    secrets["PENSTOCK_ENDPOINT"] = url;
    secrets["PENSTOCK_IMS_ENDPOINT"] = url;
    return secrets;
}

test::Finished run_self(const std::vector<std::string>& words,
                        const std::map<std::string, std::string>& variables, int exit_code) {
    return run("penstock_bench", words, variables, exit_code);
}

test::Finished run_penstock(const std::vector<std::string>& words,
                            const std::map<std::string, std::string>& variables, int exit_code) {
    return run("penstock", words, variables, exit_code);
}

bool is_inner(const std::vector<std::string>& words) {
    return !words.empty() && (words[0] == "prepare" || words[0] == "engine" ||
                              words[0] == "bound" || words[0] == "loop");
}

int run_inner(const std::vector<std::string>& words) {
    // By a variable, for what arguments name is read for secrets.
    const auto answers = variable("PENSTOCK_BENCH_ANSWERS");
    if (words[0] == "prepare") {
        // A day ago, so that nothing that is kept comes from the future of who reads it.
        prepare({words.at(1), std::stoul(words.at(2))},
                SystemClock().now() - std::chrono::hours(24));
        return 0;
    }
    if (words[0] == "engine") {
        const SystemClock clock;
        return run_on_answers(answers, {words.begin() + 1, words.end()}, clock);
    }
    if (words[0] == "bound") {
        read_manifests(words.at(2));
        if (!answers.empty()) {
            words.at(1) == "events" ? read_answers_as_events(answers)
                                    : read_answers_as_documents(answers);
        }
        return 0;
    }
    return run_loop(variable("PENSTOCK_BENCH_REQUESTS"), variable("PENSTOCK_ENDPOINT"));
}

} // namespace penstock::bench
