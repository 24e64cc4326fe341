#include "json/text.hpp"
#include "plan/sources.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

using namespace penstock;

namespace {

const char* const schema = R"({"properties":{
  "person":{"properties":{"name":{"properties":{"firstName":{"type":"string"}}}}},
  "addresses":{"type":"array","items":{"properties":{"city":{"type":"string"}}}},
  "segmentMembership":{"additionalProperties":{"additionalProperties":
      {"properties":{"status":{"type":"string"}}}}},
  "open":{"type":"object"},
  "elsewhere":{"$ref":"https://ns.adobe.com/other","properties":{}}}})";

std::vector<plan::Note> notes_about(std::vector<manifest::Column> mapping,
                                    std::vector<std::string> namespaces = {"Email", "ECID",
                                                                           "Phone_E.164"}) {
    auto project = test::segment_project();
    project.segments[0].mapping = std::move(mapping);
    const auto plan = test::plan_of(test::desired_of(project), {"acme", {}});
    REQUIRE(plan::writes_columns(plan));
    return plan::check_sources(plan, {*json::parse(schema), std::move(namespaces)});
}

} // namespace

TEST_CASE("sources that the profile has are fine, and so are those that cannot be followed") {
    CHECK(notes_about({{"person.name.firstName", "a"},
                       {"addresses.city", "b"},
                       {"segmentMembership.ups.seg_id.status", "c"},
                       {"open.anything.below", "d"},
                       {"elsewhere.at.all", "e"},
                       {"concat(first, last)", "f", "EXPRESSION"},
                       {"EU", "g", "STATIC"},
                       {"identityMap.Email", "h"},
                       {"identityMap.Phone_E//.164", "i"}})
              .empty());
    CHECK(notes_about({{"identityMap.Emial", "a"}}, {}).empty()); // namespaces are not known
}

TEST_CASE("a source that the profile does not have is named, with what is near") {
    auto notes = notes_about({{"person.nmae.firstName", "first"}});
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].severity == Severity::warning);
    CHECK(notes[0].code == "unknown-attribute");
    CHECK(notes[0].address == "loyalty.flow");
    CHECK(notes[0].message == "column first: the sandbox's profiles have no person.nmae.firstName");
    CHECK(notes[0].hint == "did you mean person.name?");

    notes = notes_about({{"segmentMembership.ups.seg_id.stats", "a"}});
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].hint == "did you mean segmentMembership.ups.seg_id.status?");

    notes = notes_about({{"identityMap.Emial", "mail"}});
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].code == "unknown-namespace");
    CHECK(notes[0].message == "column mail: the sandbox has no identity namespace Emial");
    CHECK(notes[0].hint == "did you mean Email?");
}
