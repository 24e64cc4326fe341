#include "cli/selection.hpp"

#include "base/text.hpp"
#include "cli/label_selector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

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
    std::erase_if(documents,
                  [&](const auto& document) { return !names.contains(document.metadata.name); });
}

Error nothing(std::string message, std::string hint) {
    return {ErrorKind::invalid_input, std::move(message), std::move(hint), {}};
}

std::vector<std::string> listed(const std::set<std::string>& words) {
    return {words.begin(), words.end()};
}

/// `did you mean ...?` if one of the words is near.
std::string near_hint(std::string_view word, const std::set<std::string>& words,
                      std::string otherwise) {
    const auto near = nearest(word, listed(words));
    return near ? fmt::format("did you mean {}?", printable(*near)) : std::move(otherwise);
}

/// Accounts and exports by their names, which are unique among each.
struct Names {
    std::set<std::string> accounts;
    std::set<std::string> exports;

    [[nodiscard]] bool empty() const { return accounts.empty() && exports.empty(); }

    void keep_common(const Names& other) {
        const auto keep = [](std::set<std::string>& mine, const std::set<std::string>& others) {
            std::erase_if(mine, [&](const auto& name) { return !others.contains(name); });
        };
        keep(accounts, other.accounts);
        keep(exports, other.exports);
    }
};

class Chooser {
  public:
    explicit Chooser(const manifest::Manifests& manifests) : manifests_(manifests) {}

    /// `paths` get the form in which they are compared.
    Result<Names> choose(plan::Narrowing& narrowing) const {
        auto chosen = those([](const auto&) { return true; });
        if (!narrowing.paths.empty()) {
            auto by_path = of_paths(narrowing.paths);
            if (!by_path) {
                return by_path;
            }
            chosen.keep_common(*by_path);
        }
        if (!narrowing.targets.empty()) {
            auto by_target = of_targets(narrowing.targets);
            if (!by_target) {
                return by_target;
            }
            chosen.keep_common(*by_target);
        }
        for (const auto& text : narrowing.selectors) {
            auto by_label = of_selector(text);
            if (!by_label) {
                return by_label;
            }
            chosen.keep_common(*by_label);
        }
        if (chosen.empty()) {
            return fail(
                nothing("nothing is chosen: no account and no export fits everything at once",
                        "paths, --selector and --target each narrow what the others choose"));
        }
        return chosen;
    }

  private:
    /// `fits` is asked about the metadata of each document.
    template <class Fits>
    Names those(Fits fits) const {
        Names names;
        for (const auto& account : manifests_.accounts) {
            if (fits(account.metadata)) {
                names.accounts.insert(account.metadata.name);
            }
        }
        for (const auto* document : manifests_.exports()) {
            if (fits(document->metadata)) {
                names.exports.insert(document->metadata.name);
            }
        }
        return names;
    }

    Result<Names> of_paths(std::vector<std::string>& paths) const {
        Names all;
        for (auto& path : paths) {
            const auto wanted = relative_path(path, manifests_.folder);
            auto found =
                those([&](const auto& metadata) { return is_below(file_of(metadata), wanted); });
            if (found.empty()) {
                std::set<std::string> files;
                those([&](const auto& metadata) { return files.insert(file_of(metadata)).second; });
                return fail(nothing(
                    fmt::format("no manifest of the project comes from {}", printable(path)),
                    near_hint(wanted, files, "paths count from the folder of penstock.yaml")));
            }
            path = wanted;
            all.accounts.merge(found.accounts);
            all.exports.merge(found.exports);
        }
        return all;
    }

    Result<Names> of_targets(const std::vector<std::string>& targets) const {
        Names all;
        for (const auto& target : targets) {
            auto found = of_target(target);
            if (!found) {
                return found;
            }
            all.accounts.merge(found->accounts);
            all.exports.merge(found->exports);
        }
        return all;
    }

    Result<Names> of_target(const std::string& target) const {
        const auto dot = target.rfind('.'); // no name has one
        const auto name = target.substr(0, dot);
        std::optional<model::EntityKind> kind;
        if (dot != std::string::npos) {
            kind = model::parse_entity_kind(target.substr(dot + 1));
            if (!kind) {
                return fail(
                    nothing(fmt::format("{} is no address", printable(target)),
                            "an address is a name, or a name with .base for an account and .flow, "
                            ".source or .target for an export"));
            }
        }
        auto found = those([&](const auto& metadata) { return metadata.name == name; });
        if (kind && *kind == model::EntityKind::base) {
            found.exports.clear();
        } else if (kind) {
            found.accounts.clear();
        }
        if (!found.accounts.empty() && !found.exports.empty()) {
            return fail(nothing(
                fmt::format("{} is both an account and an export", printable(name)),
                fmt::format("write {0}.base for the account, or {0}.flow for the export", name)));
        }
        if (found.empty()) {
            const auto everything = those([](const auto&) { return true; });
            std::set<std::string> addresses;
            if (!kind || *kind == model::EntityKind::base) {
                addresses = everything.accounts;
            }
            if (!kind || *kind != model::EntityKind::base) {
                addresses.insert(everything.exports.begin(), everything.exports.end());
            }
            return fail(nothing(
                fmt::format("the manifests describe no {} {}",
                            !kind                              ? "account or export"
                            : *kind == model::EntityKind::base ? "account"
                                                               : "export",
                            printable(name)),
                near_hint(name, addresses,
                          "what manifests no longer describe goes with the next apply that nothing "
                          "narrows")));
        }
        return found;
    }

    Result<Names> of_selector(const std::string& text) const {
        const auto selector = parse_selector(text);
        if (!selector) {
            return fail(selector.error());
        }
        auto found =
            those([&](const auto& metadata) { return selector->matches(metadata.labels); });
        if (found.empty()) {
            return fail(nothing(
                fmt::format("no account and no export has labels for `{}`", printable(text)),
                near_labels(*selector)));
        }
        return found;
    }

    /// What labels there are in the place of those that none has.
    std::string near_labels(const LabelSelector& selector) const {
        std::map<std::string, std::set<std::string>> known;
        those([&](const auto& metadata) {
            for (const auto& [label, value] : metadata.labels) {
                known[label].insert(value);
            }
            return false;
        });
        std::set<std::string> labels;
        std::transform(known.begin(), known.end(), std::inserter(labels, labels.end()),
                       [](const auto& entry) { return entry.first; });
        for (const auto& requirement : selector.requirements) {
            const auto values = known.find(requirement.label);
            if (values == known.end()) {
                return near_hint(requirement.label, labels,
                                 labels.empty()
                                     ? "the manifests have no labels: write them into `metadata`"
                                     : "labels are " + some_of(labels));
            }
            for (const auto& value : requirement.values) {
                if (!values->second.contains(value)) {
                    return near_hint(value, values->second,
                                     fmt::format("values of {} are {}", requirement.label,
                                                 some_of(values->second)));
                }
            }
        }
        return "each requirement is met by some, but all of them by none";
    }

    static std::string some_of(const std::set<std::string>& words) {
        constexpr std::size_t most = 8;
        std::vector<std::string> shown;
        for (const auto& word : words) {
            if (shown.size() == most) {
                shown.emplace_back("others");
                break;
            }
            shown.push_back(printable(word));
        }
        return enumerate(shown);
    }

    const manifest::Manifests& manifests_;
};

} // namespace

bool Selection::covers(const model::EntityKey& key) const {
    return chooses(key) && model::owns(narrowing.shard, key);
}

bool Selection::chooses(const model::EntityKey& key) const {
    if (everything) {
        return true;
    }
    return key.kind == model::EntityKind::base ? accounts.contains(key.name)
                                               : exports.contains(key.name);
}

Result<Selection> select(manifest::Manifests manifests, const plan::Narrowing& narrowing) {
    Selection selection;
    selection.manifests = std::move(manifests);
    selection.narrowing = narrowing;
    if (!narrowing.chooses()) {
        return selection;
    }
    selection.everything = false;
    auto chosen = Chooser(selection.manifests).choose(selection.narrowing);
    if (!chosen) {
        return fail(chosen.error());
    }
    selection.accounts = std::move(chosen->accounts);
    selection.exports = std::move(chosen->exports);
    auto needed = selection.accounts;
    for (const auto* document : selection.manifests.exports()) {
        if (selection.exports.contains(document->metadata.name)) {
            needed.insert(document->account);
        }
    }
    keep_named(selection.manifests.accounts, needed);
    keep_named(selection.manifests.datasets, selection.exports);
    keep_named(selection.manifests.segments, selection.exports);
    return selection;
}

} // namespace penstock::cli
