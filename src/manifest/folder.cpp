#include "manifest/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace penstock::manifest {

namespace fs = std::filesystem;

namespace {

bool is_manifest(const fs::path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool is_hidden(const fs::path& path) {
    return path.filename().string().substr(0, 1) == ".";
}

void complain(const std::string& path, const Place* listed_at, Complaint complaint,
              Complaints& complaints) {
    if (listed_at != nullptr) {
        complaints.add(*listed_at, std::move(complaint));
    } else {
        complaints.add(path, std::move(complaint));
    }
}

} // namespace

Folder::Folder(std::string name, std::size_t largest_file)
    : name_(std::move(name)), root_(fs::path(name_).lexically_normal()),
      largest_file_(largest_file) {}

bool Folder::add_project_file(Complaints& complaints) {
    std::error_code error;
    const fs::path folder(name_);
    if (!fs::is_directory(folder, error)) {
        complaints.add(name_, {"no-such-path",
                               fs::exists(folder, error) ? "this is a file, not a folder"
                                                         : "there is no such folder",
                               "name the folder of penstock.yaml with -C"});
        return false;
    }
    if (!fs::exists(folder / project_file, error) && !error) {
        complaints.add(project_file,
                       {"no-project", fmt::format("there is no penstock.yaml in {}", name_),
                        "create one with a document `kind: Project`, or name the folder of an "
                        "existing one with -C"});
        return false;
    }
    add(project_file, nullptr, complaints);
    return !files_.empty();
}

std::string Folder::shown(const fs::path& path) const {
    const fs::path relative = path.lexically_relative(root_);
    return relative.empty() ? path.string() : relative.generic_string();
}

bool Folder::is_new(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::canonical(path, error);
    return seen_.insert((error ? path : canonical).string()).second;
}

void Folder::add(const std::string& path, const Place* listed_at, Complaints& complaints) {
    const fs::path full = (root_ / path).lexically_normal();
    std::error_code error;
    const auto status = fs::status(full, error);
    if (status.type() == fs::file_type::not_found) {
        complain(shown(full), listed_at,
                 {"no-such-path", fmt::format("there is no file or folder `{}`", path),
                  "paths are relative to the folder of penstock.yaml"},
                 complaints);
    } else if (error || !fs::exists(status)) {
        complain(shown(full), listed_at,
                 {"unreadable-path", fmt::format("`{}` cannot be read: {}", path, error.message())},
                 complaints);
    } else if (fs::is_directory(status)) {
        add_folder(full, complaints);
    } else if (fs::is_regular_file(status)) {
        add_file(full);
    } else {
        complain(shown(full), listed_at,
                 {"unreadable-path", fmt::format("`{}` is neither a file nor a folder", path)},
                 complaints);
    }
}

void Folder::add_file(const fs::path& file) {
    if (is_new(file)) {
        files_.push_back(shown(file));
    }
}

void Folder::add_folder(const fs::path& folder, Complaints& complaints) {
    if (!is_new(folder)) {
        return; // reached before, perhaps through a symbolic link to a parent
    }
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        entries.push_back(entry->path());
    }
    if (error) {
        complaints.add(shown(folder),
                       {"unreadable-path",
                        fmt::format("the folder cannot be read: {}", error.message()),
                        "an unreadable folder is not an empty one: nothing is planned without it"});
        return;
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) {
        if (is_hidden(entry)) {
            continue;
        }
        const auto status = fs::status(entry, error);
        if (fs::is_directory(status)) {
            add_folder(entry, complaints);
        } else if (is_manifest(entry)) {
            if (fs::is_regular_file(status)) {
                add_file(entry);
            } else {
                complaints.add(shown(entry),
                               {"unreadable-path",
                                fmt::format("the file cannot be read: {}",
                                            error ? error.message() : "it is no regular file")});
            }
        }
    }
}

std::shared_ptr<Source> Folder::read(const std::string& file, Complaints& complaints) const {
    const fs::path path = root_ / file;
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (!error && size > largest_file_) {
        complaints.add(file, {"file-too-large",
                              fmt::format("the file has {} bytes; a manifest has at most {}", size,
                                          largest_file_),
                              "split it into several files"});
        return nullptr;
    }
    std::ifstream stream(path, std::ios::binary);
    std::string text;
    if (!error && stream.is_open()) {
        // One byte more than is allowed, so that a file that grew meanwhile is still refused.
        text.resize(static_cast<std::size_t>(size) + 1);
        stream.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(stream.gcount()));
    }
    if (error || !stream.is_open() || stream.bad()) {
        complaints.add(
            file, {"unreadable-path",
                   fmt::format("the file cannot be read: {}",
                               error ? error.message() : std::generic_category().message(errno)),
                   ""});
        return nullptr;
    }
    return std::make_shared<Source>(file, std::move(text));
}

} // namespace penstock::manifest
