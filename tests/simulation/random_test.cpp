#include "json/text.hpp"
#include "model/marker.hpp"
#include "support/graphs.hpp"
#include "support/random.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// Random projects, edits in git and behind git's back, kills and behaviours of the service, all
/// from one seed.
class Story {
  public:
    explicit Story(std::uint64_t seed)
        : random_(seed), pool_(test::example_project()), world_(settings()) {
        std::erase_if(pool_.accounts, [](const auto& account) {
            const auto* destination = catalogue::Catalogue::embedded().find(account.destination);
            return !destination->takes(catalogue::Workflow::datasets);
        });
        project_ = pool_;
        project_.accounts.clear();
        project_.datasets.clear();
        project_.segments.clear();
        watch();
    }

    void tell() {
        make_foreign();
        const auto others = foreign();
        const int chapters = random_.number(2, 4);
        for (int chapter = 0; chapter < chapters; ++chapter) {
            trail_.push_back(fmt::format("chapter {}", chapter));
            edit();
            if (chapter > 0) {
                for (int i = random_.number(0, 2); i > 0; --i) {
                    edit_behind_git();
                }
            }
            const auto project = sorted();
            if (random_.one_in(2)) {
                const auto requests = static_cast<std::size_t>(random_.number(5, 60));
                trail_.push_back(fmt::format("kill after {}", requests));
                check_run(world_.apply(project, requests));
            }
            test::Run run;
            for (int i = 0; i < 3; ++i) {
                run = world_.apply(project);
                check_run(run);
                if (succeeded(run)) {
                    break;
                }
            }
            INFO(context());
            REQUIRE_MESSAGE(succeeded(run), test::complaints(run));
            const auto again = world_.plan(project);
            REQUIRE_MESSAGE(again.plan.empty(), test::complaints(again));
            CHECK(foreign() == others);
            check_equals_fresh(project);
        }
    }

  private:
    emulator::Settings settings() {
        emulator::Settings chosen;
        for (const auto& option : emulator::switches()) {
            // The first two make some changes impossible, which apply_test.cpp looks at; where
            // encryption belongs is data of the catalogue.
            if (option.name == "connection_patch" || option.name == "disabled_flow_patch" ||
                option.name == "encryption_place" || !random_.one_in(4)) {
                continue;
            }
            const auto value = static_cast<std::size_t>(
                random_.number(0, static_cast<int>(option.values.size()) - 1));
            option.set(chosen, value);
            trail_.push_back(fmt::format("{}={}", option.name, option.values[value]));
            if (option.name.starts_with("description_") && value != 0) {
                names_may_change_ = false; // the name is all that says whose the entity is
            }
            if (option.name.starts_with("description_") || option.name == "dataset_names") {
                comparable_ = comparable_ && value == 0;
            }
        }
        if (random_.one_in(4)) {
            chosen.patch_duration = Milliseconds{random_.number(0, 5000)};
        }
        return chosen;
    }

    void watch() {
        world_.options.parallelism = random_.one_in(3) ? 1 : random_.one_in(2) ? 8 : 64;
        world_.prepare = [this](test::InProcessTransport& transport) {
            transport.set_random_latency(Milliseconds{5}, Milliseconds{400}, random_.engine()());
            transport.intercept =
                [this](const http::Request& request) -> std::optional<http::Response> {
                check_links();
                check_secrets(request);
                return std::nullopt;
            };
            if (random_.one_in(3)) {
                const char* methods[] = {"POST", "PATCH", "DELETE", "GET"};
                const char* thens[] = {R"({"drop":"after"})", R"({"drop":"before"})",
                                       R"({"status":503})", R"({"status":500,"commit":true})",
                                       R"({"status":429,"headers":{"Retry-After":"2"}})"};
                const auto rules =
                    fmt::format(R"([{{"method":"{}","path":"/","nth":{},"then":{}}}])",
                                methods[random_.number(0, 3)], random_.number(1, 8),
                                thens[random_.number(0, 4)]);
                trail_.push_back(rules);
                transport.set_faults(*emulator::FaultPlan::parse(*json::parse(rules), 1));
            }
        };
    }

    void check_links() const {
        const auto& entities = world_.platform.store().entities();
        for (const auto& [id, entity] : entities) {
            for (const char* field : {"sourceConnectionIds", "targetConnectionIds"}) {
                if (const auto* links = entity.body.find(field)) {
                    for (const auto& link : links->as_array()) {
                        if (!entities.contains(link.as_string())) {
                            INFO(context());
                            FAIL("dataflow ", id, " points to a deleted connection");
                        }
                    }
                }
            }
        }
    }

    void check_secrets(const http::Request& request) const {
        const bool connection = request.url.find("/connections") != std::string::npos;
        for (const std::string secret : {"wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYAA", "ROTATED"}) {
            INFO(context());
            INFO(request.url);
            REQUIRE(request.url.find(secret) == std::string::npos);
            REQUIRE((connection || request.body.find(secret) == std::string::npos));
        }
    }

    void add_account() {
        auto account = random_.any(pool_.accounts);
        account.metadata.name = fmt::format("account-{}", ++names_);
        trail_.push_back("add account " + account.metadata.name + " " + account.destination);
        project_.accounts.push_back(account);
    }

    manifest::DatasetExport made_for(const manifest::Account& account) {
        std::vector<manifest::DatasetExport> fitting;
        for (const auto& document : pool_.datasets) {
            if (document.slug == account.destination) {
                fitting.push_back(document);
            }
        }
        auto document = random_.any(fitting);
        document.account = account.metadata.name;
        if (!document.schedule.end_time) {
            if (random_.one_in(4)) {
                comparable_ = false; // the service's own end depends on the hour of creation
            } else {
                document.schedule.end_time = 1830312000;
            }
        }
        return document;
    }

    void add_export() {
        auto document = made_for(random_.any(project_.accounts));
        document.metadata.name = fmt::format("export-{}", ++names_);
        trail_.push_back("add " + document.metadata.name + " to " + document.account);
        project_.datasets.push_back(document);
        change(project_.datasets.back());
    }

    void change(manifest::DatasetExport& document) {
        const int what = random_.number(0, 9);
        trail_.push_back(fmt::format("change {} of {}", what, document.metadata.name));
        switch (what) {
        case 0:
            document.description =
                random_.one_in(3) ? "" : fmt::format("Für {} – \"x\" ]", random_.number(1, 5));
            break;
        case 1:
            document.enabled = !document.enabled;
            break;
        case 2:
            document.schedule.start_time += 3600 * random_.number(1, 3);
            break;
        case 3:
            document.schedule.frequency =
                static_cast<manifest::DatasetFrequency>(random_.number(0, 5));
            break;
        case 4: {
            document.datasets.clear();
            const auto count = random_.number(1, 4);
            const auto start = random_.number(0, 3);
            const auto list = emulator::Settings::default_datasets();
            for (int i = 0; i < count; ++i) {
                const auto& dataset = list[static_cast<std::size_t>(start + i) % list.size()];
                document.datasets.push_back({dataset.id, dataset.name});
            }
            break;
        }
        case 5:
            document.datasets.front().name = fmt::format("Name {}", random_.number(1, 3));
            break;
        case 6:
            document.foldername_template = random_.one_in(2) ? "" : "%DATASET_ID%";
            break;
        case 7:
            document.destination["datasetFileType"] = "PARQUET";
            document.destination["compression"] = random_.one_in(2) ? "GZIP" : "NONE";
            break;
        case 8:
            for (const char* field : {"path", "remotePath"}) {
                if (document.destination.contains(field)) {
                    document.destination[field] = fmt::format("place/{}", random_.number(1, 4));
                }
            }
            break;
        default:
            document.metadata.name = fmt::format("export-{}", ++names_);
            break;
        }
    }

    void edit() {
        if (project_.accounts.empty()) {
            for (int i = random_.number(1, 3); i > 0; --i) {
                add_account();
            }
            for (int i = random_.number(1, 6); i > 0; --i) {
                add_export();
            }
            return;
        }
        for (int i = random_.number(1, 4); i > 0; --i) {
            edit_once(random_.number(0, 9));
        }
    }

    void edit_once(int what) {
        auto& exports = project_.datasets;
        if (what == 0 && exports.size() < 6) {
            add_export();
        } else if (what == 1 && exports.size() > 1) {
            trail_.push_back("remove " + exports.back().metadata.name);
            exports.pop_back();
        } else if (what == 2) {
            edit_account();
        } else if (what == 3 && project_.accounts.size() < 3) {
            add_account();
        } else if (what == 4 && exports.size() > 1) {
            trail_.push_back("swap names");
            std::swap(exports[0].metadata.name, exports[1].metadata.name);
        } else if (what == 5) {
            auto& document = random_.any(exports);
            const auto& account = random_.any(project_.accounts);
            trail_.push_back("move " + document.metadata.name + " to " + account.metadata.name);
            move(document, account);
        } else if (what == 6) {
            rename_account();
        } else if (what == 7) {
            rotate();
        } else {
            change(random_.any(exports));
        }
    }

    /// To another account, maybe of another destination.
    void move(manifest::DatasetExport& document, const manifest::Account& account) {
        auto moved = made_for(account);
        moved.metadata.name = document.metadata.name;
        document = moved;
    }

    void rotate() {
        trail_.push_back("rotate");
        for (const auto& account : project_.accounts) {
            const auto* auth = std::get_if<manifest::AccountAuth>(&account.connection);
            for (const auto& parameter : auth->params) {
                const auto* kept = std::get_if<secrets::SecretReference>(&parameter.value);
                if (kept != nullptr && parameter.name != "s3AccessKey") {
                    world_.secrets.values[secrets::describe(*kept)] =
                        fmt::format("{:0>33}ROTATED", random_.number(1, 99));
                }
            }
        }
    }

    void edit_account() {
        auto& account = random_.any(project_.accounts);
        if (random_.one_in(2)) {
            trail_.push_back("describe " + account.metadata.name);
            account.description = fmt::format("Account {}", random_.number(1, 3));
            return;
        }
        // Another destination or way to authenticate under the same name.
        auto other = random_.any(pool_.accounts);
        other.metadata.name = account.metadata.name;
        trail_.push_back("turn " + account.metadata.name + " into " + other.destination);
        account = other;
        for (auto& document : project_.datasets) {
            if (document.account == account.metadata.name && document.slug != account.destination) {
                move(document, account);
            }
        }
    }

    void rename_account() {
        auto& account = random_.any(project_.accounts);
        const auto name = fmt::format("account-{}", ++names_);
        trail_.push_back("rename " + account.metadata.name + " to " + name);
        for (auto& document : project_.datasets) {
            if (document.account == account.metadata.name) {
                document.account = name;
            }
        }
        account.metadata.name = name;
    }

    manifest::Manifests sorted() const {
        auto project = project_;
        const auto by_name = [](const auto& a, const auto& b) {
            return a.metadata.name < b.metadata.name;
        };
        std::sort(project.accounts.begin(), project.accounts.end(), by_name);
        std::sort(project.datasets.begin(), project.datasets.end(), by_name);
        return project;
    }

    void make_foreign() {
        for (
            const char* body :
            {R"({"name":"theirs","description":"d","connectionSpec":{"id":"23598e46-f560-407b-88d5-ea6207e49db0","version":"1.0"},"params":{"datasets":[{"dataSetId":"5ef3e3259ad2a1191ab7dd7d","name":"n"}]}})",
             R"({"name":"other-team/x","description":"[penstock other-team/source/x 0123456789abcdef]","connectionSpec":{"id":"23598e46-f560-407b-88d5-ea6207e49db0","version":"1.0"},"params":{"datasets":[{"dataSetId":"5ef3e3259ad2a1191ab7dd7d","name":"n"}]}})"}) {
            REQUIRE(world_.as_somebody(http::Method::post, "/sourceConnections", body).status ==
                    201);
        }
        theirs_ = foreign_ids();
    }
    std::set<std::string> foreign_ids() const {
        std::set<std::string> ids;
        for (const auto& [id, entity] : world_.platform.store().entities()) {
            ids.insert(id);
        }
        return ids;
    }
    std::vector<std::string> foreign() const {
        std::vector<std::string> list;
        for (const auto& id : theirs_) {
            const auto found = world_.platform.store().entities().find(id);
            list.push_back(found == world_.platform.store().entities().end()
                               ? "gone"
                               : found->second.etag + json::write(found->second.body));
        }
        return list;
    }

    void edit_behind_git() {
        std::vector<std::pair<std::string, emulator::Kind>> ours;
        for (const auto& [id, entity] : world_.platform.store().entities()) {
            if (!theirs_.contains(id)) {
                ours.emplace_back(id, entity.kind);
            }
        }
        if (ours.empty()) {
            return;
        }
        const auto [id, kind] = random_.any(ours);
        const auto path = fmt::format("/{}/{}", emulator::collection_name(kind), id);
        const int what = random_.number(0, 5);
        http::Response response;
        const auto patch = [&](const std::string& field, const std::string& value) {
            response = world_.as_somebody(
                http::Method::patch, path,
                fmt::format(R"([{{"op":"replace","path":"{}","value":{}}}])", field, value));
        };
        if (what == 0) {
            response = world_.as_somebody(http::Method::del, path);
        } else if (what == 1 && names_may_change_) {
            patch("/name", "\"renamed by hand\"");
        } else if (what == 2) {
            const auto& body = world_.platform.store().entities().at(id).body;
            const auto* description = body.find("description");
            patch("/description",
                  json::write(json::Value("By hand " + (description == nullptr
                                                            ? std::string()
                                                            : description->as_string()))));
        } else if (kind == emulator::Kind::flow) {
            if (what == 3) {
                patch(
                    "/scheduleParams",
                    R"({"timeUnit":"day","interval":1,"startTime":1796083200,"endTime":1827619200})");
            } else {
                response = world_.as_somebody(
                    http::Method::post, path + "/action?op=" + (what == 4 ? "enable" : "disable"));
            }
            if (random_.one_in(2)) {
                world_.clock.advance(Milliseconds{10'000});
            }
        }
        trail_.push_back(fmt::format("behind git: {} {} -> {}", path, what, response.status));
    }

    void check_run(const test::Run& run) const {
        check_links();
        std::map<std::string, int> patches;
        for (const auto& request : run.requests) {
            if (request.method == "PATCH" && request.status >= 200 && request.status < 300) {
                INFO(context());
                CHECK_MESSAGE(++patches[request.path] == 1, request.path);
            }
        }
    }

    static bool succeeded(const test::Run& run) {
        return !run.error && !run.stopped &&
               run.report.count(execute::StepStatus::done) == run.plan.steps.size() &&
               !run.plan.blocked();
    }

    void check_equals_fresh(const manifest::Manifests& project) {
        if (!comparable_) {
            return;
        }
        World other;
        other.clock.set(world_.clock.now());
        other.secrets.values = world_.secrets.values;
        (void)other.apply(project);
        INFO(context());
        const auto have = world_.managed_state(project_.project.metadata.name);
        const auto want = other.managed_state(project_.project.metadata.name);
        REQUIRE_MESSAGE(have == want, fmt::format("\n{}\n--- fresh:\n{}", fmt::join(have, "\n"),
                                                  fmt::join(want, "\n")));
    }

    std::string context() const { return fmt::format("{}", fmt::join(trail_, "\n")); }

    std::vector<std::string> trail_;
    test::Random random_;
    bool comparable_ = true;
    bool names_may_change_ = true;
    manifest::Manifests pool_;
    World world_;
    manifest::Manifests project_;
    std::set<std::string> theirs_;
    int names_ = 0;
};

} // namespace

TEST_CASE("random projects, edits, drift, faults and kills end in what git says, and stay there") {
    // One failing seed: PENSTOCK_SEED=17 PENSTOCK_SEEDS=1; a long search: PENSTOCK_SEEDS=5000.
    const auto first = test::environment_number("PENSTOCK_SEED", 1);
    const auto count = test::environment_number("PENSTOCK_SEEDS", 100);
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        INFO("seed ", seed);
        Story(seed).tell();
    }
}
