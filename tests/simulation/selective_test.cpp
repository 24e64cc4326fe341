#include "json/pointer.hpp"
#include "json/text.hpp"
#include "model/marker.hpp"
#include "support/foreign_edits.hpp"
#include "support/random.hpp"
#include "support/somebody.hpp"
#include "support/stored_state.hpp"
#include "support/three_exports.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

using namespace penstock;
using cli::SelectiveReads;
using json::Value;
using test::CommandLine;
using Words = std::vector<std::string>;

namespace {

std::string dataset_export(std::string_view name) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {0}}}
spec:
  account: s3
  destination: {{bucketName: demo-bucket, path: {0}, datasetFileType: PARQUET, compression: GZIP}}
  datasets:
    - {{id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}}
  schedule: {{frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}}
)",
                       name);
}

bool lists_all(const std::vector<std::string>& requests) {
    return std::any_of(requests.begin(), requests.end(), [](const auto& request) {
        return request.find("/targetConnections?property=connectionSpec") != std::string::npos;
    });
}

/// How often a command asked for something of that path.
std::size_t asked(const std::vector<std::string>& requests, std::string_view path) {
    return static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(), [&](const auto& request) {
            return request.find(path) != std::string::npos;
        }));
}

std::size_t sent(std::vector<std::string> requests, std::string_view method,
                 std::string_view path) {
    std::erase_if(requests, [&](const auto& request) { return !request.starts_with(method); });
    return asked(requests, path);
}

/// What somebody does to whole entities.
class Meddler {
  public:
    Meddler(CommandLine& penstock, test::Random& random) : penstock_(penstock), random_(random) {
        for (const auto& [id, entity] : penstock.platform.store().entities()) {
            const auto marked =
                model::split_description(Value(entity.body)["description"].as_string());
            if (marked.marker) {
                entities_.push_back(model::address(marked.marker->key));
                bodies_[entities_.back()] = entity.body;
                paths_[entities_.back()] = test::path_of(penstock, entities_.back());
            }
        }
        std::sort(entities_.begin(), entities_.end());
    }

    /// In words; empty if the platform refused it.
    std::string meddle() {
        const auto address = random_.any(entities_);
        switch (random_.number(1, 7)) {
        case 1:
            return patch(address, "/name", "By hand") ? "renames " + address : "";
        case 2:
            return patch(address, "/description", "By hand") ? "unmarks " + address : "";
        case 3:
            return copy(address, {}) ? "copies " + address : "";
        case 4: // of what has no target in common with the original nothing could be seen
            return address.ends_with(".flow") && copy(address, "By hand")
                       ? "copies " + address + " under another name"
                       : "";
        case 5:
            return remove(address) ? "deletes " + address : "";
        case 6:
            return toggle(address) ? "disables " + address : "";
        default:
            return hand_over(address) ? "marks what is theirs as " + address : "";
        }
    }

  private:
    bool done(const http::Response& answer) {
        penstock_.clock.advance(Milliseconds{random_.number(0, 900) * 1000});
        return answer.status < 300;
    }

    bool patch(const std::string& address, const char* pointer, const char* value) {
        const auto current = test::as_somebody(penstock_, http::Method::get, paths_.at(address));
        const auto document = json::parse(current.body);
        if (current.status >= 300) {
            return false;
        }
        return done(test::as_somebody(penstock_, http::Method::patch, paths_.at(address),
                                      json::write(json::Array{json::Object{
                                          {"op", "replace"}, {"path", pointer}, {"value", value}}}),
                                      (*document)["items"].as_array().at(0)["etag"].as_string()));
    }

    bool copy(const std::string& address, const std::string& name) {
        auto body = bodies_.at(address);
        if (!name.empty()) {
            body.make_object()["name"] = name;
        }
        return make(address, body);
    }

    /// An entity of somebody's with the marker of another export.
    bool hand_over(const std::string& address) {
        auto body = bodies_.at(address);
        const auto& other = random_.any(entities_);
        body.make_object()["description"] = bodies_.at(other)["description"];
        body.make_object()["name"] = bodies_.at(other)["name"];
        return make(address, body);
    }

    bool make(const std::string& address, const Value& body) {
        const auto path = paths_.at(address);
        return done(test::as_somebody(penstock_, http::Method::post,
                                      path.substr(0, path.rfind('/')), json::write(body)));
    }

    bool remove(const std::string& address) {
        return done(test::as_somebody(penstock_, http::Method::del, paths_.at(address)));
    }

    bool toggle(const std::string& address) {
        return address.ends_with(".flow") &&
               done(test::as_somebody(penstock_, http::Method::post,
                                      paths_.at(address) + "/action?op=disable"));
    }

    CommandLine& penstock_;
    test::Random& random_;
    std::vector<std::string> entities_; ///< addresses
    std::map<std::string, Value> bodies_;
    std::map<std::string, std::string> paths_;
};

/// Whether a plan has something to do.
bool is_applyable(const std::string& plan_json) {
    return json::parse(plan_json).value()["applyable"].as_bool();
}

/// How often what happened.
struct Sum {
    std::size_t commands = 0;
    std::size_t on_part = 0; ///< of them, without the whole sandbox
    std::size_t changed = 0; ///< of these, plans with something to do
    std::map<std::string, std::size_t> edits;
};

/// One project, edited on both sides, on which narrowed commands run in both ways.
class Comparison {
  public:
    Comparison(std::uint64_t seed, Sum& sum) : random_(seed), sum_(sum) {
        for (const char* name : {"orders", "visits"}) {
            penstock_.write(fmt::format("exports/{}.yaml", name), dataset_export(name));
        }
        REQUIRE(penstock_({"apply", "--auto-approve"}).code == 0);
        edit();
        draw_switches();
        three_.keep();
    }

    void go() {
        const auto words = selection();
        INFO("edits: ", fmt::format("{}", fmt::join(edits_, ", ")));
        INFO("selection: ", fmt::format("{}", fmt::join(words, " ")));
        // Each checks credentials, which is slow on purpose.
        const std::vector<Words> others{
            {"drift"}, {"drift", "--json"}, {"status", "--json"}, {"apply", "--auto-approve"}};
        compare({"plan", "--json"}, words);
        compare(random_.any(others), words);
    }

  private:
    void draw_switches() {
        for (const auto& option : emulator::switches()) {
            const bool is_view = option.name.starts_with("description_") ||
                                 option.name == "property" || option.name == "name_filter" ||
                                 option.name == "next_href" || option.name == "mapping_set_name" ||
                                 option.name == "mapping_set_list" ||
                                 option.name == "source_base_on_get" ||
                                 option.name == "patch_visibility" || option.name == "secrets";
            const bool is_usual = option.name.starts_with("description_") && !random_.one_in(8);
            if (is_view && !is_usual && random_.one_in(3)) {
                const auto value = random_.number(0, static_cast<int>(option.values.size()) - 1);
                option.set(penstock_.platform.settings(), static_cast<std::size_t>(value));
                edits_.push_back(fmt::format("{}={}", option.name,
                                             option.values[static_cast<std::size_t>(value)]));
            }
        }
    }

    void edit() {
        Meddler meddler(penstock_, random_);
        if (random_.one_in(3)) {
            const auto& edit = random_.any(test::foreign_edits());
            edit.make(penstock_);
            note("edits " + edit.address + " " + edit.field);
        }
        for (int edits = random_.one_in(2) ? random_.number(0, 3) : 0; edits > 0; --edits) {
            note(meddler.meddle());
        }
        if (random_.one_in(2)) {
            const auto& edit = random_.any(test::git_edits());
            test::make(penstock_, edit);
            note("changes in git " + edit.address + " " + edit.block);
        }
    }

    void note(const std::string& what) {
        if (!what.empty()) {
            edits_.push_back(what);
            ++sum_.edits[what.substr(0, what.find(' '))];
        }
    }

    Words selection() {
        Words words;
        const std::vector<std::string> targets{"devices", "loyalty", "leads", "orders",
                                               "visits",  "s3",      "eloqua"};
        for (int count = random_.number(1, 3); count > 0; --count) {
            words.insert(words.end(), {"--target", random_.any(targets)});
        }
        return words;
    }

    void compare(Words command, const Words& words) {
        INFO("command: ", command.front());
        command.insert(command.end(), words.begin(), words.end());
        const auto run = [&](SelectiveReads selective) {
            three_.go_back();
            penstock_.selective = selective;
            return penstock_(command);
        };
        const auto whole = run(SelectiveReads::never);
        const auto state = test::stored_state(penstock_.platform);
        const auto part = run(SelectiveReads::always);
        CHECK(part.code == whole.code);
        if (command.front() != "apply") { // which tells ids of what it has made
            CHECK(part.out == whole.out);
            CHECK(part.err == whole.err);
        }
        CHECK(test::stored_state(penstock_.platform) == state);
        ++sum_.commands;
        sum_.on_part += lists_all(part.requests) ? 0U : 1U;
        sum_.changed +=
            !lists_all(part.requests) && command.front() == "plan" && is_applyable(whole.out);
    }

    test::Random random_;
    Sum& sum_;
    test::ThreeExports three_;
    CommandLine& penstock_ = three_.penstock;
    std::vector<std::string> edits_;
};

} // namespace

TEST_CASE("a narrowed command comes to the same whether it reads a part or the whole sandbox") {
    // One failing seed: PENSTOCK_SEED=17 PENSTOCK_SEEDS=1; a long search: PENSTOCK_SEEDS=20000.
    const auto first = test::environment_number("PENSTOCK_SEED", 1);
    const auto count = test::environment_number("PENSTOCK_SEEDS", 80);
    Sum sum;
    for (auto seed = first; seed < first + count; ++seed) {
        INFO("seed ", seed);
        Comparison(seed, sum).go();
    }
    if (count < 80) {
        return; // too few to have met everything
    }
    MESSAGE(sum.commands, " commands, ", sum.on_part, " of them on a part, ", sum.changed,
            " with changes");
    CHECK(sum.on_part >= sum.commands / 5);
    CHECK(sum.on_part <= sum.commands * 4 / 5);
    CHECK(sum.changed >= sum.commands / 20);
    for (const char* edit :
         {"edits", "renames", "unmarks", "copies", "deletes", "disables", "marks", "changes"}) {
        INFO(std::string(edit));
        CHECK(sum.edits[edit] >= 1);
    }
}

TEST_CASE("a second dataflow to a chosen target is seen under any name") {
    test::ThreeExports three;
    auto& penstock = three.penstock;
    auto body =
        Value(penstock.platform.store().entities().at(test::id_of(penstock, "devices.flow")).body);
    body.make_object()["name"] = "By hand";
    REQUIRE(test::as_somebody(penstock, http::Method::post, "/flows", json::write(body)).status ==
            201);
    penstock.selective = SelectiveReads::always;
    const auto plan = penstock({"plan", "--target", "devices"});
    CHECK(plan.out.find("1 to destroy") != std::string::npos);
    CHECK(lists_all(plan.requests));
    CHECK_FALSE(lists_all(penstock({"plan", "--target", "loyalty"}).requests));
}

TEST_CASE("a service that finds nothing by what stands in arrays does not hide a second dataflow") {
    test::ThreeExports three;
    auto& penstock = three.penstock;
    auto body =
        Value(penstock.platform.store().entities().at(test::id_of(penstock, "devices.flow")).body);
    body.make_object()["name"] = "By hand";
    REQUIRE(test::as_somebody(penstock, http::Method::post, "/flows", json::write(body)).status ==
            201);
    REQUIRE(emulator::set_switch(penstock.platform.settings(), "property=no_arrays"));
    penstock.selective = SelectiveReads::always;
    const auto plan = penstock({"plan", "--target", "devices"});
    CHECK(plan.out.find("1 to destroy") != std::string::npos);
    CHECK(lists_all(plan.requests));
}

TEST_CASE("a narrowed run uses the schemas of other exports, and leaves their mapping sets alone") {
    test::ThreeExports three;
    auto& penstock = three.penstock;
    auto other = penstock.read("exports/loyalty.yaml");
    other.replace(other.find("name: loyalty"), 13, "name: gold");
    penstock.write("exports/gold.yaml", other);
    const auto made = penstock({"apply", "--auto-approve", "--target", "gold"});
    REQUIRE(made.code == 0);
    CHECK(sent(made.requests, "POST", "/conversion/schemas") == 0);
    CHECK(sent(made.requests, "POST", "/conversion/mappingSets") == 2); // one only asks

    // The dataflow of the one names the set of the other, and no answer tells whose it is.
    REQUIRE(emulator::set_switch(penstock.platform.settings(), "mapping_set_name=omit"));
    const auto& loyalty =
        penstock.platform.store().entities().at(test::id_of(penstock, "loyalty.flow"));
    const std::string place = "/transformations/0/params/profileMapping";
    test::patch(penstock, "/flows/" + test::id_of(penstock, "gold.flow"),
                json::Object{{"op", "replace"},
                             {"path", place},
                             {"value", *json::find(Value(loyalty.body), place)}});
    auto changed = penstock.read("exports/loyalty.yaml");
    changed.replace(changed.find("person.name.firstName"), 21, "person.name.lastName");
    penstock.write("exports/loyalty.yaml", changed);
    const auto run = penstock({"apply", "--auto-approve", "--target", "loyalty"});
    REQUIRE(run.code == 0);
    CHECK(sent(run.requests, "PUT", "/conversion/mappingSets/") == 0);
    CHECK(sent(run.requests, "POST", "/conversion/mappingSets") == 2);
}

TEST_CASE("a drift that is interrupted while it reads mapping sets finds nothing") {
    test::ThreeExports three;
    auto& penstock = three.penstock;
    bool stops = false;
    penstock.sends = [&](const http::Request& request) {
        stops = stops || request.url.find("/mappingSets/") != std::string::npos;
    };
    penstock.signal_now = [&] { return stops ? 2 : 0; };
    const auto run = penstock({"drift"});
    CHECK(stops);
    CHECK(run.code == 130);
    CHECK(run.err.find("interrupted") != std::string::npos);
    CHECK(run.err.find("mapping-not-read") == std::string::npos);
}

TEST_CASE("five of a thousand exports cost six requests") {
    CommandLine penstock;
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += (i == 0 ? "" : "---\n") + dataset_export(fmt::format("e{:03}", i));
    }
    penstock.write("exports/many.yaml", text);
    penstock.remove("exports/devices.yaml");
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    const auto requests = [&](Words words) { return penstock(std::move(words)).requests.size(); };
    const Words five{"--target", "e001",     "--target", "e500",     "--target",
                     "e700",     "--target", "e900",     "--target", "e999"};
    const auto narrowed = [&](const char* command) {
        Words words = five;
        words.insert(words.begin(), command);
        return words;
    };
    // A token; ten pages of each but the account.
    CHECK(requests({"plan"}) == 1 + 3 * 10 + 1);
    // A token, four lists by name, and the dataflows of five targets.
    CHECK(requests(narrowed("plan")) == 1 + 4 + 1);
    CHECK(requests(narrowed("drift")) == 1 + 4 + 1);
    CHECK(requests(narrowed("status")) == 1 + 4 + 1 + 5); // and the runs of each
    CHECK(requests({"plan", "--target", "s3.base"}) == 1 + 1);

    auto words = narrowed("plan");
    words.insert(words.end(), {"--out", "plan.json"}); // pins the whole project
    CHECK(requests(words) == 1 + 3 * 10 + 1);
    words = narrowed("drift");
    words.emplace_back("--unmanaged");
    CHECK(requests(words) == 1 + 3 * 10 + 1);

    REQUIRE(emulator::set_switch(penstock.platform.settings(), "property=ignored"));
    const auto unfiltered = penstock(narrowed("plan"));
    CHECK(unfiltered.out.starts_with("No changes."));
    CHECK(unfiltered.requests.size() == 1 + 4 + (1 + 3 * 10));
}

TEST_CASE("a narrowed command reads the mapping sets of what is chosen alone") {
    test::ThreeExports three;
    auto& penstock = three.penstock;
    for (const auto selective : {SelectiveReads::never, SelectiveReads::always}) {
        penstock.selective = selective;
        CHECK(asked(penstock({"plan"}).requests, "/mappingSets/") == 1);
        CHECK(asked(penstock({"plan", "--target", "loyalty"}).requests, "/mappingSets/") == 1);
        CHECK(asked(penstock({"plan", "--target", "devices"}).requests, "/mappingSets/") == 0);
    }
}
