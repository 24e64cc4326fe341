#include "http/url.hpp"
#include "live/chosen.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace penstock;
using live::Gap;
using model::EntityKind;
using test::live_at;

namespace {

/// An export of datasets, one of segments, and one that takes profiles from the shared source.
manifest::Manifests three_exports() {
    auto project = test::small_project();
    auto segments = test::segment_project();
    project.segments = segments.segments;
    auto eloqua = test::segment_project_for("oracle-eloqua");
    eloqua.accounts[0].metadata.name = "eloqua";
    eloqua.segments[0].metadata.name = "leads";
    eloqua.segments[0].account = "eloqua";
    project.accounts.insert(project.accounts.begin(), eloqua.accounts[0]);
    project.segments.insert(project.segments.begin(), eloqua.segments[0]);
    return project;
}

void link(model::LiveGraph& live, const std::string& address, const char* member,
          const json::Value& to) {
    live_at(live, address).document.make_object()[member] = to;
}

} // namespace

TEST_CASE("filters keep to one page and to a URL of 2,000 characters") {
    CHECK(live::filters("name", {}).empty());
    CHECK(live::filters("name", {"acme/a"}) == std::vector<std::string>{"name==acme/a"});
    CHECK(live::filters("id", {"1", "2", "3"}) == std::vector<std::string>{"id==1,2,3"});
    for (const std::size_t length : {1U, 8U, 36U, 127U}) {
        CAPTURE(length);
        std::vector<std::string> values;
        for (int i = 0; i < 1000; ++i) {
            values.push_back(fmt::format("{:0{}}", i % 10, length));
        }
        std::size_t seen = 0;
        for (const auto& filter : live::filters("targetConnectionIds[]", values)) {
            CHECK(http::percent_encode(filter).size() <= 1800);
            const auto here =
                static_cast<std::size_t>(std::count(filter.begin(), filter.end(), ',')) + 1;
            CHECK(here < live::list_page);
            seen += here;
        }
        CHECK(seen == values.size());
    }
    const std::string endless(3000, 'x');
    CHECK(live::filters("name", {endless, endless}).size() == 2);
}

TEST_CASE("entities are read by their names where that is clearly cheaper") {
    const auto desired = test::desired_of(test::small_project());
    const auto described = [](std::size_t exports) {
        return live::Expected{{{EntityKind::source, "a"}, exports},
                              {{EntityKind::target, "a"}, exports},
                              {{EntityKind::flow, "a"}, exports}};
    };
    CHECK_FALSE(live::chosen_is_cheaper(desired, {}));
    CHECK_FALSE(live::chosen_is_cheaper(desired, described(400))); // 5 lists for 13 pages
    CHECK(live::chosen_is_cheaper(desired, described(401)));       // for 16
    auto account = test::small_project();
    account.datasets.clear();
    CHECK(live::chosen_is_cheaper(test::desired_of(account), {})); // 1 for 4

    auto many = test::small_project();
    many.datasets.clear();
    for (int i = 0; i < 200; ++i) {
        many.datasets.push_back(test::dataset_export(fmt::format("e{:03}", i)));
    }
    CHECK_FALSE(live::chosen_is_cheaper(test::desired_of(many), described(1000)));
    CHECK(live::chosen_is_cheaper(test::desired_of(many), described(10'000)));
}

TEST_CASE("what is read by name stands for the sandbox if it shows every export whole") {
    using Spoil = std::function<void(model::LiveGraph&)>;
    struct Row {
        const char* name;
        Spoil spoil;
        std::optional<Gap> gap;
    };
    const auto erase = [](std::string address) -> Spoil {
        return [=](model::LiveGraph& live) {
            const auto id = live_at(live, address).id;
            std::erase_if(live.entities, [&](const auto& entity) { return entity.id == id; });
        };
    };
    const auto twice = [](std::string address) -> Spoil {
        return [=](model::LiveGraph& live) {
            auto copy = live_at(live, address);
            copy.id += "-copy";
            live.entities.push_back(copy);
        };
    };
    const auto unmark = [](std::string address) -> Spoil {
        return [=](model::LiveGraph& live) { live_at(live, address).marker.reset(); };
    };
    const auto lead = [](std::string address, const char* member, json::Value to) -> Spoil {
        return [=](model::LiveGraph& live) { link(live, address, member, to); };
    };
    const auto call = [&](const char* address, const char* name) -> Spoil {
        return [=](model::LiveGraph& live) {
            auto copy = live_at(live, address);
            copy.id += "-of-another";
            live.entities.push_back(copy);
            live.entities.back().key->name = name;
            live.entities.back().marker->key.name = name;
        };
    };
    const std::vector<Row> rows{
        {"whole", [](auto&) {}, {}},
        {"without the dataflow", erase("devices.flow"), Gap::missing},
        {"without the source", erase("devices.source"), Gap::missing},
        {"without the target", erase("loyalty.target"), Gap::missing},
        {"without the account", erase("s3.base"), Gap::missing},
        {"without the shared source", erase("ProfileStore.source"), Gap::missing},
        {"without its base", erase("ProfileStore.base"), Gap::missing},
        {"the dataflow is somebody else's",
         [](auto& live) { live_at(live, "devices.flow").key.reset(); }, Gap::missing},
        {"two dataflows", twice("devices.flow"), Gap::doubled},
        {"two sources", twice("devices.source"), Gap::doubled},
        {"two targets", twice("leads.target"), Gap::doubled},
        {"two accounts", twice("s3.base"), Gap::doubled},
        {"two shared sources", twice("ProfileStore.source"), Gap::doubled},
        {"a dataflow known by its name", unmark("devices.flow"), Gap::unmarked},
        {"an account known by its name", unmark("s3.base"), Gap::unmarked},
        {"another source", lead("devices.flow", "sourceConnectionIds", json::Array{"other"}),
         Gap::led_away},
        {"two sources of one",
         lead("devices.flow", "sourceConnectionIds", json::Array{"devices.source#1", "other"}),
         Gap::led_away},
        {"no target", lead("loyalty.flow", "targetConnectionIds", json::Array{}), Gap::led_away},
        {"another shared source", lead("leads.flow", "sourceConnectionIds", json::Array{"other"}),
         Gap::led_away},
        {"another account", lead("devices.target", "baseConnectionId", "other"), Gap::led_away},
        {"another base of the shared source",
         lead("ProfileStore.source", "baseConnectionId", "other"), Gap::led_away},
        {"a source of before", call("devices.source", "leads"), Gap::left_over},
        {"an unchosen export", call("devices.flow", "another"), {}},
        {"an unchosen account", call("s3.base", "devices"), {}},
    };
    const auto desired = test::desired_of(three_exports());
    for (const auto& row : rows) {
        CAPTURE(row.name);
        auto live = test::applied(desired);
        row.spoil(live);
        CHECK(live::find_gap(desired, live) == row.gap);
    }
}

TEST_CASE("an account of others has to be there, too") {
    auto project = test::small_project();
    auto live = test::applied(test::desired_of(project));
    const std::string id = "0f2c1b5e-7a3d-4c1e-9b8f-2d6e5a4c3b2a";
    project.accounts[0].connection = manifest::ExternalConnection{id};
    const auto desired = test::desired_of(project);
    link(live, "devices.target", "baseConnectionId", id);
    CHECK(live::find_gap(desired, live) == Gap::missing);
    auto& base = live_at(live, "s3.base");
    base.id = id;
    base.key.reset();
    base.marker.reset();
    CHECK_FALSE(live::find_gap(desired, live));
    link(live, "devices.target", "baseConnectionId", "another");
    CHECK(live::find_gap(desired, live) == Gap::led_away);
}
