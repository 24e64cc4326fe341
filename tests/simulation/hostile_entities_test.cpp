#include "json/text.hpp"
#include "support/command_line.hpp"
#include "support/loyalty_manifest.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandLine;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Title, clear, a link, C1 as UTF-8, an override, an isolate, line ends, BEL, DEL.
constexpr std::string_view evil = "\x1b]0;t\x07\x1b[2J\x1b]8;;http://e.example\x1b\\x\xc2\x9b"
                                  "31m\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\r\nNo changes.\x7f";

/// True if nothing in `text` is obeyed by a terminal or forges a line.
bool is_harmless(std::string_view text) {
    for (const std::string_view bad : {"\x1b", "\x07", "\r", "\x7f", "\xc2\x9b", "\xe2\x80\xae",
                                       "\xe2\x81\xa6", "\xe2\x80\xa8", "\nNo changes."}) {
        if (text.find(bad) != std::string_view::npos) {
            return false;
        }
    }
    return true;
}

/// Changes what the platform has stored, as only the service itself could.
void change_stored(CommandLine& penstock, const std::function<void(json::Object& entity)>& change) {
    json::Value state = penstock.platform.save();
    for (auto& entity :
         state.make_object().find("store")->make_object().find("entities")->make_array()) {
        change(entity.make_object());
    }
    penstock.platform.load(state);
}

void append_to_texts(json::Value& value, std::string_view suffix) {
    if (value.is_string()) {
        value = value.as_string() + std::string(suffix);
    } else if (value.is_array()) {
        for (auto& element : value.make_array()) {
            append_to_texts(element, suffix);
        }
    } else if (value.is_object()) {
        json::Object changed;
        for (const auto& [name, member] : value.as_object()) {
            json::Value copy = member;
            append_to_texts(copy, suffix);
            changed.append(name, std::move(copy));
        }
        value = std::move(changed);
    }
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string result(text);
    return result.replace(result.find(from), from.size(), to);
}

/// Every command that shows what the service says, as text, on a terminal, and as JSON.
void check_all_commands(CommandLine& penstock) {
    const std::vector<std::vector<std::string>> commands{{"plan"},   {"drift"},
                                                         {"status"}, {"apply", "--auto-approve"},
                                                         {"status"}, {"destroy", "--auto-approve"}};
    for (const auto& words : commands) {
        const json::Value before = penstock.platform.save();
        for (const bool terminal : {false, true}) {
            penstock.terminal = terminal;
            auto quiet = words;
            quiet.emplace_back("--no-color");
            // Colour and progress of our own are off, so that any escape is somebody else's.
            quiet.emplace_back(terminal ? "--quiet" : "--no-color");
            penstock.platform.load(before);
            const auto result = penstock(quiet);
            INFO(words.front(), "\n", result.out, result.err);
            CHECK(is_harmless(result.out));
            CHECK(is_harmless(result.err));
        }
        penstock.terminal = false;
        penstock.platform.load(before);
        auto as_json = words;
        as_json.emplace_back("--json");
        const auto result = penstock(as_json);
        INFO(words.front(), "\n", result.out, result.err);
        CHECK(json::parse(result.out).has_value());
        CHECK(is_harmless(result.out));
        CHECK(is_harmless(result.err));
        penstock.platform.load(before);
    }
}

} // namespace

TEST_CASE("nothing that the service says of its entities reaches the terminal as it is") {
    // The markers stand at the end of a description, so that text goes before them or spoils them.
    for (const bool spoil_markers : {false, true}) {
        CAPTURE(spoil_markers);
        CommandLine penstock;
        penstock.write("exports/loyalty.yaml", test::loyalty_manifest());
        REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
        change_stored(penstock, [&](json::Object& entity) {
            auto& body = entity.find("body")->make_object();
            const std::string description = body["description"].as_string();
            const json::Value spec = body["connectionSpec"];
            const json::Value flow_spec = body["flowSpec"];
            const json::Value sources = body["sourceConnectionIds"];
            const json::Value targets = body["targetConnectionIds"];
            const json::Value base = body["baseConnectionId"];
            json::Value changed(body);
            append_to_texts(changed, evil);
            body = changed.as_object();
            const auto restore = [&](const char* name, const json::Value& value) {
                if (!value.is_null()) {
                    body[name] = value;
                } else {
                    body.erase(name);
                }
            };
            restore("connectionSpec", spec);
            restore("flowSpec", flow_spec);
            restore("sourceConnectionIds", sources);
            restore("targetConnectionIds", targets);
            restore("baseConnectionId", base);
            body["description"] = spoil_markers ? description + std::string(evil)
                                                : std::string(evil) + " " + description;
            entity["updatedBy"] = std::string(evil);
            entity["createdBy"] = std::string(evil);
            entity["etag"] = "\"e\"";
        });
        const auto drift = penstock({"drift"});
        INFO(drift.out, drift.err);
        CHECK((drift.code == 2 || spoil_markers));
        CHECK(contains(drift.out + drift.err, "\\x1b"));
        check_all_commands(penstock);
    }
}

TEST_CASE("nothing that the service says of a failure reaches the terminal as it is") {
    const std::string text = json::write(json::Value(evil));
    const std::string error = fmt::format(
        R"({{"errorCode":{0},"errorMessage":{0},"message":{0},"title":{0},"requestId":{0},)"
        R"("error":{0},"error_description":{0},"errorDetails":{0}}})",
        text);
    const std::string item = fmt::format(R"({{"items":[{{"id":{0}}},{{"id":{0}}}]}})", text);
    const std::string next =
        fmt::format(R"({{"items":[],"_links":{{"next":{{"href":{}}}}}}})",
                    json::write(json::Value("https://e.example/" + std::string(evil))));
    for (const char* path : {"/ims", "/flows", "/connections", "/targetConnections"}) {
        for (const int status : {200, 302, 400, 401, 403, 404, 409, 412, 422}) {
            for (const auto& body : {error, item, next, std::string(evil)}) {
                // Lists without a description or name are somebody else's.
                const bool answers = status == 200 && body == item;
                CAPTURE(path);
                CAPTURE(status);
                CommandLine penstock;
                penstock.write("exports/loyalty.yaml", test::loyalty_manifest());
                penstock.faults = json::write(json::Value(json::Array{json::Object{
                    {"path", path},
                    {"then", json::Object{{"status", status},
                                          {"headers", json::Object{{"x-request-id", evil},
                                                                   {"Content-Type", evil},
                                                                   {"Location", evil}}},
                                          {"body", body}}}}}));
                for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
                         {"plan"}, {"apply", "--auto-approve", "--json"}}) {
                    const auto result = penstock(words);
                    INFO(result.out, result.err);
                    CHECK((answers || result.code != 0));
                    CHECK(is_harmless(result.out));
                    CHECK(is_harmless(result.err));
                    CHECK((words.size() == 1 || json::parse(result.out).has_value()));
                }
            }
        }
    }
}

TEST_CASE("what the service adds is no difference, and a change of ours keeps it") {
    CommandLine penstock;
    penstock.write("exports/loyalty.yaml", test::loyalty_manifest());
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    change_stored(penstock, [](json::Object& entity) {
        auto& body = entity.find("body")->make_object();
        if (auto* params = body.find("params"); params != nullptr && params->is_object()) {
            auto& members = params->make_object();
            members["newParameter"] = json::Object{{"level", 7}, {"tags", json::Array{"a", 1.5}}};
            if (auto* options = members.find("csvOptions")) {
                options->make_object()["newOption"] = "kept";
            }
        }
        entity["state"] = "hibernating";
    });
    const auto plan = penstock({"plan", "--detailed-exitcode"});
    INFO(plan.out, plan.err);
    CHECK(plan.code == 0);
    CHECK(penstock({"drift"}).code == 0);
    const auto status = penstock({"status"});
    CHECK(status.code == 0);
    CHECK(contains(status.out, "hibernating"));

    penstock.write("exports/loyalty.yaml", test::loyalty_manifest("members"));
    change_stored(penstock, [](json::Object& entity) { entity["state"] = "enabled"; });
    // The emulator refuses what it does not know, so what it was sent is looked at.
    penstock({"apply", "--auto-approve"});
    const auto& log = penstock.platform.log();
    const auto sent = std::find_if(log.rbegin(), log.rend(),
                                   [](const auto& entry) { return entry.method == "PATCH"; });
    REQUIRE(sent != log.rend());
    INFO(sent->body);
    CHECK(contains(sent->body, R"("path":"members")"));
    CHECK(contains(sent->body, R"("newParameter":{"level":7,"tags":["a",1.5]})"));
    CHECK(contains(sent->body, R"("newOption":"kept")"));
}

TEST_CASE("enum values that nobody documents are shown as they are") {
    CommandLine penstock;
    penstock.write("exports/loyalty.yaml", test::loyalty_manifest());
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    json::Value state = penstock.platform.save();
    auto text = json::write(state);
    for (const auto& [known, unknown] :
         std::vector<std::pair<std::string, std::string>>{{"\"DAILY\"", "\"FORTNIGHTLY\""},
                                                          {"DAILY_FULL_EXPORT", "HOURLY_DELTA"},
                                                          {"\"day\"", "\"fortnight\""},
                                                          {"\"GZIP\"", "\"ZSTD\""}}) {
        for (auto at = text.find(known); at != std::string::npos;
             at = text.find(known, at + unknown.size())) {
            text.replace(at, known.size(), unknown);
        }
    }
    penstock.platform.load(json::parse(text).value());
    const auto drift = penstock({"drift"});
    INFO(drift.out, drift.err);
    CHECK(drift.code == 2);
    CHECK(contains(drift.out, "FORTNIGHTLY"));
    CHECK(contains(drift.out, "HOURLY_DELTA"));
    CHECK(contains(drift.out, "fortnight"));
    CHECK(contains(drift.out, "ZSTD"));
    CHECK(penstock({"plan", "--json"}).code == 0);
}

TEST_CASE("ids need not be UUIDs") {
    CommandLine penstock;
    penstock.write("exports/loyalty.yaml", test::loyalty_manifest());
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    auto text = json::write(penstock.platform.save());
    const json::Value state = penstock.platform.save();
    int number = 0;
    for (const auto& entity : state["store"]["entities"].as_array()) {
        const auto id = entity["id"].as_string();
        const auto other = fmt::format("f/{} ä%2F..?&#{}", ++number, id.substr(0, 4));
        for (auto at = text.find(id); at != std::string::npos; at = text.find(id)) {
            text.replace(at, id.size(), other);
        }
    }
    penstock.platform.load(json::parse(text).value());
    const auto plan = penstock({"plan", "--detailed-exitcode"});
    INFO(plan.out, plan.err);
    CHECK(plan.code == 0);
    penstock.write("exports/loyalty.yaml",
                   replaced(test::loyalty_manifest(), "endDate: 2028", "endDate: 2029"));
    const auto applied = penstock({"apply", "--auto-approve"});
    INFO(applied.out, applied.err);
    CHECK(applied.code == 0);
    const auto destroyed = penstock({"destroy", "--auto-approve"});
    INFO(destroyed.out, destroyed.err);
    CHECK(destroyed.code == 0);
}
