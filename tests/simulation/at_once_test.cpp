#include "cli/apply_outcome.hpp"
#include "plan/meanwhile.hpp"
#include "render/apply_report.hpp"
#include "story/sandbox.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace penstock;
using story::Order;
using story::Outcome;
using test::desired_of;

namespace {

constexpr std::uint64_t seeds = 12;

/// Two exports of segments whose files are encrypted with the key of that variable.
manifest::Manifests encrypted_with(const std::string& variable) {
    auto project = test::segment_project();
    auto& auth = std::get<manifest::AccountAuth>(project.accounts[0].connection);
    auth.encryption = manifest::Encryption{"PGPGPG", secrets::EnvironmentVariable{variable}};
    project.segments.push_back(test::segment_export("other"));
    return project;
}

/// A sandbox of its own for one seed, without faults.
class Stage {
  public:
    explicit Stage(std::uint64_t seed, bool descriptions = true)
        : seed_(seed), journal_(seed), settings_(of(seed, descriptions)),
          sandbox_(settings_, canaries_, journal_) {}

    Outcome apply(const model::DesiredGraph& desired) {
        const auto order = order_of(desired, 0);
        auto outcome = sandbox_.run(order);
        sandbox_.wait(Milliseconds{60'000});
        return outcome;
    }

    /// Each starts so many milliseconds after the one before.
    std::vector<Outcome> apply_at_once(const std::vector<const model::DesiredGraph*>& all,
                                       int apart, Milliseconds lag = Milliseconds{0}) {
        std::vector<Order> orders;
        for (std::size_t i = 0; i < all.size(); ++i) {
            orders.push_back(order_of(*all[i], static_cast<int>(i) * apart));
            orders.back().list_lag = lag;
        }
        auto outcomes = sandbox_.run_at_once(orders);
        sandbox_.wait(Milliseconds{60'000});
        return outcomes;
    }

    /// Until nothing counts as made by a run that may be at work.
    void let_runs_end() { sandbox_.wait(Milliseconds{plan::run_at_work}); }

    /// Until the dataflow that was made first is so old.
    void wait_until_made_for(Milliseconds age) {
        auto first = std::numeric_limits<std::int64_t>::max();
        for (const auto& [id, entity] : sandbox_.platform.store().entities()) {
            if (entity.kind == emulator::Kind::flow) {
                first = std::min(first, entity.created_at);
            }
        }
        sandbox_.wait(
            Milliseconds{first + age.count() - sandbox_.clock.now().time_since_epoch().count()});
    }

    bool is_as(const model::DesiredGraph& desired) {
        auto order = order_of(desired, 0);
        order.apply = false;
        return sandbox_.run(order).run.plan.empty();
    }

    [[nodiscard]] std::size_t flows_of(const std::string& name) const {
        const auto& entities = sandbox_.platform.store().entities();
        return static_cast<std::size_t>(
            std::count_if(entities.begin(), entities.end(), [&](const auto& entry) {
                const auto* description = entry.second.body.find("description");
                return entry.second.kind == emulator::Kind::flow && description != nullptr &&
                       description->as_string().find(fmt::format("/flow/{} ", name)) !=
                           std::string::npos;
            }));
    }

    [[nodiscard]] std::size_t flows() const {
        const auto& entities = sandbox_.platform.store().entities();
        return static_cast<std::size_t>(
            std::count_if(entities.begin(), entities.end(), [](const auto& entry) {
                return entry.second.kind == emulator::Kind::flow;
            }));
    }

  private:
    static emulator::Settings of(std::uint64_t seed, bool descriptions) {
        emulator::Settings settings;
        settings.seed = seed;
        if (!descriptions) {
            settings.description_connection = emulator::Description::drop;
            settings.description_source = emulator::Description::drop;
            settings.description_target = emulator::Description::drop;
            settings.description_flow = emulator::Description::drop;
        }
        return settings;
    }

    Order order_of(const model::DesiredGraph& desired, int starts_in) {
        Order order;
        order.desired = &desired;
        order.seed = seed_ * 101 + ++runs_;
        order.starts_in = Milliseconds{starts_in};
        return order;
    }

    std::uint64_t seed_;
    std::uint64_t runs_ = 0;
    story::Canaries canaries_;
    story::Journal journal_;
    emulator::Settings settings_;
    story::Sandbox sandbox_;
};

} // namespace

TEST_CASE("applies with different keys at once lose no export, and none says that all is well") {
    const auto before = desired_of(encrypted_with("PGP_KEY"));
    const auto one = desired_of(encrypted_with("PGP_KEY_ONE"));
    const auto two = desired_of(encrypted_with("PGP_KEY_TWO"));
    for (const int apart : {0, 500, 1000, 2000, 4000, 8000}) {
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            INFO("seed ", seed, ", ", apart, " ms apart");
            Stage stage(seed);
            REQUIRE(stage.apply(before).is_success());
            const auto outcomes = stage.apply_at_once({&one, &two}, apart);
            CHECK(stage.flows_of("loyalty") >= 1);
            CHECK(stage.flows_of("other") >= 1);
            const bool said_so = !outcomes[0].is_success() || !outcomes[1].is_success();
            CHECK((stage.flows() == 2 || said_so));
        }
    }
}

TEST_CASE(
    "two commits that are applied at once again and again never leave an export without one") {
    const auto before = desired_of(encrypted_with("PGP_KEY"));
    const auto one = desired_of(encrypted_with("PGP_KEY_ONE"));
    const auto two = desired_of(encrypted_with("PGP_KEY_TWO"));
    for (const int apart : {0, 500}) {
        for (const int lag : {0, 5000}) {
            for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
                INFO("seed ", seed, ", ", apart, " ms apart, a lag of ", lag, " ms");
                Stage stage(seed);
                REQUIRE(stage.apply(before).is_success());
                for (int night = 1; night <= 3; ++night) {
                    INFO("night ", night);
                    (void)stage.apply_at_once({&one, &two}, apart, Milliseconds{lag});
                    CHECK(stage.flows_of("loyalty") >= 1);
                    CHECK(stage.flows_of("other") >= 1);
                    stage.let_runs_end();
                }
                CHECK(stage.apply(two).is_success());
                CHECK(stage.flows() == 2);
            }
        }
    }
}

TEST_CASE("first applies with different auth specs or schedules at once lose no export") {
    const auto project = test::small_project();
    auto changed = project;
    SUBCASE("auth spec") {
        changed.accounts[0].connection = manifest::AccountAuth{
            "Assumed Role", {{"s3Role", json::Value("arn:aws:iam::123456789012:role/x")}}};
    }
    SUBCASE("schedule") {
        changed.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    }
    const auto one = desired_of(project);
    const auto two = desired_of(changed);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        INFO("seed ", seed);
        Stage stage(seed);
        const auto outcomes = stage.apply_at_once({&one, &two}, static_cast<int>(seed % 5) * 300);
        CHECK(stage.flows() >= 1);
        CHECK((stage.flows() == 1 || !outcomes[0].is_success() || !outcomes[1].is_success()));
    }
}

TEST_CASE("where answers come without descriptions, applies at once lose no export either") {
    const auto project = test::small_project();
    auto changed = project;
    SUBCASE("the same") {}
    SUBCASE("auth spec") {
        changed.accounts[0].connection = manifest::AccountAuth{
            "Assumed Role", {{"s3Role", json::Value("arn:aws:iam::123456789012:role/x")}}};
    }
    SUBCASE("schedule") {
        changed.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    }
    const auto one = desired_of(project);
    const auto two = desired_of(changed);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        INFO("seed ", seed);
        Stage stage(seed, false);
        const auto outcomes = stage.apply_at_once({&one, &two}, static_cast<int>(seed % 5) * 300);
        CHECK(stage.flows() >= 1);
        CHECK((stage.flows() == 1 || !outcomes[0].is_success() || !outcomes[1].is_success()));
        stage.let_runs_end();
        CHECK(stage.apply(two).is_success());
        CHECK(stage.flows() == 1);
        CHECK(stage.is_as(two));
    }
}

TEST_CASE("two applies that give a dataflow other datasets at once end well, with one source") {
    auto project = test::small_project();
    const auto before = desired_of(project);
    project.datasets[0].datasets.pop_back();
    const auto after = desired_of(project);
    for (const int apart : {0, 300, 900}) {
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            INFO("seed ", seed, ", ", apart, " ms apart");
            Stage stage(seed);
            REQUIRE(stage.apply(before).is_success());
            for (const auto& outcome : stage.apply_at_once({&after, &after}, apart)) {
                INFO(story::describe(outcome));
                CHECK(outcome.is_success());
            }
            CHECK(stage.flows() == 1);
            CHECK(stage.is_as(after));
        }
    }
}

TEST_CASE("applies at once that put a dataflow in the place of two commits' lose no export") {
    auto project = test::small_project();
    project.datasets.push_back(test::dataset_export("other")); // of both commits
    auto changed = project;
    changed.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    const auto one = desired_of(project);
    const auto two = desired_of(changed);
    std::size_t doubled = 0;
    for (const bool descriptions : {true, false}) {
        for (const int apart : {0, 200, 400, 800, 1600}) {
            for (std::uint64_t seed = 1; seed <= 3 * seeds; ++seed) {
                INFO("seed ", seed, ", ", apart, " ms apart, descriptions ", descriptions);
                Stage stage(seed, descriptions);
                (void)stage.apply_at_once({&one, &two}, 0);
                doubled += stage.flows() > 2 ? 1U : 0U;
                stage.let_runs_end();
                const auto& wanted = seed % 2 == 0 ? one : two;
                (void)stage.apply_at_once({&wanted, &wanted, &wanted}, apart);
                CHECK(stage.flows() == 2);
                CHECK(stage.is_as(wanted));
            }
        }
    }
    CHECK(doubled > 100);
}

TEST_CASE("applies of one commit before and after the ten minutes lose no export") {
    const auto project = test::small_project();
    auto changed = project;
    changed.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    const auto one = desired_of(project);
    const auto two = desired_of(changed);
    for (std::uint64_t seed = 1; seed <= 2 * seeds; ++seed) {
        for (const int before : {500, 2500, 5000}) {
            INFO("seed ", seed, ", ", before, " ms before");
            Stage stage(seed);
            (void)stage.apply_at_once({&one, &two}, 0);
            stage.wait_until_made_for(Milliseconds{plan::run_at_work - before});
            const auto& wanted = seed % 2 == 0 ? one : two;
            (void)stage.apply_at_once({&wanted, &wanted, &wanted, &wanted}, 1000);
            CHECK(stage.flows() >= 1);
            stage.let_runs_end();
            CHECK(stage.apply(wanted).is_success());
            CHECK(stage.flows() == 1);
        }
    }
}

TEST_CASE("two first applies leave one dataflow where every list lags") {
    const auto desired = desired_of(test::small_project());
    for (const int lag : {1000, 3000}) {
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            INFO("seed ", seed, ", a lag of ", lag, " ms");
            Stage stage(seed);
            (void)stage.apply_at_once({&desired, &desired}, static_cast<int>(seed % 5) * 300,
                                      Milliseconds{lag});
            CHECK(stage.flows() == 1);
            CHECK(stage.is_as(desired));
        }
    }
}

TEST_CASE("what is told of dataflows that runs made at once") {
    const auto project = test::small_project();
    auto changed = project;
    changed.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    const auto one = desired_of(project);
    const auto two = desired_of(changed);
    const auto text = [](Outcome outcome) {
        auto& run = outcome.run;
        cli::add_twins(run.plan, run.report, std::move(run.twins));
        return render::apply_text(cli::make_report(run.plan, run.report, false), {}) +
               fmt::format("exit {}\n",
                           static_cast<int>(cli::exit_code_of_run(run.plan, run.report, 0)));
    };
    SUBCASE("of the same manifests") {
        Stage stage(1);
        const auto outcomes = stage.apply_at_once({&one, &one}, 0);
        CHECK(text(outcomes[0]) ==
              "Apply complete! Resources: 4 added, 0 changed, 4 destroyed.\n\n"
              "Warning: acme: another run made the same at the same time; of what both made, 4 "
              "entities were one too many: deleted [made-twice]\n"
              "  next: let one pipeline at a time apply a project\n"
              "exit 0\n");
    }
    SUBCASE("of different ones") {
        Stage stage(1);
        const auto outcomes = stage.apply_at_once({&one, &two}, 0);
        for (const auto& outcome : outcomes) {
            const auto words = text(outcome);
            CHECK(words.find("Error: devices.flow: another run made a dataflow for this export at "
                             "the same time, from other manifests or with other secrets; both "
                             "stand [made-differently]\n"
                             "  next: apply again in ten minutes, when no other run is at work: "
                             "one stays\n") != std::string::npos);
            CHECK(words.ends_with("exit 5\n"));
        }
        CHECK(stage.flows() == 2);
        stage.let_runs_end();
        CHECK(stage.apply(two).is_success());
        CHECK(stage.flows() == 1);
        CHECK(stage.is_as(two));
    }
}
