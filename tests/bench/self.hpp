#pragma once

#include "bench/figures.hpp"
#include "support/process.hpp"

#include <map>
#include <string>
#include <vector>

namespace penstock::bench {

/// What the runs of one program took.
struct Runs {
    Series wall;   ///< seconds, from the start of the process to its end
    Series cpu;    ///< seconds, user and system
    Series memory; ///< MiB, the largest resident set

    void add(const test::Finished& finished);
};

/// Runs this program anew with the words of one of its inner commands, so that time and memory are
/// those of that alone; PATH has to lead to it. Throws if it ends otherwise than with `exit_code`.
test::Finished run_self(const std::vector<std::string>& words,
                        const std::map<std::string, std::string>& variables, int exit_code);

/// The same with `penstock` itself.
test::Finished run_penstock(const std::vector<std::string>& words,
                            const std::map<std::string, std::string>& variables, int exit_code);

/// What `penstock` needs against a service at `url`, beside the secrets.
std::map<std::string, std::string> variables_for(const std::string& url,
                                                 std::map<std::string, std::string> secrets);

/// Carries out one of the inner commands; its exit code.
int run_inner(const std::vector<std::string>& words);

/// Whether the words are those of an inner command.
bool is_inner(const std::vector<std::string>& words);

} // namespace penstock::bench
