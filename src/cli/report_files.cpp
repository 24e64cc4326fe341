#include "cli/report_files.hpp"

#include "base/text.hpp"
#include "cli/command_table.hpp"
#include "cli/report_scope.hpp"
#include "cli/whole_file.hpp"
#include "json/text.hpp"
#include "manifest/baseline.hpp"
#include "render/baseline.hpp"
#include "render/errors.hpp"
#include "render/reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace penstock::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view standard_output = "-";

constexpr std::array<std::pair<std::string_view, ReportFormat>, 8> formats{{
    {"text", ReportFormat::text},
    {"json", ReportFormat::json},
    {"markdown", ReportFormat::markdown},
    {"sarif", ReportFormat::sarif},
    {"junit", ReportFormat::junit},
    {"openmetrics", ReportFormat::openmetrics},
    {"github", ReportFormat::github},
    {"baseline", ReportFormat::baseline},
}};

std::vector<std::string> format_names(Command command) {
    std::vector<std::string> names;
    for (const auto& [name, format] : formats) {
        if (format != ReportFormat::baseline || command == Command::drift) {
            names.emplace_back(name);
        }
    }
    return names;
}

Error bad_argument(std::string message, std::string hint) {
    return {ErrorKind::invalid_input, std::move(message), std::move(hint), {}};
}

Error cannot_write(const std::string& path, const std::string& why) {
    return {ErrorKind::invalid_input,
            fmt::format("the report cannot be written to {}: {}", printable(path), why),
            {},
            {}};
}

Result<ReportFile> parse(const std::string& word, Command command) {
    const auto sign = word.find('=');
    const auto names = format_names(command);
    const auto wanted = word.substr(0, sign);
    const auto* found = std::find_if(formats.begin(), formats.end(),
                                     [&](const auto& item) { return item.first == wanted; });
    if (sign == std::string::npos || sign + 1 == word.size()) {
        return fail(bad_argument(
            fmt::format("--write takes FORMAT=FILE, not {}", printable(excerpt(word, 80))),
            fmt::format("formats are {}; `-` is standard output", enumerate(names))));
    }
    if (found == formats.end() || std::find(names.begin(), names.end(), wanted) == names.end()) {
        const auto near = nearest(wanted, names);
        return fail(bad_argument(fmt::format("{} writes no report of format {}",
                                             command == Command::drift ? "drift" : "this command",
                                             excerpt(wanted, 40)),
                                 near ? fmt::format("did you mean {}?", *near)
                                      : fmt::format("formats are {}", enumerate(names))));
    }
    return ReportFile{found->second, word.substr(sign + 1)};
}

fs::path place_of(const Arguments& arguments, const std::string& path) {
    return fs::path(arguments.folder) / path;
}

/// However it is spelled, and through whatever links.
std::string resolved(const Arguments& arguments, const std::string& path) {
    std::error_code error;
    const auto place = fs::weakly_canonical(fs::absolute(place_of(arguments, path), error), error);
    return error ? path : place.string();
}

Result<void> check_place(const Arguments& arguments, const ReportFile& file) {
    const auto place = place_of(arguments, file.path);
    const bool yaml = place.extension() == ".yaml" || place.extension() == ".yml";
    if (yaml && file.format != ReportFormat::baseline) {
        return fail(cannot_write(file.path, "a file of that name is read as a manifest"));
    }
    std::error_code error;
    if (yaml && fs::exists(place, error) && !manifest::is_baseline(arguments.folder, file.path)) {
        return fail(cannot_write(file.path, "it is there already, and is no baseline of drift"));
    }
    if (fs::is_directory(place, error)) {
        return fail(cannot_write(file.path, "it is a folder"));
    }
    const auto folder = place.parent_path();
    if (!folder.empty() && !fs::is_directory(folder, error)) {
        return fail(cannot_write(file.path, "there is no such folder"));
    }
    return {};
}

std::string document_text(const Outcome& outcome) {
    auto document = outcome.document;
    document["exit_code"] = static_cast<int>(outcome.code);
    return json::write_pretty(std::move(document)) + "\n";
}

std::string contents(ReportFormat format, const Outcome& outcome, const Arguments& arguments) {
    const auto& report = *outcome.report;
    switch (format) {
    case ReportFormat::text:
        return outcome.plain;
    case ReportFormat::json:
        return document_text(outcome);
    case ReportFormat::markdown:
        return render::report_markdown(report,
                                       arguments.markdown_budget.value_or(render::markdown_budget));
    case ReportFormat::sarif:
        return render::report_sarif(report);
    case ReportFormat::junit:
        return render::report_junit(report);
    case ReportFormat::openmetrics:
        return render::report_metrics(report);
    case ReportFormat::github:
        return render::report_github(report);
    case ReportFormat::baseline:
        return render::baseline_yaml(report);
    }
    return {};
}

bool takes_reports(Command command) {
    const auto flags = entry(command).flags;
    return std::any_of(flags.begin(), flags.end(),
                       [](const Flag& flag) { return flag.id == FlagId::write; });
}

/// True where annotations belong behind the text.
bool annotates(const std::vector<ReportFile>& files, const Arguments& arguments, const Host& host) {
    return host.variable("GITHUB_ACTIONS") == "true" && !arguments.json &&
           takes_reports(arguments.command) &&
           std::none_of(files.begin(), files.end(), [](const ReportFile& file) {
               return file.path == standard_output || file.format == ReportFormat::github;
           });
}

void add_failure(Outcome& outcome, const Error& error) {
    outcome.complaint += render::error_text(error);
    auto& errors = outcome.document["report_errors"].make_array();
    errors.emplace_back(error.message);
    if (outcome.code == ExitCode::done || outcome.code == ExitCode::changes) {
        outcome.code = ExitCode::failed;
    }
}

} // namespace

bool wants_document(const Arguments& arguments) {
    return arguments.json ||
           std::any_of(arguments.reports.begin(), arguments.reports.end(),
                       [](const auto& word) { return word.starts_with("json="); });
}

bool wants_report(const Arguments& arguments, const Host& host) {
    return !arguments.reports.empty() || host.variable("GITHUB_ACTIONS") == "true";
}

Result<std::vector<ReportFile>> report_files(const Arguments& arguments) {
    std::vector<ReportFile> files;
    std::set<std::string> paths;
    for (const auto& word : arguments.reports) {
        auto file = parse(word, arguments.command);
        if (!file) {
            return fail(file.error());
        }
        const bool to_output = file->path == standard_output;
        if (to_output && arguments.json) {
            return fail(bad_argument("--json and a report to `-` both ask for standard output",
                                     "write the report to a file"));
        }
        if (!to_output) {
            if (const auto possible = check_place(arguments, *file); !possible) {
                return fail(possible.error());
            }
        }
        const auto place = to_output ? file->path : resolved(arguments, file->path);
        if (arguments.out && !to_output && place == resolved(arguments, *arguments.out)) {
            return fail(
                bad_argument(fmt::format("the plan and a report cannot both be written to {}",
                                         printable(file->path)),
                             "give each a file of its own"));
        }
        if (!paths.insert(place).second) {
            return fail(bad_argument(
                fmt::format("two reports cannot both be written to {}", printable(file->path)),
                "give each a file of its own"));
        }
        files.push_back(std::move(*file));
    }
    return files;
}

void write_reports(const std::vector<ReportFile>& files, const Arguments& arguments,
                   const Host& host, Outcome& outcome) {
    const bool annotated = annotates(files, arguments, host);
    if (files.empty() && !annotated) {
        return;
    }
    if (!outcome.report) {
        outcome.report = render::failure_report(outcome.error.value_or(Error{}),
                                                outcome.diagnostics, bare_scope(arguments, host));
    }
    std::vector<std::pair<const ReportFile*, std::string>> texts;
    for (const auto& file : files) {
        texts.emplace_back(&file, contents(file.format, outcome, arguments));
    }
    for (auto& [file, text] : texts) {
        if (file->path == standard_output) {
            outcome.text = std::move(text);
        } else if (const auto why =
                       write_whole_file(place_of(arguments, file->path), text, Readers::as_usual)) {
            add_failure(outcome, cannot_write(file->path, *why));
        }
    }
    outcome.text += annotated ? render::report_github(*outcome.report) : "";
}

} // namespace penstock::cli
