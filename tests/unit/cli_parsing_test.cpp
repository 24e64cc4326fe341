#include "cli/apply_outcome.hpp"
#include "cli/command_table.hpp"
#include "cli/completion_scripts.hpp"
#include "cli/exit_codes.hpp"
#include "cli/parser.hpp"
#include "cli/terminal.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

using namespace penstock;
using cli::ColourChoice;
using cli::Command;
using cli::ExitCode;

using Words = std::vector<std::string>;

TEST_CASE("flags are accepted before and after the command") {
    for (const Words& words :
         {Words{"-C", "dir", "-e", "prod", "--json", "plan", "a.yaml"},
          Words{"plan", "a.yaml", "-C", "dir", "--json", "-e", "prod"},
          Words{"-C", "dir", "plan", "--environment=prod", "a.yaml", "--json"}}) {
        const auto parsed = cli::parse(words);
        REQUIRE(parsed);
        CHECK(parsed->command == Command::plan);
        CHECK(parsed->folder == "dir");
        CHECK(parsed->environment == "prod");
        CHECK(parsed->json);
        CHECK(parsed->operands == Words{"a.yaml"});
    }
}

TEST_CASE("a path may be called like a command") {
    const auto parsed = cli::parse({"validate", "plan", "--", "-odd"});
    REQUIRE(parsed);
    CHECK(parsed->command == Command::validate);
    CHECK(parsed->operands == Words{"plan", "-odd"});
}

TEST_CASE("every flag of every command reaches its place") {
    const auto parsed = cli::parse({"status", "--runs", "5", "-q", "--no-color", "--endpoint",
                                    "https://a", "--ims-endpoint", "https://b", "--ca-file", "c",
                                    "--parallelism", "3", "--timeout", "9"});
    REQUIRE(parsed);
    CHECK(parsed->runs == 5);
    CHECK(parsed->quiet);
    CHECK(parsed->colour == ColourChoice::never);
    CHECK(parsed->endpoint == "https://a");
    CHECK(parsed->ims_endpoint == "https://b");
    CHECK(parsed->ca_file == "c");
    CHECK(parsed->parallelism == 3);
    CHECK(parsed->timeout_seconds == 9);
    const auto narrowed = cli::parse({"plan", "-l", "a in (b,c)", "--target", "[x,y]", "--selector",
                                      "!d", "--target=z", "--allow-deletes", "0"});
    REQUIRE(narrowed);
    CHECK(narrowed->selectors == Words{"a in (b,c)", "!d"});
    CHECK(narrowed->targets == Words{"[x,y]", "z"});
    CHECK(narrowed->allow_deletes == 0U);
    CHECK(narrowed->operands.empty());
    CHECK(cli::parse({"apply", "--auto-approve"})->auto_approve);
    CHECK(cli::parse({"plan", "--detailed-exitcode"})->detailed_exitcode);
    CHECK(cli::parse({"--version"})->command == Command::version);
    CHECK(cli::parse({"plan", "-h"})->operands == Words{"plan"});
}

TEST_CASE("what is not understood is answered with what is near") {
    const std::vector<std::pair<Words, std::string>> mistakes{
        {{"aply"}, "did you mean apply?"},
        {{"plan", "--detailed-exit-code"}, "did you mean --detailed-exitcode?"},
        {{"--jsno", "plan"}, "did you mean --json?"},
        {{"version", "extra"}, "see `penstock help version`"},
        {{"apply", "--runs", "3"}, "see `penstock --help`"},
        {{"plan", "--parallelism", "many"}, "see `penstock --help`"},
        {{"plan", "--timeout"}, "see `penstock --help`"},
        {{}, "see `penstock --help`"},
    };
    for (const auto& [words, hint] : mistakes) {
        const auto parsed = cli::parse(words);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::invalid_input);
        CHECK(parsed.error().hint == hint);
    }
}

TEST_CASE("a flag that takes no value refuses one, and still asks for JSON") {
    for (const std::string flag : {"--json=yes", "--json=", "--json=false"}) {
        const auto parsed = cli::parse({"plan", flag});
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::invalid_input);
        CHECK(parsed.error().message == "--json takes no value");
        CHECK(parsed.error().hint == "write --json alone");
        CHECK(cli::asks_for_json({"plan", flag}));
    }
    CHECK_FALSE(cli::parse({"apply", "--auto-approve=no"}));
    CHECK_FALSE(cli::asks_for_json({"plan", "--jsonx=1"}));
    CHECK_FALSE(cli::asks_for_json({"plan", "--", "--json=yes"}));
    CHECK(cli::parse({"plan", "--", "--json=yes"})->operands == Words{"--json=yes"});
}

TEST_CASE("kinds of errors have the documented exit codes") {
    const std::vector<std::pair<ErrorKind, int>> table{
        {ErrorKind::general, 1},       {ErrorKind::invalid_input, 1},
        {ErrorKind::not_found, 1},     {ErrorKind::secret_unavailable, 1},
        {ErrorKind::rejected, 1},      {ErrorKind::bad_answer, 1},
        {ErrorKind::not_kept, 1},      {ErrorKind::stale, 4},
        {ErrorKind::refused, 6},       {ErrorKind::authentication, 7},
        {ErrorKind::permission, 7},    {ErrorKind::busy, 8},
        {ErrorKind::rate_limited, 8},  {ErrorKind::unavailable, 8},
        {ErrorKind::unreachable, 8},   {ErrorKind::network, 8},
        {ErrorKind::interrupted, 130},
    };
    for (const auto& [kind, code] : table) {
        CHECK(static_cast<int>(cli::exit_code(kind)) == code);
    }
    CHECK(cli::exit_code_of_signal(SIGTERM) == ExitCode::terminated);
    for (const auto code : cli::all_exit_codes) {
        CHECK(cli::exit_code_table().find(std::to_string(static_cast<int>(code))) !=
              std::string::npos);
    }
}

TEST_CASE("a run that failed has the code of its first error, or 5 if something was done") {
    const auto run = [](std::vector<execute::StepStatus> statuses, bool blocked) {
        plan::Plan plan;
        if (blocked) {
            plan.notes.push_back({Severity::error, "name-taken", "x", "taken", ""});
        }
        execute::Report report;
        for (const auto status : statuses) {
            execute::StepResult result;
            result.status = status;
            if (status == execute::StepStatus::failed) {
                result.error = Error{ErrorKind::stale, "changed", "", {}};
            }
            report.steps.push_back(result);
        }
        return cli::exit_code_of_run(plan, report, 0);
    };
    using execute::StepStatus;
    CHECK(run({StepStatus::done}, false) == ExitCode::done);
    CHECK(run({StepStatus::failed, StepStatus::skipped}, false) == ExitCode::stale);
    CHECK(run({StepStatus::done, StepStatus::failed}, false) == ExitCode::partial);
    CHECK(run({StepStatus::done}, true) == ExitCode::partial);
    CHECK(run({}, true) == ExitCode::refused);
    CHECK(run({}, false) == ExitCode::done);
}

TEST_CASE("colour follows flag, NO_COLOR, TERM, CLICOLOR_FORCE and terminal, in this order") {
    const auto colour = [](ColourChoice flag, bool terminal, const char* no_color,
                           const char* force, const char* term) {
        return cli::use_colour({flag, terminal, no_color, force, term});
    };
    const auto automatic = ColourChoice::automatic;
    CHECK(colour(automatic, true, "", "", "xterm"));
    CHECK_FALSE(colour(automatic, false, "", "", "xterm"));
    CHECK_FALSE(colour(automatic, true, "1", "", "xterm"));
    CHECK_FALSE(colour(automatic, true, "", "", "dumb"));
    CHECK(colour(automatic, false, "", "1", "xterm"));
    CHECK_FALSE(colour(automatic, false, "", "0", "xterm"));
    CHECK_FALSE(colour(automatic, true, "1", "1", "xterm"));
    CHECK_FALSE(colour(automatic, true, "", "1", "dumb"));
    CHECK(colour(ColourChoice::always, false, "1", "", "dumb"));
    CHECK_FALSE(colour(ColourChoice::never, true, "", "1", "xterm"));
}

TEST_CASE("completion scripts know every command and flag, and bash accepts its own") {
    for (const auto& shell : cli::shells()) {
        const auto script = cli::completion_script(shell);
        REQUIRE(script);
        for (const auto& command : cli::commands()) {
            CHECK(script->find(command.name) != std::string::npos);
            for (const auto& flag : command.flags) {
                CHECK(script->find(flag.name.substr(2)) != std::string::npos);
            }
        }
    }
    CHECK_FALSE(cli::completion_script("tcsh"));

    const test::TemporaryFolder folder;
    const auto file = folder.path() / "penstock.bash";
    test::write_file(file, *cli::completion_script("bash"));
    // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): a path of our own making
    CHECK(std::system(("bash -n '" + file.string() + "'").c_str()) == 0);
}

TEST_CASE("summaries can be quoted in every shell") {
    const auto check = [](std::string_view summary) {
        CHECK(summary.find_first_of("'[]:\"\\`$") == std::string_view::npos);
    };
    for (const auto& flag : cli::global_flags()) {
        check(flag.summary);
    }
    for (const auto& command : cli::commands()) {
        check(command.summary);
        for (const auto& flag : command.flags) {
            check(flag.summary);
        }
    }
}
