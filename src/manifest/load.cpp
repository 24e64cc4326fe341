#include "manifest/load.hpp"

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "manifest/folder.hpp"
#include "manifest/guards.hpp"
#include "manifest/readers.hpp"
#include "manifest/stored_texts.hpp"
#include "manifest/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace penstock::manifest {

namespace {

/// Names of parameters whose values are secrets at some destination, and of the project's own.
std::vector<std::string> secret_names(const catalogue::Catalogue& catalogue) {
    std::vector<std::string> names{"clientSecret", "accessToken"};
    const auto take = [&](const std::vector<catalogue::Parameter>& parameters) {
        for (const auto& parameter : parameters) {
            if (parameter.secret &&
                std::find(names.begin(), names.end(), parameter.name) == names.end()) {
                names.push_back(parameter.name);
            }
        }
    };
    for (const auto& destination : catalogue.all()) {
        for (const auto& spec : destination.auth_specs) {
            take(spec.parameters);
        }
        if (destination.encryption) {
            take(destination.encryption->parameters);
        }
    }
    return names;
}

/// What one file says, each document by itself.
struct FileContent {
    std::shared_ptr<const Source> source; ///< null if the file cannot be read
    std::vector<Document> projects;
    std::vector<Read<Account>> accounts;
    std::vector<Read<DatasetExport>> datasets;
    std::vector<Read<SegmentExport>> segments;
    std::vector<Document> exports; ///< of all kinds, in their order
    Complaints complaints;
};

void read_document(Document document, const catalogue::Catalogue& catalogue, FileContent& content) {
    switch (document.kind) {
    case Kind::project:
        content.projects.push_back(std::move(document));
        break;
    case Kind::account:
        content.accounts.push_back(read_account(document, catalogue, content.complaints));
        break;
    case Kind::dataset_export:
        content.datasets.push_back(read_dataset_export(document, content.complaints));
        content.exports.push_back(std::move(document));
        break;
    case Kind::segment_export:
        content.segments.push_back(read_segment_export(document, content.complaints));
        content.exports.push_back(std::move(document));
        break;
    case Kind::drift_baseline:
        break; // says nothing about what is wanted; load_baseline() reads it
    }
}

/// The step for one file: depends on nothing but its text.
FileContent read_file(const Files& files, const std::string& name,
                      const catalogue::Catalogue& catalogue,
                      const std::vector<std::string>& secrets) {
    FileContent content;
    const auto source = files.read(name, content.complaints);
    if (source == nullptr) {
        return content;
    }
    content.source = source;
    source->hide_values_of(secrets);
    YamlFile yaml = read_yaml(source);
    content.complaints.append(std::move(yaml.complaints));
    for (auto& node : yaml.documents) {
        auto document =
            identify(source, std::make_shared<const Node>(std::move(node)), content.complaints);
        if (document) {
            read_document(std::move(*document), catalogue, content);
        }
    }
    if (yaml.documents.empty() && content.complaints.errors() == 0 &&
        source->name() != project_file) {
        content.complaints.add(source->name(),
                               {"empty-file", "the file holds no document",
                                "remove it, or write a manifest into it", Severity::warning});
    }
    return content;
}

/// Gathers all documents and checks them against each other.
class Loader {
  public:
    Loader(Files& files, std::string folder, const catalogue::Catalogue& catalogue)
        : folder_(std::move(folder)), catalogue_(catalogue), secrets_(secret_names(catalogue)),
          files_(files) {}

    LoadResult load() {
        LoadResult result;
        if (read_project_file()) {
            read_other_files();
            check_twins(account_documents_);
            check_twins(export_documents_);
            check_accounts();
            check_guardrails();
            check_own_guards();
            check_emptiness();
        }
        for (auto& content : contents_) {
            complaints_.append(std::move(content.complaints));
            if (content.source != nullptr) {
                result.sources.push_back(content.source);
            }
        }
        result.files = result.sources.size();
        if (complaints_.errors() == 0 && project_) {
            result.manifests = gather();
        }
        result.diagnostics = complaints_.take();
        return result;
    }

  private:
    bool read_project_file() {
        if (!files_.add_project_file(complaints_)) {
            return false;
        }
        contents_.push_back(read_file(files_, files_.files().front(), catalogue_, secrets_));
        take(contents_.front());
        if (!project_) {
            if (contents_.front().complaints.errors() == 0) {
                complaints_.add(project_file,
                                {"no-project", "penstock.yaml has no document of kind `Project`",
                                 "add one: it names the environments and where manifests are"});
            }
            return false;
        }
        const auto paths = manifest_paths(project_->document);
        for (const auto& [path, span] : paths) {
            const Place place = project_->document.place(span);
            files_.add(path, &place, complaints_);
        }
        if (paths.empty()) {
            files_.add(".", nullptr, complaints_);
        }
        return true;
    }

    void read_other_files() {
        const auto& names = files_.files();
        contents_.resize(names.size());
        for_each_on_all_cores(names.size() - 1, [&](std::size_t i) {
            contents_[i + 1] = read_file(files_, names[i + 1], catalogue_, secrets_);
        });
        std::for_each(contents_.begin() + 1, contents_.end(),
                      [&](auto& content) { take(content); });
    }

    void take(const FileContent& content) {
        for (const auto& document : content.projects) {
            take_project(document);
        }
        for (const auto& read : content.accounts) {
            account_documents_.push_back(read.document);
        }
        export_documents_.insert(export_documents_.end(), content.exports.begin(),
                                 content.exports.end());
    }

    void take_project(const Document& document) {
        const Span kind = document.root->entry("kind")->span;
        if (project_) {
            complaints_.add(document.place(kind),
                            {"second-project", "a project has one document of kind `Project`",
                             "move its environments into the first one"},
                            project_->document.place(project_->document.root->entry("kind")->span),
                            "the first one is here");
            return;
        }
        project_ = read_project(document, complaints_);
    }

    /// Names are unique among accounts, and among exports of all kinds: the entities of an export
    /// are named after it.
    void check_twins(const std::vector<Document>& documents) {
        std::map<std::string_view, const Document*> first;
        for (const auto& document : documents) {
            const Node* name = document.name_node();
            if (name == nullptr) {
                continue;
            }
            const auto [twin, added] = first.emplace(name->string(), &document);
            if (added) {
                continue;
            }
            const bool one_kind = document.kind == twin->second->kind;
            complaints_.add(
                document.place(name->span),
                {"duplicate-name",
                 one_kind ? fmt::format("there are two documents of kind {} named `{}`",
                                        manifest::name(document.kind), name->string())
                          : fmt::format("there are two exports named `{}`", name->string()),
                 one_kind ? "names are unique within a kind: rename one"
                          : "exports of datasets and of segments share their names: rename one"},
                twin->second->place(twin->second->name_node()->span), "the other one is here");
        }
    }

    void check_accounts() {
        KnownAccounts known;
        for (const auto& content : contents_) {
            for (const auto& read : content.accounts) {
                if (known.by_name.emplace(read.value.metadata.name, &read.value).second) {
                    known.names.push_back(read.value.metadata.name);
                }
            }
        }
        std::sort(known.names.begin(), known.names.end());
        for_each_on_all_cores(contents_.size(),
                              [&](std::size_t i) { check_exports(contents_[i], known); });
    }

    struct KnownAccounts {
        std::map<std::string_view, const Account*> by_name;
        std::vector<std::string> names; ///< sorted
    };

    /// Completes the exports of one file with what their accounts say.
    void check_exports(FileContent& content, const KnownAccounts& known) const {
        const auto check = [&](auto& read) {
            const auto found = known.by_name.find(read.value.account);
            if (found == known.by_name.end()) {
                complain_about_account(read.document, known.names, content.complaints);
            } else if (const auto* destination = catalogue_.find(found->second->destination)) {
                read.value.slug = destination->slug;
                if (const auto* auth = std::get_if<AccountAuth>(&found->second->connection)) {
                    read.value.auth_spec = auth->spec_name;
                }
                check_target(read, *destination, content.complaints);
            }
        };
        std::for_each(content.datasets.begin(), content.datasets.end(), check);
        for (auto& read : content.segments) {
            check(read);
            read_files(read, catalogue_.find(read.value.slug), catalogue_, content.complaints);
        }
    }

    static void complain_about_account(const Document& document,
                                       const std::vector<std::string>& names,
                                       Complaints& complaints) {
        const Node* spec = document.root->find("spec");
        const Node* node = spec == nullptr ? nullptr : spec->find("account");
        if (node == nullptr || !node->is_string() || node->string().empty()) {
            return; // the schema has complained
        }
        std::string help = "add a document of kind Account with that name";
        if (const auto near = nearest(node->string(), names)) {
            help = fmt::format("did you mean `{}`?", *near);
        } else if (!names.empty() && names.size() <= 5) {
            help = fmt::format("accounts are {}", enumerate(names));
        }
        complaints.add(document.place(node->span),
                       {"unknown-account", fmt::format("there is no account `{}`", node->string()),
                        std::move(help)});
    }

    void check_guardrails() {
        constexpr std::size_t most_destinations = 100; // in a sandbox (reference, section 9.4)
        if (export_documents_.size() > most_destinations) {
            complaints_.add(
                project_->document.place(project_->document.root->entry("kind")->span),
                {"too-many-exports",
                 fmt::format("the project has {}; the platform allows {} destinations in "
                             "a sandbox",
                             counted(export_documents_.size(), "export"), most_destinations),
                 "let one export carry several datasets or segments, or ask Adobe for a higher "
                 "limit",
                 Severity::warning});
        }
    }

    void check_own_guards() {
        for (const auto* documents : {&account_documents_, &export_documents_}) {
            for (const auto& document : *documents) {
                check_guards(project_->value.guards, project_->document, document, complaints_);
            }
        }
    }

    /// A project without manifests is more often a wrong folder than what somebody wants.
    void check_emptiness() {
        const bool sound = std::all_of(contents_.begin(), contents_.end(), [](const auto& content) {
            return content.complaints.errors() == 0;
        });
        if (!account_documents_.empty() || !export_documents_.empty() || !sound ||
            complaints_.errors() != 0) {
            return;
        }
        const std::string message = "the project has no accounts and no exports: no manifest is in";
        std::vector<std::string> folders;
        for (const auto& [path, span] : manifest_paths(project_->document)) {
            folders.push_back(fmt::format("`{}`", path));
        }
        if (folders.empty()) {
            complaints_.add(project_file,
                            {"no-manifests", message + " the folder of penstock.yaml",
                             "write accounts and exports beside penstock.yaml, or name their "
                             "folders in `spec.manifests`",
                             Severity::warning});
            return;
        }
        const Node* spec = project_->document.root->find("spec");
        complaints_.add(project_->document.place(spec->entry("manifests")->span),
                        {"no-manifests", fmt::format("{} {}", message, enumerate(folders, "or")),
                         "manifests are files that end in `.yaml` or `.yml`", Severity::warning});
    }

    template <class T>
    static void take_values(std::vector<Read<T>>& from, std::vector<T>& to) {
        for (auto& read : from) {
            to.push_back(std::move(read.value));
        }
    }

    Manifests gather() {
        Manifests manifests;
        manifests.project = std::move(project_->value);
        manifests.folder = folder_;
        for (auto& content : contents_) {
            take_values(content.accounts, manifests.accounts);
            take_values(content.datasets, manifests.datasets);
            take_values(content.segments, manifests.segments);
        }
        const auto by_name = [](const auto& a, const auto& b) {
            return a.metadata.name < b.metadata.name;
        };
        std::sort(manifests.accounts.begin(), manifests.accounts.end(), by_name);
        std::sort(manifests.datasets.begin(), manifests.datasets.end(), by_name);
        std::sort(manifests.segments.begin(), manifests.segments.end(), by_name);
        return manifests;
    }

    std::string folder_;
    const catalogue::Catalogue& catalogue_;
    std::vector<std::string> secrets_;
    Complaints complaints_;
    Files& files_;
    std::optional<Read<Project>> project_;
    std::vector<FileContent> contents_;       ///< penstock.yaml first
    std::vector<Document> account_documents_; ///< in the order of reading, as are the next
    std::vector<Document> export_documents_;  ///< of all kinds
};

} // namespace

LoadResult load(const std::string& folder, const catalogue::Catalogue& catalogue) {
    Folder files(folder, YamlLimits{}.bytes);
    return Loader(files, folder, catalogue).load();
}

LoadResult load(std::vector<NamedText> texts, const std::string& folder,
                const catalogue::Catalogue& catalogue) {
    StoredTexts files(std::move(texts), YamlLimits{}.bytes);
    return Loader(files, folder, catalogue).load();
}

} // namespace penstock::manifest
