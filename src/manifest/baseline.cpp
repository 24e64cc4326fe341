#include "manifest/baseline.hpp"

#include "base/time_text.hpp"
#include "manifest/folder.hpp"
#include "manifest/readers.hpp"
#include "manifest/yaml.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

namespace penstock::manifest {

namespace {

class BaselineReader {
  public:
    explicit BaselineReader(Complaints& complaints) : complaints_(complaints) {}

    void read(const std::shared_ptr<Source>& source) {
        auto yaml = read_yaml(source);
        const bool empty = yaml.documents.empty() && yaml.complaints.errors() == 0;
        complaints_.append(std::move(yaml.complaints));
        if (empty) {
            complaints_.add(source->name(), {"empty-file", "the baseline holds no document",
                                             "`penstock drift --write baseline=FILE` writes one"});
        }
        for (auto& node : yaml.documents) {
            const auto document =
                identify(source, std::make_shared<const Node>(std::move(node)), complaints_);
            if (document) {
                read(*document);
            }
        }
    }

    std::vector<model::AcceptedDrift> take() { return std::move(accepted_); }

  private:
    void read(const Document& document) {
        if (document.kind != Kind::drift_baseline) {
            complaints_.add(
                document.place(document.root->entry("kind")->span),
                {"not-a-baseline",
                 fmt::format("a document of kind {} is no baseline", name(document.kind)),
                 "a baseline has `kind: DriftBaseline`"});
            return;
        }
        check_schema(document, "", nullptr, complaints_);
        const Node* spec = document.root->find("spec");
        const Node* list = spec == nullptr ? nullptr : spec->find("accepted");
        if (list != nullptr) {
            for (const auto& entry : list->items) {
                read_entry(document, entry);
            }
        }
    }

    void read_entry(const Document& document, const Node& node) {
        const auto text = [&](const char* member) {
            const Node* found = node.find(member);
            return found == nullptr ? std::string() : found->string();
        };
        const Node* fingerprint = node.find("fingerprint");
        const Node* expires = node.find("expires");
        if (fingerprint == nullptr || expires == nullptr) {
            return; // the schema has complained
        }
        check_day(document, *expires);
        const auto [twin, added] =
            places_.emplace(fingerprint->string(), Place{document.source, fingerprint->span});
        if (!added) {
            complaints_.add(document.place(fingerprint->span),
                            {"duplicate-entry", "this finding is accepted twice", "keep one entry"},
                            twin->second, "the other one is here");
        }
        accepted_.push_back({fingerprint->string(), text("address"), text("field"), text("owner"),
                             text("reason"), expires->string(),
                             document.source->position(node.span.begin)});
    }

    void check_day(const Document& document, const Node& expires) {
        const auto& day = expires.string();
        const bool looks_right = day.size() == 10 && day[4] == '-' && day[7] == '-';
        if (looks_right && !parse_iso8601(day + "T00:00:00Z")) {
            complaints_.add(document.place(expires.span),
                            {"bad-date", fmt::format("there is no day {}", day),
                             "write a day of the calendar as YYYY-MM-DD"});
        }
    }

    Complaints& complaints_;
    std::vector<model::AcceptedDrift> accepted_;
    std::map<std::string, Place> places_;
};

} // namespace

bool is_baseline(const std::string& folder, const std::string& file) {
    Complaints complaints;
    Folder files(folder, YamlLimits{}.bytes);
    files.add(file, nullptr, complaints);
    for (const auto& name : files.files()) {
        const auto source = files.read(name, complaints);
        if (!source) {
            return false;
        }
        const auto yaml = read_yaml(source);
        if (yaml.complaints.errors() > 0) {
            return false;
        }
        for (const auto& document : yaml.documents) {
            const Node* kind = document.find("kind");
            if (kind == nullptr || kind->string() != manifest::name(Kind::drift_baseline)) {
                return false;
            }
        }
    }
    return complaints.errors() == 0;
}

BaselineResult load_baseline(const std::string& folder, const std::string& file) {
    Complaints complaints;
    Folder files(folder, YamlLimits{}.bytes);
    std::error_code error;
    if (std::filesystem::is_directory(std::filesystem::path(folder) / file, error)) {
        complaints.add(file, {"not-a-baseline", fmt::format("`{}` is a folder", file),
                              "name the file of a baseline"});
    } else {
        files.add(file, nullptr, complaints);
    }
    BaselineReader reader(complaints);
    for (const auto& name : files.files()) {
        if (const auto source = files.read(name, complaints)) {
            reader.read(source);
        }
    }
    BaselineResult result;
    if (complaints.errors() == 0) {
        result.accepted = reader.take();
    }
    result.diagnostics = complaints.take();
    return result;
}

} // namespace penstock::manifest
