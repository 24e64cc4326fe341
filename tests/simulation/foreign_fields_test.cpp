#include "json/pointer.hpp"
#include "json/text.hpp"
#include "model/marker.hpp"
#include "support/foreign_edits.hpp"
#include "support/somebody.hpp"
#include "support/three_exports.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using test::CommandLine;
using test::ForeignEdit;
using test::GitEdit;
using test::ThreeExports;

namespace {

constexpr const char* by_somebody =
    "by somebody@techacct.adobe.com through somebody at 2026-11-01T";

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string kind_of(const std::string& address) {
    return address.substr(address.rfind('.') + 1);
}

/// Sets have their members under keys of the example's own.
bool is_set(const std::string& member) {
    return member == "datasets" || member == "segments" || member == "mapping" ||
           member == "attributes";
}

/// The fields of content: what is no object, with `*` for the keys of sets.
void collect(const json::Value& value, const std::string& pointer, std::set<std::string>& fields) {
    if (!value.is_object()) {
        fields.insert(pointer);
        return;
    }
    for (const auto& [name, member] : value.as_object()) {
        const bool any = is_set(pointer.substr(std::min<std::size_t>(1, pointer.size())));
        collect(member, any ? pointer + "/*" : json::child(pointer, name), fields);
    }
}

/// Address and field.
std::set<std::pair<std::string, std::string>> fields_of(const CommandLine& penstock) {
    std::set<std::pair<std::string, std::string>> all;
    for (const auto& [address, content] : test::contents_of(penstock)) {
        std::set<std::string> fields;
        collect(content, "", fields);
        for (const auto& field : fields) {
            all.emplace(address, field);
        }
    }
    return all;
}

const test::FixedField* fixed(const std::string& address, const std::string& field) {
    const auto& all = test::fixed_fields();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& known) {
        return known.kind == kind_of(address) && known.field == field;
    });
    return found == all.end() ? nullptr : &*found;
}

/// What goes ahead or stays as a whole: an account or an export.
std::string unit_of(const std::string& address) {
    return address.substr(0, address.rfind('.'));
}

std::map<std::string, std::string> etags(const CommandLine& penstock) {
    std::map<std::string, std::string> all;
    for (const auto& [id, entity] : penstock.platform.store().entities()) {
        const auto marked =
            model::split_description(json::Value(entity.body)["description"].as_string());
        if (marked.marker) {
            all[model::address(marked.marker->key)] = entity.etag;
        }
    }
    return all;
}

void check_audit(const json::Value& audit) {
    CHECK(audit["updated_by"] == json::Value("somebody@techacct.adobe.com"));
    CHECK(audit["updated_client"] == json::Value("somebody"));
    CHECK(audit["updated_at"].as_string().starts_with("2026-11-01T"));
}

/// Whether a pointer into content is that field.
bool is_field(const std::string& pointer, const std::string& field) {
    const auto given = json::steps(pointer);
    const auto wanted = json::steps(field);
    // A link is a single field, whichever way it leads.
    return given.front() == wanted.front() &&
           (wanted.back() == "entity" ||
            std::equal(
                given.begin(), given.end(), wanted.begin(), wanted.end(),
                [](const auto& step, const auto& want) { return want == "*" || want == step; }));
}

} // namespace

TEST_CASE("every field of an example can be changed by somebody, or is known to be fixed") {
    const ThreeExports scene;
    std::set<std::pair<std::string, std::string>> changed;
    for (const auto& edit : test::foreign_edits()) {
        changed.emplace(edit.address, edit.field);
    }
    const auto fields = fields_of(scene.penstock);
    for (const auto& entry : fields) {
        INFO(entry.first << " " << entry.second);
        CHECK(changed.contains(entry) != (fixed(entry.first, entry.second) != nullptr));
    }
    for (const auto& entry : changed) {
        INFO(entry.first << " " << entry.second);
        CHECK(fields.contains(entry));
    }
}

TEST_CASE("the platform refuses to change what is known to be fixed") {
    ThreeExports scene;
    auto& penstock = scene.penstock;
    std::size_t tried = 0;
    for (const auto& entry : fields_of(penstock)) {
        const auto& address = entry.first;
        const auto& field = entry.second;
        const auto* known = fixed(address, field);
        if (known == nullptr || known->pointer.empty()) {
            continue;
        }
        ++tried;
        const auto entity = penstock.platform.store().entities().at(test::id_of(penstock, address));
        json::Value block = json::Object{};
        auto pointer = known->pointer;
        if (const auto steps = json::steps(pointer); steps.size() == 2) {
            pointer = "/" + steps[0]; // which travels as a whole
            block = json::Value(entity.body)[steps[0]];
            block.make_object()[steps[1]] = "by hand";
        }
        const auto patch = json::write(json::Array{
            json::Object{{"op", "replace"}, {"path", pointer}, {"value", std::move(block)}}});
        const auto answer = test::as_somebody(penstock, http::Method::patch,
                                              test::path_of(penstock, address), patch, entity.etag);
        INFO(address << " " << field << " " << answer.body);
        CHECK(answer.status == 400);
        CHECK(etags(penstock)[address] == entity.etag);
    }
    CHECK(tried >= 20);
}

TEST_CASE("whatever somebody changes between plan and apply stops that export and no other") {
    ThreeExports scene;
    auto& penstock = scene.penstock;
    std::map<std::string, std::set<std::string>> planned; // of each account and export
    for (const auto& edit : test::git_edits()) {
        if (edit.block == "/description" || edit.block == "/params") {
            test::make(penstock, edit);
            planned[unit_of(edit.address)].insert(edit.address);
        }
    }
    REQUIRE(penstock({"plan", "--out", "all.json"}).code == 0);
    scene.keep();
    for (const auto& edit : test::foreign_edits()) {
        CAPTURE(edit.address);
        CAPTURE(edit.field);
        scene.go_back();
        edit.make(penstock);
        penstock.platform.settle();
        const auto before = etags(penstock);
        const auto result = penstock({"apply", "all.json"});
        INFO(result.out);
        CHECK(result.code == 5);
        CHECK(contains(result.out, "0 failed, 0 skipped, 1 stale"));
        CHECK(contains(result.out, edit.told));
        CHECK(contains(result.out, by_somebody));
        const auto after = etags(penstock);
        for (const auto& [unit, addresses] : planned) {
            for (const auto& address : addresses) {
                INFO(address);
                CHECK((after.at(address) == before.at(address)) == (unit == unit_of(edit.address)));
            }
        }
    }
}

TEST_CASE("an export that somebody changed is told field by field, and not applied, with 4") {
    ThreeExports scene;
    auto& penstock = scene.penstock;
    for (const auto& edit : test::git_edits()) {
        if (edit.block == "/description") {
            scene.go_back();
            test::make(penstock, edit);
            REQUIRE(penstock({"plan", "--out", unit_of(edit.address) + ".json"}).code == 0);
        }
    }
    for (const auto& edit : test::foreign_edits()) {
        if (unit_of(edit.address) == "ProfileStore") {
            continue; // no manifest of its own
        }
        CAPTURE(edit.address);
        CAPTURE(edit.field);
        scene.go_back();
        edit.make(penstock);
        penstock.platform.settle();
        const auto before = etags(penstock);
        const auto result = penstock({"apply", unit_of(edit.address) + ".json", "--json"});
        INFO(result.out);
        CHECK(result.code == 4);
        CHECK(etags(penstock) == before);
        const auto stale = json::parse(result.out).value()["stale"];
        REQUIRE(stale.as_array().size() == 1);
        CHECK(stale.as_array()[0]["address"] == json::Value(edit.address));
        check_audit(stale.as_array()[0]["audit"]);
        const auto fields = stale.as_array()[0]["fields"];
        const auto& list = fields.as_array();
        const auto found = std::find_if(list.begin(), list.end(), [&](const auto& field) {
            return is_field(field["path"].as_string(), edit.field);
        });
        REQUIRE(found != list.end());
        CHECK_FALSE((*found)["before"] == (*found)["now"]);
    }
}
