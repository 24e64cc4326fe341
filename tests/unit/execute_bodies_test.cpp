#include "execute/bodies.hpp"
#include "json/text.hpp"
#include "secrets/fingerprint.hpp"
#include "support/scripted_transport.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

using namespace penstock;
using json::Object;
using json::Value;

namespace {

constexpr std::uint64_t cost = 2; // the real one is slow on purpose

class Secrets final : public secrets::SecretSource {
  public:
    Result<secrets::SecretString> resolve(const secrets::SecretReference& reference) override {
        const auto& name = std::get<secrets::EnvironmentVariable>(reference).name;
        if (name == "MISSING") {
            return fail(ErrorKind::secret_unavailable, "MISSING is not set");
        }
        return secrets::SecretString("value-of-" + name);
    }
};

struct Fixture {
    test::ScriptedTransport transport;
    Secrets secrets;
    execute::Filler filler{transport, secrets, cost};
    execute::Bound bound;
    plan::DescriptionSlot description{
        "/description", "of devices", {"acme", {model::EntityKind::base, "s3"}, {}, {}, {}}};
    std::optional<Result<execute::Filled>> heard;

    void fill(const plan::Template& request) {
        filler.fill(request, description, bound,
                    [this](Result<execute::Filled> filled) { heard = std::move(filled); });
    }
};

} // namespace

TEST_CASE("a request without secrets is filled at once") {
    Fixture f;
    f.bound.ids[{model::EntityKind::base, "s3"}] = "id-of-the-base";
    plan::Template request{Object{{"baseConnectionId", ""}, {"description", ""}}, {}, {}};
    request.entities.push_back({"/baseConnectionId", {model::EntityKind::base, "s3"}});
    f.fill(request);
    REQUIRE(f.heard);
    REQUIRE(*f.heard);
    const auto body = json::parse((*f.heard)->text).value();
    CHECK(body["baseConnectionId"].as_string() == "id-of-the-base");
    CHECK(body["description"].as_string() ==
          model::join_description("of devices", (*f.heard)->marker));
    CHECK(f.filler.waiting() == 0);
}

TEST_CASE("fingerprints are computed on other threads, and nobody hears back before a step") {
    Fixture f;
    f.transport.compute_on_threads();
    plan::Template request{Object{{"key", ""}, {"pgp", ""}, {"description", ""}}, {}, {}};
    request.secrets.push_back(
        {"/key", "key", secrets::EnvironmentVariable{"KEY"}, model::SecretUse::auth});
    request.secrets.push_back(
        {"/pgp", "pgp", secrets::EnvironmentVariable{"PGP"}, model::SecretUse::encryption});
    f.fill(request);
    f.fill(request);
    CHECK_FALSE(f.heard);
    CHECK(f.filler.waiting() == 2);
    http::run(f.transport);
    CHECK(f.filler.waiting() == 0);
    REQUIRE(f.heard);
    REQUIRE(*f.heard);
    const auto body = json::parse((*f.heard)->text).value();
    CHECK(body["key"].as_string() == "value-of-KEY");
    CHECK(body["pgp"].as_string() == "value-of-PGP");
    const auto& marker = (*f.heard)->marker;
    CHECK(body["description"].as_string() == model::join_description("of devices", marker));
    const auto fits = [](const auto& fingerprint, const char* name, const char* value) {
        return fingerprint && secrets::fingerprint({{name, secrets::SecretString(value)}},
                                                   fingerprint->salt, cost) == fingerprint->bits;
    };
    CHECK(fits(marker.credentials, "key", "value-of-KEY"));
    CHECK(fits(marker.encryption, "pgp", "value-of-PGP"));
    CHECK(marker.credentials->salt != marker.encryption->salt);
}

TEST_CASE("many fingerprints are computed on other threads while more requests are filled") {
    Fixture f;
    f.transport.compute_on_threads();
    plan::Template request{Object{{"key", ""}, {"description", ""}}, {}, {}};
    request.secrets.push_back(
        {"/key", "key", secrets::EnvironmentVariable{"KEY"}, model::SecretUse::auth});
    execute::Filler filler{f.transport, f.secrets, 64}; // long enough to be at it meanwhile
    constexpr std::size_t many = 32;
    std::set<std::string> texts;
    for (std::size_t i = 0; i < many; ++i) {
        filler.fill(request, f.description, f.bound, [&](Result<execute::Filled> filled) {
            REQUIRE(filled);
            texts.insert(filled->text);
        });
    }
    CHECK(filler.waiting() == many);
    http::run(f.transport);
    CHECK(filler.waiting() == 0);
    CHECK(texts.size() == many); // each with a salt of its own
}

TEST_CASE("what cannot be filled in is an error, and nothing is computed for it") {
    Fixture f;
    plan::Template request{Object{{"key", ""}, {"description", ""}}, {}, {}};
    SUBCASE("a secret that is not there") {
        request.secrets.push_back(
            {"/key", "key", secrets::EnvironmentVariable{"MISSING"}, model::SecretUse::auth});
        f.fill(request);
        REQUIRE(f.heard);
        CHECK(f.heard->error().kind == ErrorKind::secret_unavailable);
    }
    SUBCASE("an entity that was not made") {
        request.entities.push_back({"/key", {model::EntityKind::target, "s3"}});
        f.fill(request);
        REQUIRE(f.heard);
        CHECK(f.heard->error().message.find("has no id yet") != std::string::npos);
    }
    CHECK(f.filler.waiting() == 0);
}
