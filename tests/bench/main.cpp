// What penstock costs, beside what it cannot cost less than. tools/bench builds and runs this.

#include "bench/apply.hpp"
#include "bench/engine.hpp"
#include "bench/fetch.hpp"
#include "bench/figures.hpp"
#include "bench/http2.hpp"
#include "bench/sandbox.hpp"
#include "bench/self.hpp"
#include "support/files.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace penstock;
using bench::Part;

struct Arguments {
    bool quick = false;
    bool all = false;
    bool reuse = false;
    std::string json;
    std::optional<std::size_t> runs;
    std::vector<std::size_t> exports{100, 1'000, 10'000};
    std::vector<std::string> only;
};

void declare(CLI::App& app, Arguments& arguments) {
    app.add_flag("--quick", arguments.quick,
                 "one run of small projects: shows that the bench works, and nothing else");
    app.add_option("--json", arguments.json, "file to write the figures to, as JSON, too");
    app.add_option("--runs", arguments.runs,
                   "how often each thing is measured (default 5 for the engine, 3 for the rest)")
        ->check(CLI::Range(1, 1000));
    app.add_option("--exports", arguments.exports, "sizes of the projects (default 100,1000,10000)")
        ->delimiter(',')
        ->check(CLI::Range(1, 100'000));
    app.add_option("--only", arguments.only, "the parts to measure: engine, fetch, apply, http2")
        ->delimiter(',')
        ->check(CLI::IsMember({"engine", "fetch", "apply", "http2"}));
    app.add_flag("--reuse", arguments.reuse,
                 "take sandboxes and answers of an earlier run as they are, without a look whether "
                 "penstock still asks the same");
    app.add_flag("--all", arguments.all,
                 "fetch each size at each latency: at 10,000 exports a run takes minutes");
}

/// What is measured, and with what.
class Bench {
  public:
    Bench(Arguments arguments, std::filesystem::path root)
        : arguments_(std::move(arguments)), root_(std::move(root)) {
        std::sort(arguments_.exports.begin(), arguments_.exports.end());
    }

    std::vector<Part> run() {
        if (wants("engine")) {
            for (const auto exports : arguments_.exports) {
                add(bench::measure_engine(sandbox(exports), runs(5)));
            }
        }
        if (wants("fetch")) {
            fetch();
        }
        if (wants("apply")) {
            apply();
        }
        if (wants("http2")) {
            add(bench::measure_http2(sandbox(some(1'000)), runs(3)));
        }
        return std::move(parts_);
    }

  private:
    [[nodiscard]] bool wants(const std::string& part) const {
        const auto& only = arguments_.only;
        return only.empty() || std::find(only.begin(), only.end(), part) != only.end();
    }

    [[nodiscard]] std::size_t runs(std::size_t usual) const {
        return arguments_.runs.value_or(arguments_.quick ? 1 : usual);
    }

    /// `exports`, or the largest size if that is smaller.
    [[nodiscard]] std::size_t some(std::size_t exports) const {
        return std::min(exports, arguments_.exports.back());
    }

    bench::Sandbox sandbox(std::size_t exports) {
        const auto known = std::find_if(sandboxes_.begin(), sandboxes_.end(),
                                        [&](const auto& one) { return one.exports == exports; });
        return known != sandboxes_.end()
                   ? *known
                   : sandboxes_.emplace_back(bench::prepared(root_, exports, arguments_.reuse));
    }

    /// At a latency even few exports take long: 10,000 at 100 ms are more than a minute for each of
    /// the two.
    void fetch() {
        if (arguments_.quick) {
            add(bench::measure_fetch(sandbox(arguments_.exports.back()), {1}, runs(3)));
        } else if (arguments_.all) {
            for (const auto exports : arguments_.exports) {
                add(bench::measure_fetch(sandbox(exports), {0, 20, 100}, runs(3)));
            }
        } else {
            add(bench::measure_fetch(sandbox(arguments_.exports.back()), {0}, runs(3)));
            add(bench::measure_fetch(sandbox(some(2'000)), {20, 100}, runs(3)));
        }
    }

    void apply() {
        if (arguments_.quick) {
            add(bench::measure_apply({20}, {1}, runs(3)));
        } else {
            add(bench::measure_apply({some(100), some(1'000)}, {20, 100}, runs(3)));
        }
    }

    void add(Part part) {
        std::cerr << "measured " << part.name << '\n';
        parts_.push_back(std::move(part));
    }

    Arguments arguments_;
    std::filesystem::path root_;
    std::vector<bench::Sandbox> sandboxes_;
    std::vector<Part> parts_;
};

/// Counts are the same everywhere, so a count beyond its target is a fault.
bool counts_hold(const std::vector<Part>& parts) {
    bool hold = true;
    for (const auto& part : parts) {
        for (const auto& figure : part.figures) {
            if (figure.kind == bench::Kind::count && !figure.on_target().value_or(true)) {
                std::cerr << fmt::format("{}: too many {}\n", part.name, figure.name);
                hold = false;
            }
        }
    }
    return hold;
}

/// So that programs are found by their names (run_self).
void add_to_path(const std::filesystem::path& folder) {
    const char* path = std::getenv("PATH");
    setenv("PATH", (folder.string() + ":" + (path == nullptr ? "" : path)).c_str(), 1);
}

int measure(Arguments arguments) {
    add_to_path(test::program_folder());
    std::optional<test::TemporaryFolder> temporary;
    auto root = test::program_folder().parent_path() / "bench";
    if (arguments.quick) {
        root = temporary.emplace().path();
        arguments.exports = {120};
    }
    const auto parts = Bench(arguments, root).run();
    fmt::print("{}", bench::tables(parts));
    if (!arguments.json.empty()) {
        bench::write_json(parts, arguments.json);
    }
    return !arguments.quick || counts_hold(parts) ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
        if (bench::is_inner(words)) {
            return bench::run_inner(words);
        }
        CLI::App app("Measures what penstock costs", "tools/bench");
        Arguments arguments;
        declare(app, arguments);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app.exit(error) == 0 ? 0 : 3;
        }
        return measure(std::move(arguments));
    } catch (const std::exception& error) {
        std::cerr << "bench: " << error.what() << '\n';
        return 1;
    }
}
