#include "json/text.hpp"
#include "model/marker.hpp"
#include "support/command_line.hpp"
#include "support/random.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace penstock;
using test::CommandLine;
using Words = std::vector<std::string>;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string account(std::string_view name, std::string_view labels) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: Account
metadata: {{name: {0}, labels: {1}}}
spec:
  destination: amazon-s3
  auth:
    specName: Access Key
    params:
      s3AccessKey: {{env: S3_ACCESS_KEY}}
      s3SecretKey: {{env: S3_SECRET_KEY}}
)",
                       name, labels);
}

std::string export_of(std::string_view name, std::string_view labels, std::string_view path,
                      std::string_view account = "s3") {
    return fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {0}, labels: {1}}}
spec:
  account: {3}
  destination: {{bucketName: demo-bucket, path: {2}, datasetFileType: PARQUET, compression: NONE}}
  datasets:
    - {{id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}}
  schedule: {{frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}}
)",
                       name, labels, path, account);
}

const std::map<std::string, std::string> labels{
    {"orders", "{team: crm, tier: gold}"},
    {"visits", "{team: crm}"},
    {"clicks", "{team: web}"},
};

void write_exports(CommandLine& penstock, const std::string& path) {
    for (const auto& [name, words] : labels) {
        penstock.write("exports/" + name + ".yaml", export_of(name, words, path));
    }
}

/// Three exports with labels and one without, all of account s3; applied.
void set_scene(CommandLine& penstock) {
    write_exports(penstock, "old");
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
}

/// What is stored, by the name of the manifest that it realises and its id.
std::map<std::string, std::map<std::string, std::string>> stored(const CommandLine& penstock) {
    std::map<std::string, std::map<std::string, std::string>> result;
    for (const auto& [id, entity] : penstock.platform.store().entities()) {
        const json::Value body(entity.body);
        const auto marked = model::split_description(body["description"].as_string());
        if (marked.marker) {
            result[marked.marker->key.name][id] = json::write(body);
        }
    }
    return result;
}

/// Names of the exports that a plan changes.
std::set<std::string> planned(CommandLine& penstock, Words words) {
    words.insert(words.begin(), {"plan", "--json"});
    const auto result = penstock(words);
    INFO(result.out, result.err);
    REQUIRE(result.code == 0);
    const auto document = json::parse(result.out).value();
    std::set<std::string> names;
    for (const auto& change : document["resource_changes"].as_array()) {
        names.insert(change["name"].as_string());
    }
    return names;
}

using Names = std::set<std::string>;

/// Exports with labels, applied once; since then some were moved, labelled anew or taken out.
class LabelledProject {
  public:
    /// Words for apply or destroy, and the exports that these choose.
    struct Order {
        Words words;
        std::set<std::string> chosen;
    };

    explicit LabelledProject(test::Random& random) : random_(random) {
        penstock.remove("exports/devices.yaml");
        penstock.remove("accounts/s3.yaml");
        for (const char* name : {"one", "two"}) {
            penstock.write(fmt::format("accounts/{}.yaml", name), account(name, any_labels()));
        }
        for (int i = 0; i < 6; ++i) {
            names.insert(fmt::format("e{}", i));
        }
        for (const auto& name : names) {
            write(name, any_labels(), "old");
        }
        REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
        for (const auto& name : names) {
            if (random_.one_in(3)) {
                penstock.remove("exports/" + name + ".yaml");
            } else {
                described_[name] = {random_.number(1, 3), random_.number(1, 3)};
                write(name, labels_of(described_[name]), "new");
            }
        }
    }

    /// Nothing if nothing would narrow it.
    std::optional<Order> any_order() {
        Order order{{random_.one_in(2) ? "apply" : "destroy", "--auto-approve"}, {}};
        for (const auto& item : described_) {
            order.chosen.insert(item.first);
        }
        if (random_.one_in(2)) {
            const auto team = random_.number(1, 3);
            order.words.insert(order.words.end(), {"-l", fmt::format("team!=t{}", team)});
            std::erase_if(order.chosen,
                          [&](const auto& name) { return described_[name].first == team; });
        }
        if (random_.one_in(2)) {
            const auto tier = random_.number(1, 3);
            order.words.insert(order.words.end(), {"-l", fmt::format("tier in (g{}, gx)", tier)});
            std::erase_if(order.chosen,
                          [&](const auto& name) { return described_[name].second != tier; });
        }
        if ((order.words.size() == 2 || random_.one_in(2)) && !add_targets(order)) {
            return std::nullopt;
        }
        return order;
    }

    CommandLine penstock;
    std::set<std::string> names;

  private:
    using Labels = std::pair<int, int>; ///< team and tier

    static std::string labels_of(const Labels& pair) {
        return fmt::format("{{team: t{}, tier: g{}}}", pair.first, pair.second);
    }

    std::string any_labels() { return labels_of({random_.number(1, 3), random_.number(1, 3)}); }

    void write(const std::string& name, const std::string& label_text, std::string_view path) {
        penstock.write("exports/" + name + ".yaml",
                       export_of(name, label_text, path, random_.one_in(2) ? "one" : "two"));
    }

    bool add_targets(Order& order) {
        std::set<std::string> targets;
        for (const auto& item : described_) {
            if (random_.one_in(2)) {
                targets.insert(item.first);
                order.words.insert(order.words.end(), {"--target", item.first});
            }
        }
        std::erase_if(order.chosen, [&](const auto& name) { return !targets.contains(name); });
        return !targets.empty();
    }

    test::Random& random_;
    std::map<std::string, Labels> described_;
};

} // namespace

TEST_CASE("paths, labels and targets narrow a plan together") {
    CommandLine penstock;
    set_scene(penstock);
    write_exports(penstock, "new");
    CHECK(planned(penstock, {"-l", "team=crm"}) == Names{"orders", "visits"});
    CHECK(planned(penstock, {"--selector", "team=crm", "-l", "tier!=gold"}) == Names{"visits"});
    CHECK(planned(penstock, {"--selector=team in (crm,web)", "exports/orders.yaml",
                             "exports/clicks.yaml"}) == Names{"clicks", "orders"});
    CHECK(planned(penstock, {"--target", "orders", "--target", "clicks.flow"}) ==
          Names{"clicks", "orders"});
    CHECK(planned(penstock, {"--target", "orders.source", "--target", "clicks", "-l",
                             "team=web"}) == Names{"clicks"});
    CHECK(planned(penstock, {"--target", "s3"}).empty());
    CHECK(planned(penstock, {"--target", "s3.base"}).empty());
    CHECK(planned(penstock, {"-l", "!team"}).empty()); // devices and the account
    CHECK(planned(penstock, {}) == Names{"clicks", "orders", "visits"});
}

TEST_CASE("a narrowed apply, drift, status and destroy leave the rest alone") {
    CommandLine penstock;
    set_scene(penstock);
    write_exports(penstock, "new");
    penstock.remove("exports/clicks.yaml");
    const auto before = stored(penstock);
    CHECK(penstock({"apply", "--auto-approve", "-l", "tier=gold"}).code == 0);
    auto after = stored(penstock);
    CHECK(after["orders"] != before.at("orders"));
    for (const char* name : {"visits", "clicks", "devices", "s3"}) {
        CAPTURE(name);
        CHECK(after[name] == before.at(name));
    }
    const auto status = penstock({"status", "-l", "team=crm"});
    CHECK(contains(status.out, "visits"));
    CHECK_FALSE(contains(status.out, "clicks"));
    CHECK_FALSE(contains(status.out, "devices"));
    CHECK(penstock({"drift", "--target", "orders"}).code == 0);

    CHECK(penstock({"destroy", "--auto-approve", "--target", "visits"}).code == 0);
    after = stored(penstock);
    CHECK_FALSE(after.contains("visits"));
    for (const char* name : {"clicks", "devices", "s3"}) {
        CHECK(after[name] == before.at(name));
    }
}

TEST_CASE("a selection that chooses nothing is an error with a hint, before any request") {
    CommandLine penstock;
    set_scene(penstock);
    struct Row {
        Words words;
        const char* message;
        const char* hint;
    };
    const std::vector<Row> rows{
        {{"-l", "taem=crm"},
         "no account and no export has labels for `taem=crm`",
         "did you mean team?"},
        {{"-l", "tier=glod"}, "labels for `tier=glod`", "did you mean gold?"},
        {{"-l", "team=finance"}, "labels for `team=finance`", "values of team are crm and web"},
        {{"-l", "team=web,tier=gold"}, "labels for `team=web,tier=gold`", "all of them by none"},
        {{"-l", "team=web", "-l", "tier=gold"}, "nothing is chosen", "each narrow"},
        {{"-l", "team=web", "exports/orders.yaml"}, "nothing is chosen", "each narrow"},
        {{"--target", "order"}, "describe no account or export order", "did you mean orders?"},
        {{"--target", "s4.base"}, "describe no account s4", "did you mean s3?"},
        {{"--target", "s3.flow"}, "describe no export s3", "no longer describe"},
        {{"--target", "orders.flwo"}, "orders.flwo is no address", ".flow"},
        {{"--target", "orders", "--target", "nowhere"}, "no account or export nowhere", ""},
        {{"exports/ordrs.yaml"},
         "comes from exports/ordrs.yaml",
         "did you mean exports/orders.yaml?"},
    };
    for (const char* command : {"plan", "apply", "drift", "destroy", "status"}) {
        for (const auto& [words, message, hint] : rows) {
            Words all{command};
            if (all[0] == "apply" || all[0] == "destroy") {
                all.emplace_back("--auto-approve");
            }
            all.insert(all.end(), words.begin(), words.end());
            const auto result = penstock(all);
            CAPTURE(command);
            INFO(result.err);
            CHECK(result.code == 3);
            CHECK(contains(result.err, message));
            CHECK(contains(result.err, hint));
            CHECK(result.requests.empty());
        }
    }
}

TEST_CASE("an account and an export of one name are told apart by an address") {
    CommandLine penstock;
    penstock.write("exports/s3.yaml", export_of("s3", "{}", "x"));
    const auto both = penstock({"plan", "--target", "s3"});
    CHECK(both.code == 3);
    CHECK(contains(both.err, "write s3.base for the account, or s3.flow for the export"));
    const auto account = penstock({"plan", "--target", "s3.base"});
    CHECK(contains(account.out, "Plan: 1 to add"));
    CHECK(contains(penstock({"plan", "--target", "s3.flow"}).out, "Plan: 4 to add"));
}

TEST_CASE("flags that say nothing, or nothing sound, are wrong before any work") {
    CommandLine penstock;
    for (const Words& words :
         {Words{"plan", "-l", ""}, Words{"plan", "-l", "team in ("},
          Words{"destroy", "--auto-approve", "--target", ""}, Words{"plan", "-l", "team", "-l", ""},
          Words{"plan", "-l"}, Words{"destroy", "--allow-deletes", "1"},
          Words{"plan", "--allow-deletes", "-1"}, Words{"plan", "--allow-deletes", "all"}}) {
        const auto result = penstock(words);
        INFO(result.err);
        CHECK(result.code == 1);
        CHECK(result.requests.empty());
    }
}

TEST_CASE("a saved plan is applied with the selection that it was made with") {
    CommandLine penstock;
    set_scene(penstock);
    write_exports(penstock, "new");
    penstock.remove("exports/clicks.yaml");
    const auto before = stored(penstock);
    REQUIRE(penstock({"plan", "--out", "plan.json", "-l", "team=crm", "--target", "orders",
                      "--target", "visits", "-l", "tier"})
                .code == 0);
    const auto shown = penstock({"show", "plan.json"});
    CHECK(contains(shown.out, "Narrowed to --selector team=crm and --selector tier\n"
                              "Narrowed to --target orders and --target visits\n"));
    for (const Words& words : {Words{"-l", "team=crm"}, Words{"--target", "orders"}}) {
        Words all{"apply", "plan.json"};
        all.insert(all.end(), words.begin(), words.end());
        const auto result = penstock(all);
        CHECK(result.code == 1);
        CHECK(result.requests.empty());
    }
    CHECK(penstock({"apply", "plan.json"}).code == 0);
    auto after = stored(penstock);
    CHECK(after["orders"] != before.at("orders"));
    for (const char* name : {"visits", "clicks", "devices", "s3"}) {
        CHECK(after[name] == before.at(name));
    }
}

TEST_CASE("a selection counts all exports that share an account, chosen or not") {
    CommandLine penstock;
    penstock.write("exports/visits.yaml", export_of("visits", "{team: crm}", "visits"));
    penstock.write("exports/clicks.yaml", export_of("clicks", "{team: web}", "clicks"));
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.variables["S3_SECRET_KEY"] = "cccccccccccccccccccccccccccccccccccccccc";
    for (const auto& words : {Words{"plan"}, Words{"plan", "--target", "visits"},
                              Words{"plan", "-l", "team=crm"}, Words{"plan", "--target", "s3"}}) {
        const auto result = penstock(words);
        CAPTURE(fmt::format("{}", fmt::join(words, " ")));
        CHECK(contains(result.out, "! 3 exports share this account"));
    }
    penstock.remove("exports/clicks.yaml");
    CHECK(contains(penstock({"plan"}).out, "! 2 exports share this account"));
}

TEST_CASE("an account that cannot go while others use it is made beside the old one") {
    CommandLine penstock;
    penstock.write("accounts/old.yaml", account("old", "{}"));
    for (const char* name : {"orders", "visits"}) {
        penstock.write(fmt::format("exports/{}.yaml", name), export_of(name, "{}", name, "old"));
    }
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.variables["S3_ROLE"] = "arn:aws:iam::123456789012:role/exports";
    auto text = account("old", "{}");
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{"specName: Access Key", "specName: Assumed Role"},
          {"      s3AccessKey: {env: S3_ACCESS_KEY}\n      s3SecretKey: {env: S3_SECRET_KEY}\n",
           "      s3Role: {env: S3_ROLE}\n"}}) {
        REQUIRE(text.find(from) != std::string::npos);
        text.replace(text.find(from), from.size(), to);
    }
    penstock.write("accounts/old.yaml", text);
    const auto plan = penstock({"plan", "--target", "orders"});
    INFO(plan.out, plan.err);
    CHECK(contains(plan.out, "+ old.base  base connection  will be created (cannot be changed in "
                             "place; the old one stays)"));
    CHECK(contains(plan.out, "Plan: 3 to add, 0 to change, 2 to destroy."));
    CHECK(contains(penstock({"apply", "--auto-approve", "--target", "orders"}).out,
                   "Resources: 3 added, 0 changed, 2 destroyed."));
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(contains(penstock({"plan"}).out, "No changes."));
}

TEST_CASE("no selection touches what it does not choose") {
    test::Random random(20261122);
    for (int round = 0; round < 40; ++round) {
        CAPTURE(round);
        LabelledProject project(random);
        const auto before = stored(project.penstock);
        const auto order = project.any_order();
        if (!order) {
            continue;
        }
        const auto result = project.penstock(order->words);
        INFO(fmt::format("{}", fmt::join(order->words, " ")), result.out, result.err);
        auto after = stored(project.penstock);
        for (const auto& name : project.names) {
            CAPTURE(name);
            if (!order->chosen.contains(name)) {
                CHECK(after[name] == before.at(name));
            } else if (order->words[0] == "destroy") {
                CHECK_FALSE(after.contains(name));
            }
        }
    }
}
