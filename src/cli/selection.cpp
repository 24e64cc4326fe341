#include "cli/selection.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace penstock::cli {

namespace {

namespace fs = std::filesystem;

std::string file_of(const manifest::Metadata& metadata) {
    if (!metadata.positions) {
        return {};
    }
    return fs::path(metadata.positions->at("").file).lexically_normal().generic_string();
}

/// The path relative to the project's folder, without `.`, `..` and a last slash.
std::string relative_path(const std::string& path, const std::string& folder) {
    std::error_code error;
    fs::path result = fs::path(path).lexically_normal();
    if (result.is_absolute()) {
        const auto base = fs::weakly_canonical(folder, error);
        const auto full = fs::weakly_canonical(result, error);
        result = full.lexically_relative(base);
    }
    auto text = result.generic_string();
    while (text.size() > 1 && text.back() == '/') {
        text.pop_back();
    }
    return text;
}

bool is_below(const std::string& file, const std::string& path) {
    return path == "." || file == path ||
           (file.size() > path.size() && file.compare(0, path.size(), path) == 0 &&
            file[path.size()] == '/');
}

template <class Document>
void keep_named(std::vector<Document>& documents, const std::set<std::string>& names) {
    documents.erase(std::remove_if(documents.begin(), documents.end(),
                                   [&](const auto& document) {
                                       return !names.contains(document.metadata.name);
                                   }),
                    documents.end());
}

class Selector {
  public:
    explicit Selector(manifest::Manifests manifests) {
        selection_.manifests = std::move(manifests);
        selection_.everything = false;
    }

    std::optional<Error> add(const std::string& path) {
        const auto wanted = relative_path(path, selection_.manifests.folder);
        bool found = false;
        const auto look = [&](const auto& documents, std::set<std::string>& names) {
            for (const auto& document : documents) {
                const auto file = file_of(document.metadata);
                files_.insert(file);
                if (is_below(file, wanted)) {
                    names.insert(document.metadata.name);
                    found = true;
                }
            }
        };
        look(selection_.manifests.accounts, selection_.accounts);
        look(selection_.manifests.datasets, selection_.exports);
        look(selection_.manifests.segments, selection_.exports);
        if (found) {
            selection_.paths.push_back(wanted);
            return std::nullopt;
        }
        const std::vector<std::string> files(files_.begin(), files_.end());
        const auto near = nearest(wanted, files);
        return Error{ErrorKind::invalid_input,
                     fmt::format("no manifest of the project comes from {}", printable(path)),
                     near ? fmt::format("did you mean {}?", printable(*near))
                          : "paths count from the folder of penstock.yaml",
                     {}};
    }

    Selection finish() {
        auto accounts = selection_.accounts;
        for (const auto* document : selection_.manifests.exports()) {
            if (selection_.exports.contains(document->metadata.name)) {
                accounts.insert(document->account);
            }
        }
        keep_named(selection_.manifests.accounts, accounts);
        keep_named(selection_.manifests.datasets, selection_.exports);
        keep_named(selection_.manifests.segments, selection_.exports);
        return std::move(selection_);
    }

  private:
    Selection selection_;
    std::set<std::string> files_;
};

} // namespace

bool Selection::covers(const model::EntityKey& key) const {
    if (everything) {
        return true;
    }
    return key.kind == model::EntityKind::base ? accounts.contains(key.name)
                                               : exports.contains(key.name);
}

Result<Selection> select(manifest::Manifests manifests, const std::vector<std::string>& paths) {
    if (paths.empty()) {
        Selection everything;
        everything.manifests = std::move(manifests);
        return everything;
    }
    Selector selector(std::move(manifests));
    for (const auto& path : paths) {
        if (auto error = selector.add(path)) {
            return fail(std::move(*error));
        }
    }
    return selector.finish();
}

} // namespace penstock::cli
