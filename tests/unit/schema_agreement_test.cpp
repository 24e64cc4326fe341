#include "catalogue/catalogue.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "manifest/schemas.hpp"
#include "manifest/yaml.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using json::Value;

namespace {

namespace fs = std::filesystem;

/// The validator compiles a regular expression at each check of a `format`; our readers look at
/// times by themselves.
Value without_formats(const Value& schema) {
    if (schema.is_object()) {
        json::Object kept;
        for (const auto& [name, member] : schema.as_object()) {
            if (name != "format" || !member.is_string()) {
                kept.append(name, without_formats(member));
            }
        }
        return kept;
    }
    json::Array kept;
    for (const auto& element : schema.as_array()) {
        kept.push_back(without_formats(element));
    }
    return schema.is_array() ? Value(std::move(kept)) : schema;
}

json::Schema editors_schema() {
    for (const auto& file : manifest::embedded_schemas()) {
        if (file.name == "manifest.json") {
            return json::Schema::compile(without_formats(*json::parse(file.text))).value();
        }
    }
    throw std::logic_error("there is no schemas/manifest.json");
}

std::vector<Value> documents_of(const fs::path& path) {
    const auto source =
        std::make_shared<manifest::Source>(path.filename().string(), test::read_file(path));
    std::vector<Value> documents;
    for (const auto& node : manifest::read_yaml(source).documents) {
        documents.push_back(manifest::to_json(node));
    }
    return documents;
}

/// A project whose documents all fit each other.
struct Set {
    Value project;
    std::vector<Value> documents;
};

std::vector<Set> worked_examples() {
    const auto folder = test::source_folder() / "manifests";
    auto project = documents_of(folder / "penstock.yaml").at(0);
    auto& spec = project.make_object()["spec"].make_object();
    spec["manifests"] = json::Array{"."};
    spec["guards"] =
        json::parse(
            R"({"deletes":{"percent":30,"count":5},"protected":{"labels":[{"tier":"gold"}],)"
            R"("names":["loyalty-*"],"environments":["demo"]},"destinations":[)"
            R"("amazon-s3","sftp","adls-gen2","azure-blob","data-landing-zone",)"
            R"("google-cloud-storage","adobe-campaign","amazon-s3-legacy",)"
            R"("azure-blob-legacy","oracle-eloqua","oracle-responsys",)"
            R"("salesforce-marketing-cloud","sftp-legacy"]})")
            .value();
    std::vector<Set> sets;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().filename() != "penstock.yaml") {
            sets.push_back({project, documents_of(entry.path())});
        }
    }
    return sets;
}

/// JSON is YAML, so a document can be written without an emitter.
bool is_accepted(const Set& set) {
    std::string text;
    for (const auto& document : set.documents) {
        text += "---\n" + json::write(document) + "\n";
    }
    const auto loaded = manifest::load(
        {{"penstock.yaml", json::write(set.project)}, {"case.yaml", std::move(text)}}, ".",
        catalogue::Catalogue::embedded());
    return loaded.manifests.has_value();
}

const std::vector<Value>& odd_values() {
    static const std::vector<Value> values{nullptr,
                                           true,
                                           0,
                                           -1,
                                           7,
                                           1'000'000,
                                           3.5,
                                           "",
                                           "x",
                                           "two words",
                                           "DAILY",
                                           "2027-01-01T00:00:00Z",
                                           std::string(300, 'a'),
                                           std::string(5000, 'a'),
                                           json::Object{},
                                           json::Object{{"env", "NAME"}},
                                           json::Object{{"id", "x"}, {"name", 1}},
                                           json::Array{},
                                           json::Array{"x"},
                                           json::Array{1, 1}};
    return values;
}

/// Changes one thing after another, everywhere in a document but once at each kind of place, and
/// puts each back.
class Spoiler {
  public:
    /// `spoilt` is called while something is changed.
    explicit Spoiler(std::function<void()> spoilt) : spoilt_(std::move(spoilt)) {}

    void visit(Value& value, const std::string& path) {
        const bool is_new = seen_.insert(path).second;
        if (is_new) {
            spoil(value, path);
        }
        if (value.is_object()) {
            for (const auto& [name, member] : json::Object(value.as_object())) {
                visit(*value.make_object().find(name), path + "." + name);
            }
        }
        for (std::size_t i = 0; i < value.as_array().size(); ++i) {
            visit(value.make_array()[i], path + "[]");
        }
    }

  private:
    void spoil(Value& value, const std::string& path) {
        const Value before = value;
        const auto as = [&](Value other) {
            value = std::move(other);
            spoilt_();
            value = before;
        };
        const bool is_document = path.find('.') == std::string::npos; // none counts as absent
        for (const auto& other : is_document ? std::vector<Value>{} : odd_values()) {
            as(other);
        }
        for (const auto& [name, member] : before.as_object()) {
            json::Object without = before.as_object();
            without.erase(name);
            as(without);
            without[name + "s"] = member;
            as(without);
        }
        if (before.is_object()) {
            json::Object more = before.as_object();
            more["additional"] = "x";
            as(more);
        }
        if (before.is_array() && !before.as_array().empty()) {
            json::Array twice = before.as_array();
            twice.push_back(twice.front());
            as(std::move(twice));
        }
    }

    std::function<void()> spoilt_;
    std::set<std::string> seen_;
};

} // namespace

// Readers walk along the schema by themselves, for better words. Whatever passes them passes a
// validator as well, so that an editor and penstock agree.
TEST_CASE("what is read as a manifest fits the schema that editors use") {
    const auto schema = editors_schema();
    std::size_t fitting = 0;
    std::size_t refused = 0;
    Set set;
    const Value* spoilt = nullptr;
    Spoiler spoiler([&] {
        const auto faults = schema.check(*spoilt);
        ++(faults.empty() ? fitting : refused);
        if (!faults.empty() && is_accepted(set)) {
            FAIL_CHECK(json::write(*spoilt), faults.front().pointer, ": ", faults.front().message);
        }
    });
    for (const auto& example : worked_examples()) {
        REQUIRE(is_accepted(example));
        set = example;
        const auto visit = [&](Value& document) {
            spoilt = &document;
            const std::string kind = document["kind"].as_string();
            spoiler.visit(document, kind);
        };
        visit(set.project);
        std::for_each(set.documents.begin(), set.documents.end(), visit);
    }
    CHECK(refused > 1000);
    CHECK(fitting > 200);
}
