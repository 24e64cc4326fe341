#include "catalogue/catalogue.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "manifest/schemas.hpp"
#include "manifest/yaml.hpp"
#include "support/files.hpp"
#include "support/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
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
    const auto project = documents_of(folder / "penstock.yaml").at(0);
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

Value any_value(test::Random& random) {
    const std::vector<Value> values{nullptr,
                                    true,
                                    0,
                                    -1,
                                    7,
                                    3.5,
                                    "",
                                    "x",
                                    "two words",
                                    "DAILY",
                                    "2027-01-01T00:00:00Z",
                                    std::string(300, 'a'),
                                    json::Object{},
                                    json::Object{{"env", "NAME"}},
                                    json::Object{{"id", "x"}, {"name", 1}},
                                    json::Array{},
                                    json::Array{"x"},
                                    json::Array{1, 1}};
    return random.any(values);
}

void spoil(Value& value, test::Random& random);

void spoil_object(json::Object& object, test::Random& random) {
    std::vector<std::string> names;
    for (const auto& [name, member] : object) {
        names.push_back(name);
    }
    const auto choice = random.number(0, 9);
    if (choice == 0 || names.empty()) {
        object["additional"] = any_value(random);
    } else if (choice == 1) {
        object.erase(random.any(names));
    } else if (choice == 2) {
        const auto& name = random.any(names);
        Value member = *object.find(name);
        object.erase(name);
        object[name + "s"] = std::move(member);
    } else {
        spoil(*object.find(random.any(names)), random);
    }
}

/// Changes one thing somewhere below.
void spoil(Value& value, test::Random& random) {
    if (value.is_object() && !random.one_in(12)) {
        spoil_object(value.make_object(), random);
    } else if (value.is_array() && !value.as_array().empty() && !random.one_in(6)) {
        auto& elements = value.make_array();
        if (random.one_in(5)) {
            elements.push_back(elements.front());
        } else {
            spoil(random.any(elements), random);
        }
    } else {
        value = any_value(random);
    }
}

} // namespace

// Readers walk along the schema by themselves, for better words. Whatever passes them passes a
// validator as well, so that an editor and penstock agree.
TEST_CASE("what is read as a manifest fits the schema that editors use") {
    const auto schema = editors_schema();
    const auto sets = worked_examples();
    for (const auto& set : sets) {
        REQUIRE(is_accepted(set));
    }
    const auto seeds = test::environment_number("PENSTOCK_SEEDS", 4000);
    const auto first = test::environment_number("PENSTOCK_SEED", 1);
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (auto seed = first; seed < first + seeds; ++seed) {
        CAPTURE(seed);
        test::Random random(seed);
        Set set = random.any(sets);
        auto& document = random.one_in(8) ? set.project : random.any(set.documents);
        spoil_object(document.make_object(), random); // a document that is none counts as absent
        const auto faults = schema.check(document);
        (faults.empty() ? accepted : refused) += 1;
        if (!faults.empty() && is_accepted(set)) {
            FAIL_CHECK(json::write(document), faults.front().pointer, ": ", faults.front().message);
        }
    }
    // Both happen often, or the search says little.
    CHECK(accepted >= seeds / 25);
    CHECK(refused >= seeds / 2);
}
