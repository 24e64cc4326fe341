#include "json/text.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "support/graphs.hpp"
#include "support/report_examples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

using namespace penstock;
using test::applied;
using test::desired_of;
using test::live_at;
using test::plan_of;
using test::small_project;

namespace {

constexpr const char* live_value = "AKIALIVEVALUE";

/// All that a reader may see of a plan.
std::string everything(const plan::Plan& plan) {
    return render::plan_text(plan, {}) + json::write(render::plan_json(plan, "1.2.3")) +
           test::drift_text(plan, {}) + test::drift_json(plan);
}

void set_parameter(manifest::Manifests& project, const std::string& name,
                   std::variant<json::Value, secrets::SecretReference> value) {
    auto& params = std::get<manifest::AccountAuth>(project.accounts[0].connection).params;
    std::erase_if(params, [&](const auto& parameter) { return parameter.name == name; });
    params.push_back({name, std::move(value)});
}

/// A sandbox whose connection tells the value of a parameter that is no secret by itself.
model::LiveGraph telling(const model::DesiredGraph& desired) {
    auto live = applied(desired);
    auto& document = live_at(live, "s3.base").document.make_object();
    document["auth"].make_object()["params"].make_object()["s3AccessKey"] = live_value;
    return live;
}

manifest::Manifests by_reference() {
    auto project = small_project();
    set_parameter(project, "s3AccessKey",
                  secrets::SecretReference(secrets::EnvironmentVariable{"S3_ACCESS_KEY"}));
    return project;
}

const json::Value& change_of(const json::Object& document, const std::string& address) {
    for (const auto& change : document.find("resource_changes")->as_array()) {
        if (change["address"] == json::Value(address)) {
            return change["change"];
        }
    }
    FAIL("no change of ", address);
    static const json::Value none;
    return none;
}

} // namespace

TEST_CASE("what a manifest keeps by reference is not shown when its account is deleted") {
    const auto live = telling(desired_of(by_reference()));
    const auto plan = plan_of({"acme", {}, {}}, live);
    REQUIRE(plan.changes.size() == 4);
    CHECK(everything(plan).find(live_value) == std::string::npos);
    const auto document = render::plan_json(plan, "1.2.3");
    const auto& change = change_of(document, "s3.base");
    CHECK(change["before"]["auth"]["params"]["s3AccessKey"].is_null());
    CHECK(change["before_sensitive"]["auth"]["params"]["s3AccessKey"] == json::Value(true));
    CHECK(change["before"]["name"] == json::Value("acme/s3"));
}

TEST_CASE("what a manifest keeps by reference is not shown when its account changes") {
    auto project = by_reference();
    const auto live = telling(desired_of(project));
    project.accounts[0].description = "Described";
    const auto plan = plan_of(desired_of(project), live);
    REQUIRE(plan.changes.size() == 1);
    CHECK(everything(plan).find(live_value) == std::string::npos);
}

TEST_CASE("a live credential that the manifest does not know any more is told, not shown") {
    auto project = small_project();
    auto& params = std::get<manifest::AccountAuth>(project.accounts[0].connection).params;
    std::erase_if(params, [](const auto& parameter) { return parameter.name == "s3AccessKey"; });
    const auto plan = plan_of(desired_of(project), telling(desired_of(project)));
    REQUIRE(plan.changes.size() == 1);
    const auto text = everything(plan);
    CHECK(text.find(live_value) == std::string::npos);
    CHECK(text.find("s3AccessKey: (sensitive value)") != std::string::npos);
}

TEST_CASE("what the manifest itself holds as text is shown as it is in the platform") {
    auto project = small_project();
    set_parameter(project, "s3AccessKey", json::Value("AKIAIOSFODNN7EXAMPLE"));
    const auto plan = plan_of(desired_of(project), telling(desired_of(project)));
    REQUIRE(plan.changes.size() == 1);
    CHECK(render::plan_text(plan, {}).find("s3AccessKey: AKIALIVEVALUE -> AKIAIOSFODNN7EXAMPLE") !=
          std::string::npos);
}
