#include "base/time_text.hpp"
#include "json/text.hpp"
#include "support/foreign_edits.hpp"
#include "support/somebody.hpp"
#include "support/three_exports.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace penstock;
using test::CommandLine;
using test::CommandResult;
using test::ThreeExports;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

struct Edit {
    const char* from;
    const char* to;
};

/// An entity, what somebody changes in it, and what git changes in the same field and in another.
struct Row {
    const char* address;
    const char* field;
    const char* file;         ///< empty: its content is all generated
    std::optional<Edit> same; ///< nothing: of two values, both can only want the other one
    std::optional<Edit> other;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> all{
        {"s3.base", "/description", "accounts/s3.yaml", Edit{"Bucket of the CRM team", "In git"},
         Edit{"AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7INTOGIT"}},
        {"eloqua.base", "/auth/params/username", "accounts/eloqua.yaml",
         Edit{"adobe-exports", "in-git"}, Edit{"Eloqua of the business unit", "In git"}},
        {"ProfileStore.base", "/name", "", {}, {}},
        {"devices.target", "/params/path", "exports/devices.yaml", Edit{"crm/devices", "in/git"},
         Edit{"compression: GZIP", "compression: NONE"}},
        {"loyalty.target", "/params/csvOptions/delimiter", "exports/loyalty.yaml",
         Edit{"delimiter: \",\"", "delimiter: \"|\""}, Edit{"crm/loyalty", "in/git"}},
        {"leads.target", "/params/remotePath", "exports/leads.yaml",
         Edit{"/incoming/leads", "/in/git"}, Edit{", includeFileManifest: true", ""}},
        {"devices.flow", "/schedule/interval", "exports/devices.yaml",
         Edit{"EVERY_3_HOURS", "EVERY_12_HOURS"}, Edit{"Devices of all visitors", "In git"}},
        {"devices.flow",
         "/enabled",
         "exports/devices.yaml",
         {},
         Edit{"Devices of all visitors", "In git"}},
        {"loyalty.flow", "/segments/*/schedule/startTime", "exports/loyalty.yaml",
         Edit{"\"06:00\"", "\"08:00\""},
         Edit{"mandatoryFields: [Email]", "mandatoryFields: [tier]"}},
        {"loyalty.flow", "/mapping/*/source", "exports/loyalty.yaml",
         Edit{"loyalty.tier", "person.name.fullName"},
         Edit{"identityNamespace: Email", "attributePath: tier"}},
        {"leads.flow", "/mandatoryFields", "exports/leads.yaml",
         Edit{"mandatoryFields: [identityMap.Email]", "mandatoryFields: [person.name.lastName]"},
         Edit{"Leads for the nurturing programme", "In git"}},
        {"leads.flow",
         "/attributes/*",
         "exports/leads.yaml",
         {},
         Edit{"Leads for the nurturing programme", "In git"}},
    };
    return all;
}

void commit(CommandLine& penstock, const std::string& file, const Edit& edit) {
    test::make(penstock, {"", "", file, edit.from, edit.to});
}

/// Who changed the entity last and when, as the platform has it.
struct Touched {
    std::string client;
    std::string at;
};

Touched touched(const CommandLine& penstock, const std::string& address) {
    const auto& entity = penstock.platform.store().entities().at(test::id_of(penstock, address));
    return {entity.updated_by, format_iso8601(entity.updated_at / 1000)};
}

void check_audit(const json::Value& audit, const Touched& by) {
    CHECK(audit["updated_by"] == json::Value(by.client + "@techacct.adobe.com"));
    CHECK(audit["updated_client"] == json::Value(by.client));
    CHECK(audit["updated_at"] == json::Value(by.at));
}

json::Value parsed(const CommandResult& result) {
    return json::parse(result.out).value();
}

void check_nothing_to_do(CommandLine& penstock) {
    auto result = penstock({"plan", "--detailed-exitcode"});
    INFO(result.out);
    CHECK(result.code == 0);
    CHECK(result.out == "No changes. 3 exports and 2 accounts match the sandbox.\n");
    result = penstock({"drift", "--json"});
    CHECK(result.code == 0);
    const auto drift = parsed(result);
    CHECK(drift["findings"].as_array().empty());
    CHECK(drift["notes"].as_array().empty());
    CHECK(drift["waiting_in_git"] == json::Value(0));
}

/// The plan changes the entity, and nothing else, for that cause.
void check_plan(CommandLine& penstock, const Row& row, const std::string& cause,
                const Touched& by) {
    auto result = penstock({"plan", "--json", "--detailed-exitcode"});
    INFO(result.out);
    CHECK(result.code == 2);
    const auto plan = parsed(result);
    CHECK(plan["notes"].as_array().empty());
    REQUIRE(plan["resource_changes"].as_array().size() == 1);
    const auto& change = plan["resource_changes"].as_array()[0];
    CHECK(change["address"] == json::Value(row.address));
    CHECK(change["id"] == json::Value(test::id_of(penstock, row.address)));
    CHECK(change["change"]["actions"] == json::Value(json::Array{"update"}));
    CHECK(change["cause"] == json::Value(cause));
    CHECK_FALSE(change["fields"].as_array().empty());
    check_audit(change["audit"], by);

    result = penstock({"plan"});
    INFO(result.out);
    CHECK(contains(result.out, fmt::format("  ~ {}  ", row.address)));
    CHECK(contains(result.out, "Plan: 0 to add, 1 to change, 0 to destroy.\n"));
    const auto who = fmt::format("by {0}@techacct.adobe.com through {0} at {1}", by.client, by.at);
    CHECK(contains(result.out, "changed in the platform " + who) == (cause == "drift"));
    CHECK(contains(result.out, "changed in git, and in the platform " + who) == (cause == "both"));
    CHECK(contains(result.out, "through") == (cause != "git"));
}

/// `in_git` is what only git changed, in another field than the platform; null if there is none.
void check_drift(CommandLine& penstock, const Row& row, const std::string& cause, const Touched& by,
                 const Edit* in_git) {
    auto result = penstock({"drift", "--json"});
    INFO(result.out);
    const auto drift = parsed(result);
    CHECK(drift["notes"].as_array().empty());
    const bool is_finding = cause != "git";
    CHECK(result.code == (is_finding ? 2 : 0));
    CHECK(drift["drift"] == json::Value(is_finding));
    CHECK(drift["waiting_in_git"] == json::Value(is_finding && in_git == nullptr ? 0 : 1));
    REQUIRE(drift["findings"].as_array().size() == (is_finding ? 1 : 0));
    result = penstock({"drift"});
    INFO(result.out);
    if (!is_finding) {
        CHECK(result.code == 0);
        CHECK(result.out == "No drift.\n1 change waits in git; it is not drift.\n");
        return;
    }
    CHECK(result.code == 2);
    const auto& finding = drift["findings"].as_array()[0];
    CHECK(finding["address"] == json::Value(row.address));
    CHECK(finding["finding"] == json::Value("changed"));
    CHECK(finding["cause"] == json::Value(cause));
    check_audit(finding["audit"], by);
    CHECK(contains(result.out, fmt::format("  ! {}  ", row.address)));
    CHECK(contains(result.out,
                   fmt::format("last change by {0}@techacct.adobe.com through {0} at {1}\n",
                               by.client, by.at)));
    CHECK(contains(result.out, "Drift: 1 entity differs from git.\n"));
    if (in_git != nullptr) {
        CHECK(contains(result.out, "1 change waits in git; it is not drift.\n"));
        CHECK(finding["fields"].as_array().size() == 1);
        CHECK((*in_git->to == '\0' || !contains(result.out, in_git->to)));
    }
}

void check_repair(CommandLine& penstock) {
    const auto result = penstock({"apply", "--auto-approve"});
    INFO(result.out, result.err);
    CHECK(result.code == 0);
    CHECK(result.out == "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n");
    check_nothing_to_do(penstock);
}

void check_row(CommandLine& penstock, const Row& row, const std::string& cause,
               const std::string& client, const Edit* in_git = nullptr) {
    CAPTURE(cause);
    penstock.platform.settle();
    const auto by = touched(penstock, row.address);
    CHECK(by.client == client);
    check_plan(penstock, row, cause, by);
    check_drift(penstock, row, cause, by, in_git);
    check_repair(penstock);
}

} // namespace

TEST_CASE("git, the platform and the last apply tell who changed an entity") {
    ThreeExports scene;
    auto& penstock = scene.penstock;
    check_nothing_to_do(penstock);
    for (const auto& row : rows()) {
        CAPTURE(std::string(row.address));
        CAPTURE(std::string(row.field));
        const auto& foreign = test::foreign_edit(row.address, row.field);
        scene.go_back();
        foreign.make(penstock);
        check_row(penstock, row, "drift", "somebody");
        for (const auto* git : {&row.same, &row.other}) {
            if (!*git) {
                continue;
            }
            const auto& edit = **git;
            CAPTURE(std::string(edit.to));
            scene.go_back();
            commit(penstock, row.file, edit);
            check_row(penstock, row, "git", "acme-client");
            scene.go_back();
            foreign.make(penstock);
            commit(penstock, row.file, edit);
            check_row(penstock, row, "both", "somebody", git == &row.other ? &edit : nullptr);
        }
    }
}

TEST_CASE("nothing in a source connection can drift") {
    ThreeExports scene;
    auto& penstock = scene.penstock;
    for (const std::string address : {"devices.source", "loyalty.source", "ProfileStore.source"}) {
        CAPTURE(address);
        scene.go_back();
        // The platform refuses all other changes; see the test on fixed fields.
        test::edit(penstock, address, "/name", "By hand");
        CHECK(test::as_somebody(penstock, http::Method::del, test::path_of(penstock, address))
                  .status == 400); // a dataflow uses it
        check_nothing_to_do(penstock);
    }
    for (const bool renamed : {false, true}) {
        CAPTURE(renamed);
        scene.go_back();
        if (renamed) {
            test::edit(penstock, "devices.source", "/name", "By hand");
        }
        commit(penstock, "exports/devices.yaml",
               {"5ef3e3259ad2a1191ab7dd7d, name: AAM Devices Data",
                "6437c4e6ad2f8e1b8c5d9e02, name: Web Events"});
        const auto plan = parsed(penstock({"plan", "--json"}));
        const auto& changes = plan["resource_changes"];
        REQUIRE(changes.as_array().size() == 2);
        const auto& source = changes.as_array()[0];
        CHECK(source["address"] == json::Value("devices.source"));
        CHECK(source["change"]["actions"] == json::Value(json::Array{"create", "delete"}));
        for (const auto& change : changes.as_array()) {
            CHECK(change["cause"] == json::Value("git"));
        }
        CHECK(penstock({"drift"}).code == 0);
        REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
        check_nothing_to_do(penstock);
    }
}

TEST_CASE("what git takes over from the platform is nothing to do") {
    ThreeExports scene;
    auto& penstock = scene.penstock;
    struct Taken {
        const char* address;
        const char* field;
        const char* file;
        Edit git;
    };
    for (const auto& taken :
         {Taken{
              "s3.base", "/description", "accounts/s3.yaml", {"Bucket of the CRM team", "By hand"}},
          Taken{
              "devices.target", "/params/path", "exports/devices.yaml", {"crm/devices", "by-hand"}},
          Taken{"devices.flow",
                "/schedule/interval",
                "exports/devices.yaml",
                {"EVERY_3_HOURS", "EVERY_6_HOURS"}},
          Taken{"loyalty.flow",
                "/mapping/*/source",
                "exports/loyalty.yaml",
                {"loyalty.tier", "person.name.lastName"}},
          Taken{"leads.flow",
                "/attributes/*",
                "exports/leads.yaml",
                {", person.name.lastName", ""}}}) {
        CAPTURE(std::string(taken.address));
        scene.go_back();
        test::foreign_edit(taken.address, taken.field).make(penstock);
        commit(penstock, taken.file, taken.git);
        check_nothing_to_do(penstock);
        const auto before = penstock.platform.store().save();
        CHECK(penstock({"apply", "--auto-approve"}).code == 0);
        CHECK(penstock.platform.store().save() == before);
    }
}
