#include "json/text.hpp"
#include "support/command_line.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandLine;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// The file with a change and a digest that fits it.
std::string forged(const std::string& text, std::string_view name, json::Value value) {
    auto document = json::parse(text).value();
    auto& members = document.make_object();
    members.erase("digest");
    members[name] = std::move(value);
    members["digest"] = json::full_digest(document);
    return json::write(document);
}

} // namespace

TEST_CASE("a plan is saved under the names that a plan can have, and no others") {
    CommandLine penstock;
    for (const char* name : {"plan.yaml", "exports/plan.yml"}) {
        const auto result = penstock({"plan", "--out", name});
        CHECK(result.code == 1);
        CHECK(contains(result.err, "read as a manifest"));
        CHECK(result.requests.empty());
    }
    auto result = penstock({"plan", "--out", "exports"});
    CHECK(result.code == 1);
    CHECK(contains(result.err, "it is a folder"));
    CHECK(std::filesystem::is_directory(penstock.folder() / "exports"));
    CHECK(contains(penstock({"plan", "--out", "/dev/null"}).err, "no regular file"));

    result = penstock({"plan", "--out", "no/such/folder/plan.json"});
    CHECK(result.code == 1);
    CHECK(contains(result.err, "there is no such folder"));
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"plan", "--out"}, {"plan", "--out", ""}, {"plan", "--out="}}) {
        CHECK(penstock(words).code == 1);
    }

    penstock.write("plan.json", "something else");
    CHECK(penstock({"plan", "--out", "plan.json"}).code == 0);
    CHECK(contains(penstock.read("plan.json"), "\"digest\""));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(penstock.folder())) {
        files += entry.is_regular_file() ? 1U : 0U;
    }
    CHECK(files == 2); // penstock.yaml and the plan: nothing temporary is left
}

TEST_CASE("apply takes one plan file and nothing beside it, and needs no other approval") {
    CommandLine penstock;
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"apply", "plan.json", "exports"},
          {"apply", "exports", "plan.json"},
          {"apply", "plan.json", "plan.json"}}) {
        const auto result = penstock(words);
        CHECK(result.code == 1);
        CHECK(contains(result.err, "one plan file and no paths"));
        CHECK(result.requests.empty());
    }
    CHECK(penstock({"apply", "exports"}).code == 6); // manifests are not an approval
    std::filesystem::rename(penstock.folder() / "plan.json", penstock.folder() / "approved");
    CHECK(penstock({"apply", "approved"}).code == 0);
}

TEST_CASE("a YAML file that begins like JSON stays a manifest") {
    CommandLine penstock;
    penstock.write("exports/json.yaml", R"({"apiVersion": "penstock/v1", "kind": "Account",
"metadata": {"name": "lake"}, "spec": {"destination": "data-landing-zone"}})");
    const auto result = penstock({"apply", "--auto-approve", "exports/json.yaml"});
    INFO(result.err);
    CHECK(result.code == 0);
    CHECK(contains(result.out, "1 added"));
}

TEST_CASE("a plan file that is missing, broken, foreign or of another version is refused") {
    CommandLine penstock;
    for (const char* command : {"apply", "show"}) {
        auto result = penstock({command, "none.json"});
        CHECK(result.code == 1);
        CHECK(contains(result.err, "there is no such file"));
        penstock.write("broken.json", "{\"a\": \x1b[2J");
        result = penstock({command, "broken.json"});
        CHECK(result.code == 6);
        CHECK(contains(result.err, "the file is no plan"));
        CHECK_FALSE(contains(result.err, "\x1b"));
        CHECK(result.requests.empty());
    }
    CHECK(penstock({"show"}).code == 1);

    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    const auto text = penstock.read("plan.json");
    penstock.write("old.json", forged(text, "penstock_version", "0.0.1"));
    auto result = penstock({"apply", "old.json"});
    CHECK(result.code == 6);
    CHECK(contains(result.err, "plan again"));
    CHECK(penstock({"show", "old.json"}).code == 0);

    result = penstock({"apply", "plan.json", "-e", "prod"});
    CHECK(result.code == 6);
    CHECK(contains(result.err, "made for environment dev, and here it is prod"));
    penstock.variables["PENSTOCK_ENVIRONMENT"] = "prod";
    CHECK(penstock({"apply", "plan.json"}).code == 6);
    penstock.variables.erase("PENSTOCK_ENVIRONMENT");
    result = penstock({"apply", "plan.json", "--endpoint", "http://127.0.0.1:2"});
    CHECK(result.code == 6);
    CHECK(contains(result.err, "made for endpoint http://127.0.0.1:1"));
    CHECK(result.requests.empty());

    for (const char* member : {"project", "organization", "sandbox"}) {
        auto origin = json::parse(text).value()["origin"];
        origin.make_object()[member] = "foreign\x1b[2J";
        penstock.write("foreign.json", forged(text, "origin", origin));
        result = penstock({"apply", "foreign.json"});
        CHECK(result.code == 6);
        CHECK(contains(result.err, std::string("made for ") + member + " foreign\\x1b"));
        CHECK(result.requests.empty());
        CHECK_FALSE(contains(penstock({"show", "foreign.json"}).out, "\x1b"));
    }
    const json::Value broken =
        json::Array{json::Object{{"file", "penstock.yaml"}, {"text", "kind: ["}}};
    penstock.write("manifests.json", forged(text, "manifests", broken));
    result = penstock({"apply", "manifests.json"});
    CHECK(result.code == 3);
    CHECK(contains(result.err, "penstock.yaml:1"));
}

TEST_CASE("requests that somebody writes into a plan file are not sent") {
    CommandLine penstock;
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    auto changes = json::parse(penstock.read("plan.json")).value()["resource_changes"];
    for (auto& change : changes.make_array()) {
        auto& body = change.make_object()["change"].make_object();
        if (change["type"] == json::Value("target_connection")) {
            body["after"].make_object()["params"].make_object()["path"] = "stolen";
        }
    }
    penstock.write("forged.json", forged(penstock.read("plan.json"), "resource_changes", changes));
    const auto result = penstock({"apply", "forged.json"});
    INFO(result.out);
    CHECK(result.code == 5); // the account is what it was
    CHECK(contains(result.out, "devices.target (target connection) needs something else"));
    CHECK(penstock.platform.store().entities().size() == 1);
}

TEST_CASE("show needs neither network nor manifests, and prints one JSON document") {
    CommandLine penstock;
    const auto planned = penstock({"plan", "--json", "--out", "plan.json"});
    REQUIRE(planned.code == 0);
    penstock.remove("penstock.yaml");
    const auto result = penstock({"show", "plan.json", "--json"});
    CHECK(result.code == 0);
    CHECK(result.requests.empty());
    const auto document = json::parse(result.out).value();
    const auto plan = json::parse(planned.out).value();
    for (const auto& [name, value] : plan.as_object()) {
        CHECK(document[name] == value);
    }
    CHECK(document["origin"]["environment"] == json::Value("dev"));
    CHECK(document["created_at"].is_string());
    CHECK(document["manifests"].is_null());
    CHECK(document["pins"].is_null());
}

TEST_CASE("a blocked plan can be saved, and its apply is as blocked") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.remove("accounts/s3.yaml");
    penstock.remove("exports/devices.yaml");
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 6);
    const auto result = penstock({"apply", "plan.json"});
    CHECK(result.code == 6);
    CHECK(contains(result.out, "emptied-project"));
    CHECK(penstock.platform.store().entities().size() == 4);
}

TEST_CASE("a plan for another project or place than that of the folder is refused") {
    CommandLine penstock;
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    const auto here = penstock.read("penstock.yaml");
    const auto changed = [&](std::string_view from, std::string_view to) {
        auto text = here;
        const auto at = text.find(from);
        REQUIRE(at != std::string::npos);
        text.replace(at, from.size(), to);
        return text;
    };
    const auto name =
        here.substr(here.find("name: "), here.find('}', here.find("name: ")) - here.find("name: "));
    for (const auto& row :
         {std::pair<std::string, const char*>{changed(name, "name: other"), "made for project"},
          {changed("sandbox: ", "sandbox: x"), "made for sandbox"},
          {changed("organization: ", "organization: X"), "made for organization"},
          {changed("dev:", "other:"), "environment"},
          {"kind: [", "is invalid"}}) {
        CAPTURE(row.first);
        penstock.write("penstock.yaml", row.first);
        const auto result = penstock({"apply", "plan.json"});
        CHECK(result.code == 6);
        CHECK(contains(result.err, row.second));
        CHECK(result.requests.empty());
    }
    // What else changes there does not matter, nor does it have to be there.
    penstock.write("penstock.yaml", here + "# later\n");
    CHECK(penstock({"apply", "plan.json"}).code == 0);
    penstock.remove("penstock.yaml");
    const auto again = penstock({"apply", "plan.json"});
    CHECK(again.code == 6);
    CHECK(contains(again.err, "applied already"));
}

TEST_CASE("a plan and a report never go to one file, however it is spelled") {
    CommandLine penstock;
    for (const auto& file :
         {std::string("plan"), std::string("./plan"), (penstock.folder() / "plan").string()}) {
        CAPTURE(file);
        const auto result = penstock({"plan", "--out", "plan", "--write", "json=" + file});
        CHECK(result.code == 1);
        CHECK(contains(result.err, "cannot both be written to"));
        CHECK(result.requests.empty());
        CHECK(penstock({"plan", "--write", "text=plan", "--write", "json=" + file}).code == 1);
    }
    CHECK(contains(penstock({"plan", "--out", "-"}).err, "--json prints it"));
}

TEST_CASE("a folder of manifests stays one whatever it is called") {
    CommandLine penstock;
    std::filesystem::rename(penstock.folder() / "exports", penstock.folder() / "exports.json");
    const auto result = penstock({"apply", "--auto-approve", "exports.json"});
    INFO(result.err);
    CHECK(result.code == 0);
    CHECK(contains(result.out, "Apply complete!"));
}

TEST_CASE("what is neither a manifest nor a saved plan is called so, approved or not") {
    CommandLine penstock;
    penstock.write("empty", "");
    penstock.write("damaged", R"("penstock_version": "0.1.0"})");
    penstock.write("marked", "\xef\xbb\xbf{}");
    for (const char* operand : {"none", "none.out", "empty", "damaged", "marked"}) {
        for (const bool approved : {false, true}) {
            std::vector<std::string> words{"apply", operand};
            if (approved) {
                words.emplace_back("--auto-approve");
            }
            const auto result = penstock(words);
            CAPTURE(operand);
            INFO(result.err);
            CHECK(result.code == 3);
            CHECK(contains(result.err, std::string(operand) + " is neither a manifest of the "
                                                              "project nor a saved plan"));
            CHECK_FALSE(contains(result.err, "--auto-approve"));
            CHECK(result.requests.empty());
        }
    }
    const auto misspelt = penstock({"apply", "exports/device.yaml"});
    CHECK(misspelt.code == 3);
    CHECK(contains(misspelt.err, "no manifest of the project comes from exports/device.yaml"));
    CHECK(contains(misspelt.err, "did you mean exports/devices.yaml?"));
    CHECK(penstock({"apply", "exports/devices.yaml"}).code == 6);

    penstock.remove("penstock.yaml"); // as where a pipeline applies what another one has planned
    const auto result = penstock({"apply", "empty"});
    CHECK(result.code == 3);
    CHECK(contains(result.err, "empty is neither"));
    CHECK(contains(result.err, "`penstock plan --out FILE` saves a plan"));
}
