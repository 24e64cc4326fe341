#include "support/files.hpp"
#include "support/process.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;

namespace {

/// A fenced block of the README: what stands behind the fence, and its text.
struct Block {
    std::string language;
    std::string file; ///< of `file=PATH`; empty if none
    std::string text;
};

std::vector<Block> blocks_of(const std::string& markdown) {
    std::vector<Block> blocks;
    std::istringstream lines(markdown);
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("```", 0) == 0) {
            inside = !inside;
            if (inside) {
                std::istringstream words(line.substr(3));
                Block block;
                std::string word;
                words >> block.language >> word;
                if (word.rfind("file=", 0) == 0) {
                    block.file = word.substr(5);
                }
                blocks.push_back(std::move(block));
            }
        } else if (inside) {
            blocks.back().text += line + "\n";
        }
    }
    return blocks;
}

/// The commands behind `$ `. The emulator is already there, elsewhere.
std::string script_of(const std::vector<Block>& blocks, const std::string& emulator) {
    constexpr std::string_view documented = "http://127.0.0.1:8018";
    std::string script = "set -euo pipefail\n";
    for (const auto& block : blocks) {
        if (block.language != "console") {
            continue;
        }
        std::istringstream lines(block.text);
        for (std::string line; std::getline(lines, line);) {
            REQUIRE(line.rfind("$ ", 0) == 0);
            std::string command = line.substr(2);
            if (command.rfind("penstock-emulator", 0) == 0) {
                continue;
            }
            for (auto at = command.find(documented); at != std::string::npos;
                 at = command.find(documented)) {
                command.replace(at, documented.size(), emulator);
            }
            script += command + "\n";
        }
    }
    return script;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("every command of the README works as it stands there") {
    const auto blocks = blocks_of(test::read_file(test::source_folder() / "README.md"));
    const test::TemporaryFolder folder;
    for (const auto& block : blocks) {
        if (!block.file.empty()) {
            test::write_file(folder.path() / block.file, block.text);
        }
    }
    const test::EmulatorProcess emulator({"--patch-duration-ms", "0"});
    test::Command command;
    command.folder = folder.path();
    command.argv = {"bash", "-c",
                    "PATH=" + test::program_folder().string() + ":$PATH\n" +
                        script_of(blocks, emulator.url())};
    command.secrets = {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
    const auto finished = test::run_program(command);
    INFO(finished.out, finished.err);
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.out, "Valid: 1 account and 2 exports in 3 files."));
    CHECK(contains(finished.out, "Plan: 7 to add, 0 to change, 0 to destroy."));
    CHECK(contains(finished.out, "Apply complete! Resources: 7 added, 0 changed, 0 destroyed."));
    CHECK(contains(finished.out, "No changes."));
    CHECK(contains(finished.out, "Plan for project acme-exports, environment prod: sandbox prod"));
    CHECK(contains(finished.out, "Destroy complete! Resources: 7 destroyed."));
}

TEST_CASE("the README's two commands are there") {
    for (const char* script : {"tools/quickstart", "tools/test"}) {
        const auto path = test::source_folder() / script;
        CHECK(std::filesystem::exists(path));
        CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::owner_exec) !=
              std::filesystem::perms::none);
    }
}
