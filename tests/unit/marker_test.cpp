#include "model/marker.hpp"

#include <doctest/doctest.h>

using namespace penstock::model;

namespace {

const Marker plain{"acme-exports", {EntityKind::flow, "device-graph"}, "0123456789abcdef", {}};
const Marker account{"acme-exports",
                     {EntityKind::base, "acme-s3"},
                     "0123456789abcdef",
                     CredentialFingerprint{"fedcba9876543210", "a1b2c3"}};
const Marker encrypted{"acme-exports",
                       {EntityKind::base, "acme-s3"},
                       "0123456789abcdef",
                       CredentialFingerprint{"fedcba9876543210", "a1b2c3"},
                       CredentialFingerprint{"0000000000000001", "00000f"}};

} // namespace

TEST_CASE("a marker reads as it was written") {
    CHECK(write(plain) == "[penstock acme-exports/flow/device-graph 0123456789abcdef]");
    CHECK(write(account) ==
          "[penstock acme-exports/base/acme-s3 0123456789abcdef fedcba9876543210:a1b2c3]");
    CHECK(write(encrypted) ==
          "[penstock acme-exports/base/acme-s3 0123456789abcdef fedcba9876543210:a1b2c3 "
          "key=0000000000000001:00000f]");
    for (const auto& marker : {plain, account, encrypted}) {
        const auto read = split_description(join_description("For the CRM team", marker));
        CHECK(read.text == "For the CRM team");
        CHECK(read.marker == marker);
    }
    CHECK(split_description(write(plain)).text.empty());
}

TEST_CASE("text that people add around a marker is kept as text") {
    const auto read = split_description("before " + write(plain) + " after");
    CHECK(read.text == "before after");
    CHECK(read.marker == plain);
}

TEST_CASE("a marker that a person types needs no digest") {
    const auto read = split_description("Mine [penstock acme-exports/flow/device-graph]");
    REQUIRE(read.marker);
    CHECK(read.marker->digest.empty());
    CHECK(read.marker->key.name == "device-graph");
}

TEST_CASE("what only looks like a marker is text") {
    for (const char* text :
         {"[penstock ]", "[penstock a/b]", "[penstock a/flow/]", "[penstock a/other/b]",
          "[penstock a/flow/b 0123]", "[penstock a/flow/b 0123456789abcdeX]",
          "[penstock a/flow/b 0123456789abcdef x:y]",
          "[penstock a/base/b 0123456789abcdef key=0001:0f key=0001:0f]",
          "[penstock a/base/b 0123456789abcdef key=]", "[penstock a/flow/b"}) {
        const auto read = split_description(text);
        CHECK_FALSE(read.marker);
        CHECK(read.text == text);
    }
}

TEST_CASE("a marker holds one fingerprint for each use") {
    const std::string key = " key=0000000000000001:00000f";
    const auto twice = "[penstock a/base/b 0123456789abcdef" + key + key + "]";
    CHECK_FALSE(split_description(twice).marker);
}

TEST_CASE("the last marker counts") {
    const auto read = split_description(write(account) + " copied to " + write(plain));
    CHECK(read.marker == plain);
}
