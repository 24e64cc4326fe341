#include "base/text.hpp"
#include "catalogue/catalogue.hpp"
#include "json/text.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// Every value of every option of CSV files (reference, section 5.3).
const std::vector<std::pair<std::string, std::vector<std::string>>> csv_values{
    {"quote", {"\"", ""}},
    {"escape", {"\\", "'"}},
    {"delimiter", {",", "\t", "|", ";", ":"}},
    {"nullValue", {"null", "\"\"", ""}},
    {"emptyValue", {"null", "\"\"", ""}},
};

json::Object csv(const json::Value& options) {
    json::Object params{{"fileType", "CSV"}};
    if (options.is_object()) {
        params["csvOptions"] = options;
    }
    return params;
}

/// Every way to write files, with a name for an export that writes so: one CSV option at a time
/// leaves what all others share.
std::vector<std::pair<std::string, json::Object>> formats() {
    const json::Object shared{{"quote", ""},
                              {"escape", "\\"},
                              {"delimiter", ","},
                              {"nullValue", "null"},
                              {"emptyValue", ""}};
    std::vector<std::pair<std::string, json::Object>> result{
        {"csv", csv({})},
        {"csv-none-set", csv(json::Object{})},
        {"csv-some-set", csv(json::Object{{"delimiter", ";"}, {"quote", "\""}})},
        {"csv-all-set", csv(shared)},
        {"json", {{"fileType", "JSON"}}},
        {"parquet", {{"fileType", "PARQUET"}}},
    };
    for (const auto& [option, values] : csv_values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            auto options = shared;
            options[option] = values[i];
            if (!(options == shared)) {
                result.emplace_back(fmt::format("csv-{}-{}", lowercase(option), i), csv(options));
            }
        }
    }
    return result;
}

/// One export for each format and compression, through one account.
manifest::Manifests project_of_all(const std::string& slug, const std::string& auth_spec) {
    auto project = test::segment_project_for(slug, auth_spec);
    const auto sample = project.segments[0];
    project.segments.clear();
    for (const auto& [name, params] : formats()) {
        for (const char* compression : {"NONE", "GZIP"}) {
            auto document = sample;
            document.metadata.name = fmt::format("{}-{}", name, lowercase(compression));
            document.destination["compression"] = compression;
            for (const auto& [parameter, value] : params) {
                document.destination[parameter] = value;
            }
            project.segments.push_back(std::move(document));
        }
    }
    std::sort(project.segments.begin(), project.segments.end(),
              [](const auto& a, const auto& b) { return a.metadata.name < b.metadata.name; });
    return project;
}

/// CSV becomes JSON, JSON becomes PARQUET, PARQUET becomes CSV.
void change_file_type(manifest::SegmentExport& document) {
    auto& type = document.destination["fileType"];
    if (type == json::Value("CSV")) {
        document.destination.erase("csvOptions");
        type = "JSON";
    } else {
        type = type == json::Value("JSON") ? "PARQUET" : "CSV";
    }
}

/// The stored target of each export has what its manifest says, and if it writes CSV all five
/// options: their defaults are disputed (reference, section 10.1, row 11).
void check_targets(const World& world, const manifest::Manifests& project) {
    for (const auto& document : project.segments) {
        const auto id = world.id_of("target", document.metadata.name);
        const json::Value body(world.platform.store().entities().at(id).body);
        const auto& params = body["params"];
        CHECK(params["mode"].as_string() == "Server-to-server");
        for (const auto& [name, value] : document.destination) {
            for (const auto& [option, chosen] : value.as_object()) {
                CHECK(params[name][option] == chosen);
            }
            CHECK((value.is_object() || params[name] == value));
        }
        const bool is_csv = params["fileType"].as_string() == "CSV";
        CHECK(params["csvOptions"].as_object().size() == (is_csv ? csv_values.size() : 0));
    }
}

/// From an empty sandbox to one of `project`, through a change of every file type, and back.
void check_life(const manifest::Manifests& project) {
    World world;
    const auto& exports = project.segments;
    test::check_done(world.apply(project));
    check_targets(world, project);
    CHECK(world.count(emulator::Kind::connection) == 1);
    CHECK(world.count(emulator::Kind::flow) == exports.size());
    test::check_unchanged(world.apply(project));

    auto changed = project;
    std::for_each(changed.segments.begin(), changed.segments.end(), change_file_type);
    const auto run = world.apply(changed);
    test::check_done(run);
    const auto patches = test::bodies(run, "PATCH", "/targetConnections/");
    CHECK(patches.size() == exports.size());
    CHECK(test::bodies(run, "PATCH", "").size() == patches.size());
    CHECK(test::bodies(run, "DELETE", "").empty());
    for (const auto& patch : patches) {
        const auto body = json::parse(patch);
        REQUIRE(body);
        REQUIRE(body->as_array().size() == 2);
        CHECK(body->as_array()[0]["path"].as_string() == "/params");
        CHECK(body->as_array()[1]["path"].as_string() == "/description");
    }
    check_targets(world, changed);
    test::check_unchanged(world.apply(changed));

    test::check_done(world.apply(model::DesiredGraph{project.project.metadata.name, {}, {}}));
    CHECK(world.state().empty());
}

} // namespace

TEST_CASE("segments: the values of the CSV options are those of the catalogue") {
    std::size_t destinations = 0;
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        const auto* options = destination.find_target_parameter("csvOptions");
        if (options == nullptr) {
            continue;
        }
        INFO(destination.slug);
        ++destinations;
        CHECK(options->members.size() == csv_values.size());
        for (const auto& option : options->members) {
            const auto known =
                std::find_if(csv_values.begin(), csv_values.end(),
                             [&](const auto& entry) { return entry.first == option.name; });
            REQUIRE(known != csv_values.end());
            CHECK(std::set(option.values.begin(), option.values.end()) ==
                  std::set(known->second.begin(), known->second.end()));
        }
    }
    CHECK(destinations == 6);
}

TEST_CASE("segments: every destination, every auth spec, every way to write files") {
    std::size_t accounts = 0;
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        if (destination.columns != catalogue::Columns::mapping_set) {
            continue;
        }
        for (const auto& auth_spec : test::auth_specs_of(destination)) {
            INFO(destination.slug << " " << auth_spec);
            check_life(project_of_all(destination.slug, auth_spec));
            ++accounts;
        }
    }
    CHECK(accounts == 8);
}
