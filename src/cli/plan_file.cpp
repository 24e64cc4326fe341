#include "cli/plan_file.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "cli/settings.hpp"
#include "cli/whole_file.hpp"
#include "manifest/files.hpp"
#include "manifest/load.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace penstock::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = std::size_t{64} * 1024 * 1024;

fs::path place_of(const Arguments& arguments, const std::string& path) {
    return fs::path(arguments.folder) / path;
}

bool is_yaml(const fs::path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool begins_like_json(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return false; // reading a pipe would take away what it holds
    }
    std::ifstream stream(path, std::ios::binary);
    char first = '\0';
    return stream >> first && first == '{';
}

Error cannot(const char* what, const std::string& path, const std::string& why) {
    return {ErrorKind::invalid_input,
            fmt::format("the plan cannot be {} {}: {}", what, printable(path), why),
            {},
            {}};
}

} // namespace

bool is_plan_file(const Arguments& arguments, const std::string& operand) {
    const auto path = place_of(arguments, operand);
    std::error_code error;
    if (is_yaml(path) || fs::is_directory(path, error)) {
        return false;
    }
    return path.extension() == ".json" || begins_like_json(path);
}

plan::Origin origin_of(const manifest::Manifests& manifests, Context& context) {
    const auto& site = context.client().site();
    return {manifests.project.metadata.name, context.environment(), site.endpoint,
            site.organization, site.sandbox};
}

Result<void> check_project_here(const plan::SavedPlan& saved, const Arguments& arguments,
                                const Host& host, Context& context) {
    const auto place = place_of(arguments, manifest::project_file);
    std::error_code error;
    if (!fs::exists(place, error)) {
        return {};
    }
    std::ifstream stream(place, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!saved.manifests.empty() && saved.manifests.front().text == text) {
        return {};
    }
    const auto here = manifest::load({{manifest::project_file, text}}, arguments.folder,
                                     catalogue::Catalogue::embedded());
    if (!here.manifests) {
        return fail(ErrorKind::refused,
                    fmt::format("whether the plan is for the project in {} cannot be told: its {} "
                                "is invalid",
                                printable(arguments.folder), manifest::project_file),
                    "`penstock validate` tells why");
    }
    const auto environment = choose_environment(here.manifests->project, arguments, host);
    if (!environment) {
        return fail(ErrorKind::refused, environment.error().message,
                    "the plan is for another project than the one in this folder; plan again");
    }
    const auto site = site_of(**environment, arguments, host, context.secrets());
    if (!site) {
        return fail(site.error());
    }
    return plan::check_origin(saved, {here.manifests->project.metadata.name, (*environment)->name,
                                      site->endpoint, site->organization, site->sandbox});
}

plan::SavedPlan to_save(const Planned& planned, const Project& project,
                        std::optional<std::size_t> allowed_deletes, Context& context,
                        const Clock& clock) {
    plan::SavedPlan saved;
    saved.shown = render::plan_json(planned.plan, version());
    saved.origin = origin_of(project.selection.manifests, context);
    saved.narrowing = project.selection.narrowing;
    saved.allowed_deletes = allowed_deletes;
    for (const auto& [file, text] : project.texts) {
        saved.manifests.push_back({file, text});
    }
    saved.pins = plan::pins_of(planned.plan, planned.live);
    saved.created_at = format_iso8601(
        std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count());
    return saved;
}

Result<void> check_plan_path(const Arguments& arguments, const std::string& path) {
    const auto place = place_of(arguments, path);
    if (is_yaml(place)) {
        return fail(cannot("written to", path, "a file of that name is read as a manifest"));
    }
    std::error_code error;
    const auto status = fs::status(place, error);
    if (fs::is_directory(status)) {
        return fail(cannot("written to", path, "it is a folder"));
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        return fail(cannot("written to", path, "it is no regular file"));
    }
    if (path == "-") {
        return fail(cannot("written to", path, "a plan is kept in a file; --json prints it"));
    }
    const auto folder = place.parent_path();
    if (!folder.empty() && !fs::is_directory(folder, error)) {
        return fail(cannot("written to", path, "there is no such folder"));
    }
    return {};
}

Result<void> write_plan_file(const Arguments& arguments, const std::string& path,
                             const plan::SavedPlan& saved) {
    const auto place = place_of(arguments, path);
    if (const auto why = write_whole_file(place, plan::write_saved(saved), Readers::owner)) {
        return fail(cannot("written to", path, *why));
    }
    return {};
}

Result<plan::SavedPlan> read_plan_file(const Arguments& arguments, const std::string& path) {
    const auto place = place_of(arguments, path);
    std::error_code error;
    const auto status = fs::status(place, error);
    if (!fs::exists(status)) {
        return fail(cannot("read from", path, "there is no such file"));
    }
    if (!fs::is_regular_file(status)) {
        return fail(cannot("read from", path, "it is no regular file"));
    }
    const auto size = fs::file_size(place, error);
    if (!error && size > largest_file) {
        return fail(cannot("read from", path,
                           fmt::format("it has {} bytes, more than {}", size, largest_file)));
    }
    std::ifstream stream(place, std::ios::binary);
    std::string text;
    if (!error && stream.is_open()) {
        // One byte more than there was, so that a file that grows meanwhile is no valid one.
        text.resize(static_cast<std::size_t>(size) + 1);
        stream.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(stream.gcount()));
    }
    if (error || !stream.is_open() || stream.bad()) {
        return fail(cannot("read from", path, error ? error.message() : std::strerror(errno)));
    }
    return plan::read_saved(text);
}

} // namespace penstock::cli
