#include "manifest/load.hpp"

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
    std::vector<Document> documents;
    Complaints complaints;
};

/// The step for one file: depends on nothing but its text.
FileContent read_documents(const std::shared_ptr<Source>& source,
                           const std::vector<std::string>& secrets) {
    source->hide_values_of(secrets);
    YamlFile yaml = read_yaml(source);
    FileContent content{{}, std::move(yaml.complaints)};
    for (auto& node : yaml.documents) {
        auto document =
            identify(source, std::make_shared<const Node>(std::move(node)), content.complaints);
        if (document) {
            content.documents.push_back(std::move(*document));
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
            for (std::size_t i = 1; i < files_.files().size(); ++i) {
                read_file(files_.files()[i]);
            }
            check_twins(account_documents_);
            check_twins(export_documents_);
            check_accounts();
            check_guardrails();
            check_own_guards();
            check_emptiness();
        }
        result.files = sources_.size();
        result.sources = std::move(sources_);
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
        const std::size_t before = complaints_.errors();
        read_file(files_.files().front());
        if (!project_) {
            if (complaints_.errors() == before) {
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

    void read_file(const std::string& file) {
        const auto source = files_.read(file, complaints_);
        if (source == nullptr) {
            return;
        }
        sources_.push_back(source);
        FileContent content = read_documents(source, secrets_);
        complaints_.append(std::move(content.complaints));
        for (const auto& document : content.documents) {
            switch (document.kind) {
            case Kind::project:
                take_project(document);
                break;
            case Kind::account:
                accounts_.push_back(read_account(document, catalogue_, complaints_));
                account_documents_.push_back(document);
                break;
            case Kind::dataset_export:
                datasets_.push_back(read_dataset_export(document, complaints_));
                export_documents_.push_back(document);
                break;
            case Kind::segment_export:
                segments_.push_back(read_segment_export(document, complaints_));
                export_documents_.push_back(document);
                break;
            case Kind::drift_baseline:
                break; // says nothing about what is wanted; load_baseline() reads it
            }
        }
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
        std::map<std::string_view, const Account*> known;
        std::vector<std::string> names;
        for (const auto& read : accounts_) {
            if (known.emplace(read.value.metadata.name, &read.value).second) {
                names.push_back(read.value.metadata.name);
            }
        }
        std::sort(names.begin(), names.end());
        const auto check = [&](auto& exports) {
            for (auto& read : exports) {
                const auto found = known.find(read.value.account);
                if (found == known.end()) {
                    complain_about_account(read.document, names);
                } else if (const auto* destination = catalogue_.find(found->second->destination)) {
                    read.value.slug = destination->slug;
                    if (const auto* auth = std::get_if<AccountAuth>(&found->second->connection)) {
                        read.value.auth_spec = auth->spec_name;
                    }
                    check_target(read, *destination, complaints_);
                }
            }
        };
        check(datasets_);
        check(segments_);
        for (auto& read : segments_) {
            read_files(read, catalogue_.find(read.value.slug), catalogue_, complaints_);
        }
    }

    void complain_about_account(const Document& document, const std::vector<std::string>& names) {
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
        complaints_.add(document.place(node->span),
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
        if (!accounts_.empty() || !export_documents_.empty() || complaints_.errors() != 0) {
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

    Manifests gather() {
        Manifests manifests;
        manifests.project = std::move(project_->value);
        manifests.folder = folder_;
        for (auto& read : accounts_) {
            manifests.accounts.push_back(std::move(read.value));
        }
        for (auto& read : datasets_) {
            manifests.datasets.push_back(std::move(read.value));
        }
        for (auto& read : segments_) {
            manifests.segments.push_back(std::move(read.value));
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
    std::vector<std::shared_ptr<const Source>> sources_;
    std::optional<Read<Project>> project_;
    std::vector<Read<Account>> accounts_;
    std::vector<Read<DatasetExport>> datasets_;
    std::vector<Read<SegmentExport>> segments_;
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
