#include "live/partition.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace penstock;
using live::Expected;
using model::EntityKind;

namespace {

using Lists = std::vector<std::vector<std::string>>;

} // namespace

TEST_CASE("a spec with more entities than a page holds has a list of its own") {
    struct Row {
        const char* name;
        Expected expected;
        Lists lists;
    };
    const auto kind = EntityKind::target;
    const std::vector<Row> rows{
        {"nothing", {}, {{"a", "b", "c"}}},
        {"few of each", {{{kind, "a"}, 100}, {{kind, "b"}, 99}}, {{"a", "b", "c"}}},
        {"many of one and a few", {{{kind, "b"}, 101}, {{kind, "a"}, 3}}, {{"b"}, {"a", "c"}}},
        {"many of one", {{{kind, "b"}, 5000}}, {{"b", "a", "c"}}},
        {"many of two", {{{kind, "a"}, 5000}, {{kind, "c"}, 101}}, {{"a"}, {"c", "b"}}},
        {"many of two and a few",
         {{{kind, "a"}, 300}, {{kind, "b"}, 50}, {{kind, "c"}, 200}},
         {{"a"}, {"c", "b"}}},
        {"as many of two and a few",
         {{{kind, "a"}, 200}, {{kind, "b"}, 50}, {{kind, "c"}, 200}},
         {{"a"}, {"c"}, {"b"}}},
        {"many of all",
         {{{kind, "a"}, 101}, {{kind, "b"}, 101}, {{kind, "c"}, 101}},
         {{"a"}, {"b"}, {"c"}}},
        {"of another kind", {{{EntityKind::flow, "a"}, 101}}, {{"a", "b", "c"}}},
        {"of another spec", {{{kind, "d"}, 101}}, {{"a", "b", "c"}}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(live::partition(kind, {"a", "b", "c"}, row.expected) == row.lists);
    }
    CHECK(live::partition(kind, {}, {}).empty());
}

TEST_CASE("the fewest pages hold all of a kind, and no list is shorter than one") {
    CHECK(live::fewest_pages({}) == 4);
    CHECK(live::fewest_pages({{{EntityKind::flow, "a"}, 100}, {{EntityKind::base, "a"}, 1}}) == 4);
    CHECK(live::fewest_pages({{{EntityKind::flow, "a"}, 60}, {{EntityKind::flow, "b"}, 41}}) == 5);
    CHECK(live::fewest_pages({{{EntityKind::flow, "a"}, 1000}, {{EntityKind::target, "a"}, 201}}) ==
          10 + 3 + 2);
}

TEST_CASE("what is expected is what the manifests describe") {
    auto project = test::segment_project();
    project.datasets = {test::dataset_export("one"), test::dataset_export("two")};
    const auto& s3 = *catalogue::Catalogue::embedded().find("amazon-s3");
    const Expected expected{
        {{EntityKind::base, s3.connection_spec_id}, 1},
        {{EntityKind::source, std::string(catalogue::data_lake_spec_id)}, 2},
        {{EntityKind::source, std::string(catalogue::profile_store_spec_id)}, 1},
        {{EntityKind::target, s3.connection_spec_id}, 3},
        {{EntityKind::flow, s3.dataset_flow_spec_id}, 2},
        {{EntityKind::flow, s3.segment_flow_spec_id}, 1},
    };
    CHECK(live::expect(test::desired_of(project)) == expected);
}

TEST_CASE("mapping sets are expected of dataflows that map attributes and are of concern") {
    auto project = test::segment_project();
    project.segments.clear();
    for (const char* name : {"maps", "maps-too", "maps-nothing"}) {
        project.segments.push_back(test::segment_export(name));
    }
    project.segments.back().mapping.clear();
    const auto desired = test::desired_of(project);
    const auto full = [&](const char* name) {
        return model::generated_name(project.project.metadata.name, name);
    };
    CHECK(live::expected_mapping_sets(desired, {}) ==
          std::set<std::string>{full("maps"), full("maps-too")});
    CHECK(live::expected_mapping_sets(desired, [](const model::EntityKey& key) {
              return key.name == "maps";
          }) == std::set<std::string>{full("maps")});
}
