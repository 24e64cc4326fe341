#include "json/text.hpp"
#include "support/catalogues.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace penstock;
using execute::StepStatus;
using test::World;

namespace {

constexpr const char* key_variable = "environment variable PGP_KEY";

manifest::Manifests encrypted_project() {
    auto project = test::segment_project();
    auto& auth = std::get<manifest::AccountAuth>(project.accounts[0].connection);
    auth.encryption = manifest::Encryption{"PGPGPG", secrets::EnvironmentVariable{"PGP_KEY"}};
    project.segments.push_back(test::segment_export("other"));
    return project;
}

void give_key(World& world, const std::string& key) {
    world.secrets.values[key_variable] = key;
}

emulator::Settings holding_keys_at_targets() {
    emulator::Settings settings;
    settings.encryption_place = emulator::EncryptionPlace::target;
    return settings;
}

/// A patch that gives a target these parameters.
std::string patch_to(const json::Value& params) {
    return R"([{"op":"replace","path":"/params","value":)" + json::write(params) + "}]";
}

std::size_t sent_with(const test::Run& run, const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(run.requests.begin(), run.requests.end(), [&](const auto& request) {
            return request.body.find(text) != std::string::npos;
        }));
}

} // namespace

TEST_CASE("dataflows with the new key stay, also when those with the old one do not go at once") {
    const auto project = encrypted_project();
    World world;
    give_key(world, "key-one");
    test::check_done(world.apply(project));
    const auto old_flow = world.id_of("flow", "loyalty");
    give_key(world, "key-two");
    world.prepare = [](test::InProcessTransport& transport) {
        transport.intercept = [](const http::Request& request) -> std::optional<http::Response> {
            if (request.method != http::Method::del) {
                return std::nullopt;
            }
            http::Response forbidden;
            forbidden.status = 403;
            return forbidden;
        };
    };
    const auto stuck = world.apply(project);
    CHECK(stuck.twins.plan.empty());
    CHECK(world.count(emulator::Kind::flow) == 4);

    world.prepare = {};
    const auto next = world.apply(project);
    test::check_done(next);
    CHECK(test::bodies(next, "POST", "flowservice").empty());
    CHECK(world.id_of("flow", "loyalty") != old_flow);
    test::check_unchanged(world.plan(project));
}

TEST_CASE("an account encrypts with a key that is sent once") {
    World world;
    give_key(world, "a2V5LW9uZQ==");
    const auto project = encrypted_project();
    const auto first = world.apply(project);
    test::check_done(first);
    CHECK(sent_with(first, "a2V5LW9uZQ==") == 1);
    const auto posted = test::bodies(first, "POST", "flowservice/connections");
    REQUIRE(posted.size() == 1);
    const auto body = *json::parse(posted[0]);
    CHECK(
        json::write(body["encryptionSpecs"]) ==
        R"({"specName":"Encryption spec","params":{"encryptionAlgo":"PGPGPG","publicKey":"a2V5LW9uZQ=="}})");
    test::check_unchanged(world.apply(project));
}

TEST_CASE("whatever a GET shows of a key, a second plan is empty") {
    for (const auto secrets : {emulator::SecretsOnGet::echo, emulator::SecretsOnGet::mask,
                               emulator::SecretsOnGet::omit}) {
        emulator::Settings settings;
        settings.secrets = secrets;
        World world(settings);
        give_key(world, "a2V5LW9uZQ==");
        test::check_done(world.apply(encrypted_project()));
        test::check_unchanged(world.apply(encrypted_project()));
    }
}

TEST_CASE("another key is another connection, and its exports move there") {
    const auto project = encrypted_project();
    World start;
    give_key(start, "a2V5LW9uZQ==");
    test::check_done(start.apply(project));
    const auto old_base = start.id_of("base", "s3");

    SUBCASE("in one run") {
        give_key(start, "a2V5LXR3bw==");
        const auto run = start.apply(project);
        test::check_done(run);
        CHECK(run.plan.changes.at(0).action == plan::Action::replace);
        CHECK(start.id_of("base", "s3") != old_base);
        CHECK(start.count(emulator::Kind::connection) == 1);
        CHECK(start.count(emulator::Kind::flow) == 2);
        test::check_unchanged(start.apply(project));
    }
    SUBCASE("killed after any request") {
        World undisturbed;
        undisturbed.clock.set(start.clock.now());
        undisturbed.platform.load(start.platform.save());
        give_key(undisturbed, "a2V5LXR3bw==");
        const auto all = undisturbed.apply(project).requests.size();
        for (std::size_t requests = 1; requests < all; ++requests) {
            INFO("killed after ", requests);
            World world;
            world.clock.set(start.clock.now());
            world.platform.load(start.platform.save());
            give_key(world, "a2V5LXR3bw==");
            (void)world.apply(project, requests);
            const auto repaired = world.apply(project);
            INFO(test::complaints(repaired));
            CHECK(repaired.report.count(StepStatus::failed) == 0);
            REQUIRE(world.state() == undisturbed.state());
            CHECK(world.plan(project).plan.empty());
        }
    }
    SUBCASE("credentials alone are sent in place") {
        start.secrets.values["environment variable S3_SECRET"] = std::string(40, 'B');
        const auto run = start.apply(project);
        test::check_done(run);
        CHECK(run.plan.steps.size() == 1);
        CHECK(start.id_of("base", "s3") == old_base);
        test::check_unchanged(start.apply(project));
    }
    SUBCASE("a key that cannot be resolved changes nothing") {
        start.secrets.resolve_all = false;
        start.secrets.values = {
            {"environment variable S3_SECRET", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYAA"}};
        const auto run = start.plan(project);
        CHECK(run.plan.empty());
        REQUIRE(run.plan.notes.size() == 1);
        CHECK(run.plan.notes[0].code == "credentials-not-checked");
    }
    SUBCASE("without encryption in git") {
        const auto plain = [&] {
            auto changed = project;
            std::get<manifest::AccountAuth>(changed.accounts[0].connection).encryption.reset();
            return changed;
        }();
        test::check_done(start.apply(plain));
        CHECK(start.id_of("base", "s3") != old_base);
        test::check_unchanged(start.apply(plain));
    }
}

TEST_CASE("where targets hold the key, the catalogue says so and nothing else changes") {
    World world(holding_keys_at_targets());
    world.catalogue = &test::encrypting_targets();
    give_key(world, "a2V5LW9uZQ==");
    const auto project = encrypted_project();
    const auto first = world.apply(project);
    test::check_done(first);
    CHECK(sent_with(first, "a2V5LW9uZQ==") == 2);
    test::check_unchanged(world.apply(project));

    const auto flow = world.id_of("flow", "loyalty");
    give_key(world, "a2V5LXR3bw==");
    const auto rotated = world.apply(project);
    test::check_done(rotated);
    CHECK(test::bodies(rotated, "PATCH", "flowservice/targetConnections").size() == 2);
    CHECK(world.id_of("flow", "loyalty") == flow);
    test::check_unchanged(world.apply(project));
}

TEST_CASE("files never go out in plain unnoticed") {
    SUBCASE("a plain connection that a person hands over is made anew") {
        World world;
        give_key(world, "a2V5LW9uZQ==");
        auto plain = encrypted_project();
        std::get<manifest::AccountAuth>(plain.accounts[0].connection).encryption.reset();
        test::check_done(world.apply(plain));
        const auto base = world.id_of("base", "s3");
        const auto by_hand =
            R"([{"op":"replace","path":"/description","value":"[penstock acme/base/s3]"}])";
        REQUIRE(world.as_somebody(http::Method::patch, "/connections/" + base, by_hand).status ==
                200);
        test::check_done(world.apply(encrypted_project()), {"credentials-not-checked"});
        CHECK(world.id_of("base", "s3") != base);
        test::check_unchanged(world.apply(encrypted_project()));
    }
    SUBCASE("encryption that git adds is noticed where descriptions do not come back") {
        emulator::Settings settings;
        settings.description_connection = emulator::Description::drop;
        World world(settings);
        give_key(world, "a2V5LW9uZQ==");
        auto plain = encrypted_project();
        std::get<manifest::AccountAuth>(plain.accounts[0].connection).encryption.reset();
        test::check_done(world.apply(plain), {"credentials-not-checked"});
        const auto run = world.apply(encrypted_project());
        test::check_done(run, {"credentials-not-checked"});
        CHECK(sent_with(run, "a2V5LW9uZQ==") == 1);
        CHECK(world.plan(encrypted_project()).plan.empty());
    }
    SUBCASE("a target that somebody took the key off is drift") {
        World world(holding_keys_at_targets());
        world.catalogue = &test::encrypting_targets();
        give_key(world, "a2V5LW9uZQ==");
        test::check_done(world.apply(encrypted_project()));
        const auto id = world.id_of("target", "loyalty");
        auto params = json::Value(world.platform.store().entities().at(id).body)["params"];
        params.make_object().erase("encryptionSpecs");
        REQUIRE(world.as_somebody(http::Method::patch, "/targetConnections/" + id, patch_to(params))
                    .status == 200);
        const auto run = world.apply(encrypted_project());
        test::check_done(run);
        CHECK(run.plan.changes.at(0).cause == plan::Cause::drift);
        test::check_unchanged(world.apply(encrypted_project()));
    }
}

TEST_CASE("a key that goes to targets does not overwrite what others changed there") {
    World world(holding_keys_at_targets());
    world.catalogue = &test::encrypting_targets();
    give_key(world, "a2V5LW9uZQ==");
    test::check_done(world.apply(encrypted_project()));
    const auto id = world.id_of("target", "loyalty");
    auto params = json::Value(world.platform.store().entities().at(id).body)["params"];
    params.make_object()["path"] = "somewhere/else";
    const auto patch = patch_to(params);
    give_key(world, "a2V5LXR3bw==");
    bool done = false;
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (!done && request.method == http::Method::patch && request.url.ends_with(id)) {
                done = true;
                (void)world.as_somebody(http::Method::patch, "/targetConnections/" + id, patch);
            }
            return std::nullopt;
        };
    };
    const auto run = world.apply(encrypted_project());
    CHECK(run.report.count(StepStatus::failed) == 1);
    CHECK(json::Value(world.platform.store().entities().at(id).body)["params"]["path"] ==
          json::Value("somewhere/else"));
}
