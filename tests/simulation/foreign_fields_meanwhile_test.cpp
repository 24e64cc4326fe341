#include "http/message.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "support/foreign_edits.hpp"
#include "support/three_exports.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace penstock;
using test::CommandLine;
using test::CommandResult;
using test::ForeignEdit;
using test::GitEdit;
using test::ThreeExports;

namespace {

constexpr const char* by_somebody =
    "changed by somebody@techacct.adobe.com through somebody at 2026-11-01T";

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Applies what git has while somebody makes the edit just before the entity is written.
CommandResult apply_meanwhile(ThreeExports& scene, const GitEdit& git, const ForeignEdit& foreign) {
    auto& penstock = scene.penstock;
    scene.go_back();
    test::make(penstock, git);
    const auto path = test::path_of(penstock, foreign.address);
    bool done = false;
    penstock.sends = [&](const http::Request& request) {
        if (!done && request.method == http::Method::patch && request.url.ends_with(path)) {
            done = true;
            foreign.make(penstock);
        }
    };
    auto result = penstock({"apply", "--auto-approve"});
    penstock.sends = nullptr;
    CHECK(done);
    return result;
}

/// What git changes elsewhere in the same entity; null if manifests decide on nothing else there.
const GitEdit* other_edit(const ForeignEdit& foreign) {
    const auto& all = test::git_edits();
    const auto found = std::find_if(all.begin(), all.end(), [&](const GitEdit& git) {
        return git.address == foreign.address && git.block != test::block_of(foreign.field);
    });
    return found == all.end() ? nullptr : &*found;
}

/// The pointer into content, with the members that the foreign edits are about.
std::string pointer_of(const std::string& field) {
    std::string pointer;
    for (const auto& step : json::steps(field)) {
        const auto member = step != "*"                ? step
                            : pointer == "/segments"   ? std::string(test::chosen_segment)
                            : pointer == "/attributes" ? "person.name.lastName"
                                                       : "tier";
        pointer = json::child(pointer, member);
    }
    return pointer;
}

/// The field as an error names it.
std::string name_of(const std::string& field) {
    auto steps = json::steps(field);
    const auto first = steps.front();
    if (first == "segments" || first == "mapping") {
        steps.erase(steps.begin(), steps.begin() + 2);
    }
    const auto joined = fmt::format("{}", fmt::join(steps, "."));
    return first == "segments"
               ? fmt::format("segment Gold Members ({}), {}", test::chosen_segment, joined)
           : first == "mapping" ? "column tier." + joined
                                : joined;
}

} // namespace

TEST_CASE("what somebody changes while it is applied stops the export if git changes it too") {
    ThreeExports scene;
    auto contents = test::contents_of(scene.penstock);
    std::set<std::string> without_git;
    for (const auto& foreign : test::foreign_edits()) {
        const auto* git = test::git_edit(foreign.address, test::block_of(foreign.field));
        if (git == nullptr) {
            without_git.insert(foreign.field);
            continue;
        }
        CAPTURE(foreign.address);
        CAPTURE(foreign.field);
        const auto result = apply_meanwhile(scene, *git, foreign);
        INFO(result.out, result.err);
        CHECK(result.code == 4);
        const auto* was = json::find(contents.at(foreign.address), pointer_of(foreign.field));
        REQUIRE(was != nullptr);
        const auto words = fmt::format("{} was {}, is ", name_of(foreign.field), json::write(*was));
        CHECK(contains(result.out, words));
        CHECK_FALSE(contains(result.out, words + json::write(*was)));
        CHECK(contains(result.out, by_somebody));
        // What somebody did stands, and the next run tells of it and of git.
        CHECK(scene.penstock({"drift"}).code == 2);
    }
    // A name is generated, a source connection follows, and of the others there are two values.
    CHECK(without_git ==
          std::set<std::string>{"/attributes/*", "/enabled", "/name", "/source/entity"});
}

TEST_CASE("what somebody changes elsewhere while it is applied is left alone, and told") {
    ThreeExports scene;
    for (const auto& foreign : test::foreign_edits()) {
        const auto* git = other_edit(foreign);
        if (git == nullptr) {
            continue;
        }
        CAPTURE(foreign.address);
        CAPTURE(foreign.field);
        const auto result = apply_meanwhile(scene, *git, foreign);
        INFO(result.out, result.err);
        if (foreign.field == "/description") {
            // It holds the marker, so every change writes it.
            CHECK(result.code == 4);
            CHECK(contains(result.out, "description was "));
            continue;
        }
        CHECK(result.code == 0);
        CHECK(contains(result.out, " was changed meanwhile, by somebody@techacct.adobe.com through "
                                   "somebody, and left alone"));
        const auto drift = json::parse(scene.penstock({"drift", "--json"}).out).value();
        REQUIRE(drift["findings"].as_array().size() == 1);
        const auto finding = drift["findings"].as_array()[0];
        CHECK(finding["address"] == json::Value(foreign.address));
        const bool toggled = foreign.field == "/enabled";
        CHECK(finding["cause"] == json::Value(toggled ? "both" : "drift"));
        for (const auto& field : finding["fields"].as_array()) {
            CHECK(test::block_of(field["path"].as_string()) ==
                  test::block_of(pointer_of(foreign.field)));
        }
        CHECK(drift["waiting_in_git"] == json::Value(0));
    }
}
