#include "json/text.hpp"
#include "support/command_line.hpp"
#include "support/somebody.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandLine;
using test::CommandResult;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool only_reads(const CommandResult& result) {
    return std::all_of(result.requests.begin(), result.requests.end(), [](const auto& request) {
        return request.substr(0, 4) == "GET " || contains(request, "/ims/token");
    });
}

/// Everything applied, and then the compression of the export's files changed by somebody.
void set_scene(CommandLine& penstock) {
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    test::edit(penstock, "devices.target", "/params/compression", "NONE");
}

json::Value drift_of(CommandLine& penstock, std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"drift", "--json"});
    return json::parse(penstock(words).out).value();
}

/// The fingerprint of the only field of the only finding.
std::string fingerprint(CommandLine& penstock) {
    const auto findings = drift_of(penstock)["findings"];
    REQUIRE(findings.as_array().size() == 1);
    const auto& fields = findings.as_array()[0]["fields"].as_array();
    REQUIRE(fields.size() == 1);
    return fields[0]["fingerprint"].as_string();
}

std::string baseline(const std::string& fingerprint, std::string_view expires) {
    return "apiVersion: penstock/v1\nkind: DriftBaseline\nspec:\n  accepted:\n    - fingerprint: "
           "\"" +
           fingerprint +
           "\"\n      address: devices.target\n      field: /params/compression\n      owner: crm\n"
           "      reason: known\n      expires: " +
           std::string(expires) + "\n";
}

std::size_t count_files(const std::filesystem::path& folder) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        files += entry.is_regular_file() ? 1U : 0U;
    }
    return files;
}

} // namespace

TEST_CASE("drift that the baseline accepts exits with 0 until it expires or changes") {
    CommandLine penstock;
    set_scene(penstock);
    const auto first = fingerprint(penstock);
    CHECK(fingerprint(penstock) == first);
    penstock.write("accepted.yaml", baseline(first, "2099-01-01"));
    auto result = penstock({"drift", "--baseline", "accepted.yaml"});
    CHECK(result.code == 0);
    CHECK(only_reads(result));
    CHECK(contains(result.out, "accepted until 2099-01-01 by crm: known"));
    CHECK(contains(result.out, "\nNo drift.\n1 finding is accepted by the baseline and does not "
                               "count.\n"));
    CHECK(penstock({"drift"}).code == 2); // without the flag it is not read

    penstock.write("accepted.yaml", baseline(first, "2000-01-01"));
    result = penstock({"drift", "--baseline", "accepted.yaml"});
    CHECK(result.code == 2);
    CHECK(contains(result.out, "it counts again"));

    penstock.write("accepted.yaml", baseline(first, "2099-01-01"));
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    test::edit(penstock, "devices.target", "/params/path", "by-hand");
    result = penstock({"drift", "--baseline", "accepted.yaml"});
    CHECK(result.code == 2);
    CHECK(contains(result.out, "accepted.yaml:5: nothing answers to this entry any more"));
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    test::edit(penstock, "devices.target", "/params/compression", "NONE");
    CHECK(penstock({"drift", "--baseline", "accepted.yaml"}).code == 0);

    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    result = penstock({"drift", "--baseline", "accepted.yaml"});
    CHECK(result.code == 0);
    CHECK(contains(result.out, "nothing answers to this entry any more"));
}

TEST_CASE("an invalid baseline is an error before anything is read") {
    CommandLine penstock;
    penstock.write("accepted.yaml", baseline("0123456789abcdef", "2027-02-30"));
    auto result = penstock({"drift", "--baseline", "accepted.yaml"});
    CHECK(result.code == 3);
    CHECK(contains(result.err, "accepted.yaml:10:16"));
    CHECK(result.requests.empty());
    CHECK(penstock({"drift", "--baseline", "none.yaml"}).code == 3);
    CHECK(penstock({"drift", "--baseline", ""}).code == 1);
}

TEST_CASE("a baseline beside the manifests is no manifest") {
    CommandLine penstock;
    penstock.write("exports/accepted.yaml", baseline("0123456789abcdef", "2027-01-31"));
    CHECK(penstock({"validate"}).code == 0);
    CHECK(penstock({"plan"}).code == 0);
}

TEST_CASE("work in git is no drift") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    auto text = penstock.read("exports/devices.yaml");
    const auto at = text.find("GZIP");
    penstock.write("exports/devices.yaml", text.replace(at, 4, "NONE"));
    const auto result = penstock({"drift", "--write", "openmetrics=drift.prom"});
    CHECK(result.code == 0);
    CHECK(result.out == "No drift.\n1 change waits in git; it is not drift.\n");
    CHECK(contains(penstock.read("drift.prom"),
                   "penstock_drift_entities{project=\"acme\",environment=\"dev\",sandbox=\"dev\"} "
                   "0\n"));
}

TEST_CASE("dataflows of others are listed and change no exit code") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(contains(penstock({"drift", "--unmanaged"}).out,
                   "Every dataflow of the sandbox is in the manifests.\n"));
    auto project = penstock.read("penstock.yaml");
    const auto at = project.find("acme");
    penstock.write("penstock.yaml", project.replace(at, 4, "other"));
    const auto result = penstock({"drift", "--unmanaged"});
    CHECK(result.code == 0);
    CHECK(only_reads(result));
    INFO(result.out);
    CHECK(contains(result.out, "acme/devices (project acme)  Amazon S3"));
    CHECK(contains(result.out, "1 dataflow of the sandbox is in no manifest of this project.\n"));
    const auto unmanaged = drift_of(penstock, {"--unmanaged"})["unmanaged"];
    REQUIRE(unmanaged.as_array().size() == 1);
    CHECK(unmanaged.as_array()[0]["state"].as_string() == "enabled");
    CHECK(drift_of(penstock)["unmanaged"].is_null());
}

TEST_CASE("one run writes all formats, and each file as a whole") {
    CommandLine penstock;
    set_scene(penstock);
    std::vector<std::string> words{"drift", "--json"};
    for (const auto* report :
         {"text=r.txt", "json=r.json", "markdown=r.md", "sarif=r.sarif", "junit=r.xml",
          "openmetrics=r.prom", "github=r.github", "baseline=baseline.yaml"}) {
        words.insert(words.end(), {"--write", report});
    }
    penstock.write("r.md", "of an earlier run");
    const auto result = penstock(words);
    CHECK(result.code == 2);
    CHECK(only_reads(result));
    CHECK(penstock.read("r.json") == result.out);
    CHECK(contains(penstock.read("r.txt"), "Drift: 1 entity differs from git.\n"));
    CHECK(penstock.read("r.md").starts_with("Drift: 1 entity differs from git.\n"));
    CHECK(contains(penstock.read("r.sarif"), "\"version\": \"2.1.0\""));
    CHECK(contains(penstock.read("r.xml"), "failures=\"1\""));
    CHECK(penstock.read("r.prom").ends_with("\n# EOF\n"));
    CHECK(penstock.read("r.github").starts_with("::warning file="));
    CHECK(contains(penstock.read("baseline.yaml"), "owner: \"\""));
    CHECK(count_files(penstock.folder()) == 9); // with penstock.yaml: nothing temporary is left
    CHECK(penstock({"drift", "--baseline", "baseline.yaml"}).code == 3); // it has to be filled in
}

TEST_CASE("a report on standard output takes the place of the text") {
    CommandLine penstock;
    set_scene(penstock);
    const auto result = penstock({"plan", "--write", "markdown=-"});
    CHECK(result.code == 0);
    CHECK(result.out.starts_with("Plan: 0 to add, 1 to change, 0 to destroy.\n\nProject `acme`"));
    CHECK_FALSE(contains(result.out, "  ~ devices.target"));
}

TEST_CASE("reports that cannot be written are refused before the run") {
    CommandLine penstock;
    penstock.write("folder/x", "");
    struct Case {
        std::vector<std::string> words;
        const char* told;
    };
    const std::vector<Case> cases{
        {{"plan", "--write", "markdwn=a.md"}, "did you mean markdown?"},
        {{"plan", "--write", "baseline=b.yaml"}, "no report of format baseline"},
        {{"plan", "--write", "markdown"}, "--write takes FORMAT=FILE"},
        {{"plan", "--write", "markdown="}, "--write takes FORMAT=FILE"},
        {{"plan", "--write", ""}, "--write takes FORMAT=FILE"},
        {{"plan", "--write", "json=plan.yaml"}, "read as a manifest"},
        {{"plan", "--write", "json=folder"}, "it is a folder"},
        {{"plan", "--write", "json=no/such/file"}, "there is no such folder"},
        {{"plan", "--write", "json=a", "--write", "text=./a"}, "two reports"},
        {{"plan", "--write", "json=-", "--write", "text=-"}, "two reports"},
        {{"plan", "--json", "--write", "text=-"}, "both ask for standard output"},
        {{"plan", "--markdown-budget", "999"}, "--markdown-budget takes a number from 1000 to"},
        {{"status", "--write", "json=a"}, "unknown flag --write"},
    };
    for (const auto& wrong : cases) {
        const auto& told = wrong.told;
        const auto result = penstock(wrong.words);
        INFO(told, "\n", result.out, result.err);
        CHECK(result.code == 1);
        CHECK((contains(result.err, told) || contains(result.out, told)));
        CHECK(result.requests.empty());
    }
}

TEST_CASE("a report that cannot be written in the end does not hide what the run came to") {
    CommandLine penstock;
    set_scene(penstock);
    auto result = penstock({"drift", "--write", "text=/dev/full", "--write", "json=r.json"});
    CHECK(result.code == 1);
    CHECK(contains(result.out, "Drift: 1 entity differs from git.\n"));
    CHECK(contains(result.err, "the report cannot be written to /dev/full: No space left"));
    CHECK(contains(penstock.read("r.json"), "\"exit_code\": 2"));

    result = penstock({"drift", "--json", "--write", "text=/dev/full"});
    const auto document = json::parse(result.out).value();
    CHECK(document["exit_code"].as_integer() == 1);
    CHECK(document["drift"].as_bool());
    CHECK(document["report_errors"].as_array().size() == 1);

    penstock.faults = R"([{"method": "GET", "path": "/flows", "then": {"status": 403}}])";
    CHECK(penstock({"drift", "--write", "text=/dev/full"}).code == 7);
}

TEST_CASE("a run that fails writes its reports, so that none of an earlier run is left") {
    CommandLine penstock;
    penstock.write("r.xml", "of an earlier run");
    penstock.write("exports/devices.yaml", "apiVersion: penstock/v1\nkind: DatasetExprt\n");
    auto result = penstock({"plan", "--write", "junit=r.xml", "--write", "sarif=r.sarif", "--write",
                            "openmetrics=r.prom"});
    CHECK(result.code == 3);
    CHECK(contains(penstock.read("r.xml"), "type=\"unknown-kind\""));
    CHECK(contains(penstock.read("r.sarif"), "\"startLine\": 2"));
    CHECK(contains(penstock.read("r.prom"), "penstock_run_complete"));
    CHECK(contains(penstock.read("r.prom"), "{command=\"failure\"} 0") == false);

    result = penstock({"validate", "--write", "sarif=r.sarif"});
    CHECK(result.code == 3);
    CHECK(contains(penstock.read("r.sarif"), "exports/devices.yaml"));
}

TEST_CASE("an apply and a saved plan write reports as a plan does") {
    CommandLine penstock;
    auto result = penstock({"plan", "--out", "plan.json", "--write", "markdown=plan.md"});
    REQUIRE(result.code == 0);
    CHECK(penstock.read("plan.md").starts_with("Plan: 4 to add"));
    result = penstock({"show", "plan.json", "--write", "markdown=shown.md"});
    CHECK(result.code == 0);
    CHECK(penstock.read("shown.md").starts_with("Plan: 4 to add"));
    result = penstock({"apply", "plan.json", "--write", "junit=apply.xml"});
    CHECK(result.code == 0);
    CHECK(contains(penstock.read("apply.xml"), "Apply complete! Resources: 4 added"));
    result = penstock({"destroy", "--auto-approve", "--write", "text=destroy.txt"});
    CHECK(penstock.read("destroy.txt") == result.out);
}

TEST_CASE("under GitHub Actions annotations follow the text, and nothing else") {
    CommandLine penstock;
    set_scene(penstock);
    const auto plain = penstock({"drift"}).out;
    penstock.variables["GITHUB_ACTIONS"] = "true";
    const auto result = penstock({"drift"});
    CHECK(result.code == 2);
    REQUIRE(result.out.starts_with(plain));
    const auto behind = result.out.substr(plain.size());
    CHECK(behind.starts_with("::warning file="));
    CHECK(contains(behind, "exports/devices.yaml,line=6,col="));
    CHECK(contains(behind, "%0Acompression: GZIP -> NONE\n"));
    CHECK(penstock({"drift", "--json"}).out.starts_with("{"));
    CHECK_FALSE(contains(penstock({"drift", "--json"}).out, "::warning"));
    CHECK_FALSE(contains(penstock({"drift", "--write", "markdown=-"}).out, "::warning"));
    CHECK(penstock({"drift", "--write", "github=a.txt"}).out == plain);
    CHECK_FALSE(contains(penstock({"version"}).out, "::"));
}

TEST_CASE("accepted drift stays accepted whatever git changes beside it") {
    CommandLine penstock;
    set_scene(penstock);
    penstock.write("accepted.yaml", baseline(fingerprint(penstock), "2099-01-01"));
    auto text = penstock.read("exports/devices.yaml");
    const std::string path = "path: crm";
    REQUIRE(text.find(path) != std::string::npos);
    text.replace(text.find(path), path.size(), "path: moved");
    penstock.write("exports/devices.yaml", text);
    const auto result = penstock({"drift", "--baseline", "accepted.yaml"});
    CHECK(result.code == 0);
    CHECK(contains(result.out, "1 finding is accepted by the baseline"));
    CHECK(contains(result.out, "1 change waits in git; it is not drift."));
    CHECK_FALSE(contains(result.out, "moved"));
    CHECK(contains(penstock({"plan"}).out, "path: crm -> moved   (exports/devices.yaml:"));
    CHECK(contains(penstock({"plan"}).out, "compression: NONE -> GZIP   (exports/devices.yaml:"));
}

TEST_CASE("an export that lost its dataflow is drift, whatever went with it") {
    for (const char* other : {"", "devices.target", "devices.source"}) {
        CAPTURE(other);
        CommandLine penstock;
        REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
        const auto id = *other == '\0' ? std::string() : test::id_of(penstock, other);
        const std::string collection = std::string_view(other) == "devices.target"
                                           ? "/targetConnections/"
                                           : "/sourceConnections/";
        test::as_somebody(penstock, http::Method::del,
                          "/flows/" + test::id_of(penstock, "devices.flow"));
        if (!id.empty()) {
            test::as_somebody(penstock, http::Method::del, collection + id);
        }
        const auto result = penstock({"drift"});
        CHECK(result.code == 2);
        CHECK(contains(result.out, "devices.flow  dataflow  is gone from the platform"));
        const auto plan = penstock({"plan"});
        CHECK(
            contains(plan.out, "devices.flow  dataflow  will be created (gone from the platform)"));
        CHECK(contains(plan.out, "! a new dataflow starts with a full snapshot of "));
        CHECK(penstock({"apply", "--auto-approve"}).code == 0);
        CHECK(penstock({"drift"}).code == 0);
    }
}

TEST_CASE("a dataflow whose manifest is gone is in no manifest") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(contains(penstock({"drift", "--unmanaged"}).out,
                   "Every dataflow of the sandbox is in the manifests."));
    penstock.remove("exports/devices.yaml");
    const auto result = penstock({"drift", "--unmanaged"});
    CHECK(contains(result.out, "1 dataflow of the sandbox is in no manifest of this project."));
    CHECK(contains(result.out, test::id_of(penstock, "devices.flow")));
}

TEST_CASE("a baseline is written over another one, and over nothing else that is there") {
    CommandLine penstock;
    set_scene(penstock);
    const auto manifest = penstock.read("exports/devices.yaml");
    for (const char* file : {"exports/devices.yaml", "penstock.yaml", "./exports/devices.yaml"}) {
        CAPTURE(file);
        const auto result = penstock({"drift", "--write", std::string("baseline=") + file});
        CHECK(result.code == 1);
        CHECK(contains(result.err, "it is there already, and is no baseline of drift"));
        CHECK(result.requests.empty());
    }
    CHECK(penstock.read("exports/devices.yaml") == manifest);
    penstock.write("accepted.yaml", "kind: [\n");
    CHECK(penstock({"drift", "--write", "baseline=accepted.yaml"}).code == 1);
    penstock.remove("accepted.yaml");
    CHECK(penstock({"drift", "--write", "baseline=new.yaml"}).code == 2);
    // It has to be filled in, and is a baseline nevertheless.
    CHECK(penstock({"drift", "--write", "baseline=new.yaml"}).code == 2);
}
