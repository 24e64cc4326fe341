#include "story/story.hpp"

#include "catalogue/catalogue.hpp"
#include "desired/desired.hpp"
#include "plan/meanwhile.hpp"
#include "story/author.hpp"
#include "story/exceptions.hpp"
#include "story/sandbox.hpp"
#include "story/somebody.hpp"
#include "support/stored_state.hpp"
#include "support/tool_outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace penstock::story {

namespace {

constexpr int most_calm_applies = 4;
constexpr Milliseconds longest_lag{15'000}; ///< of any list
constexpr const char* project_name = "acme";
constexpr const char* other_project = "others";

model::DesiredGraph desired_of(const manifest::Manifests& manifests) {
    return desired::build(manifests, catalogue::Catalogue::embedded());
}

/// What runs from an earlier commit go by.
struct Commit {
    model::DesiredGraph desired;
    Canaries secrets;
};

/// Whether the plan leaves something alone that another run may be at work on.
bool waits_for_others(const plan::Plan& plan) {
    return std::any_of(plan.notes.begin(), plan.notes.end(), [](const plan::Note& note) {
        return note.code == "made-meanwhile" || note.code == "made-moments-ago";
    });
}

class Story {
  public:
    Story(std::uint64_t seed, const Sabotage* sabotage, bool tells_requests)
        : random_(seed), journal_(seed), settings_(settings(seed)),
          sandbox_(settings_, canaries_, journal_),
          author_(project_name, random_, canaries_, journal_),
          somebody_(sandbox_.platform, random_, journal_),
          watch_(sandbox_.platform, project_name, journal_), sabotage_(sabotage) {
        if (tells_requests) {
            watch_.tell_requests();
        }
        if (!names_may_change_) {
            somebody_.keep_names();
        }
    }

    Told tell() {
        set_up_others();
        sandbox_.set_watch(&watch_);
        sandbox_.set_sabotage(sabotage_);
        sandbox_.meddle = [this] {
            journal_.tell("meanwhile:");
            somebody_.edit(project_name, watch_);
        };
        author_.begin(random_.one_in(4) ? 6 : 3);
        const int chapters = random_.number(2, 4);
        for (int chapter = 0; chapter < chapters && journal_.is_sound(); ++chapter) {
            journal_.tell(fmt::format("chapter {}", chapter + 1));
            if (chapter > 0) {
                before_ = {desired_, canaries_};
                edit();
            }
            desired_ = desired_of(author_.manifests());
            watch_.still_wanted(exports());
            storm();
            if (journal_.is_sound()) {
                calm(chapter + 1 == chapters || random_.one_in(3));
            }
        }
        return {journal_.tally, journal_.lines(), journal_.violations()};
    }

  private:
    emulator::Settings settings(std::uint64_t seed) {
        emulator::Settings chosen;
        chosen.seed = seed;
        for (const auto& option : emulator::switches()) {
            const auto value = static_cast<std::size_t>(
                random_.number(0, static_cast<int>(option.values.size()) - 1));
            if (!random_.one_in(5) || !may_be_set(option, value) || value == option.get(chosen)) {
                continue;
            }
            option.set(chosen, value);
            journal_.tell(fmt::format("the service has {}={}", option.name, option.values[value]));
            names_may_change_ = names_may_change_ && !option.name.starts_with("description_");
            is_comparable_ = is_comparable_ && !hides_differences(option, value);
        }
        if (random_.one_in(4)) {
            chosen.patch_duration = Milliseconds{random_.number(0, 5000)};
        }
        return chosen;
    }

    /// What others have in the sandbox: another project, connections without a marker, and what
    /// has been made by hand.
    void set_up_others() {
        somebody_.make_something();
        if (random_.one_in(3)) {
            Author author(other_project, random_, canaries_, journal_);
            author.begin(2);
            const auto desired = desired_of(author.manifests());
            const auto outcome = make(order_of(desired));
            journal_.check(Invariant::converges, outcome.is_success(),
                           [&] { return "the other project: " + describe(outcome); });
            offer_bases();
        }
        watch_.others_own_what_is_there();
        beginning_ = sandbox_.platform.save();
    }

    void offer_bases() {
        std::vector<OthersBase> bases;
        std::vector<std::string> taken;
        for (const auto& [id, entity] : sandbox_.platform.store().entities()) {
            const json::Value body(entity.body);
            const auto* destination = catalogue::Catalogue::embedded().find_by_connection_spec(
                body["connectionSpec"]["id"].as_string());
            if (entity.kind == emulator::Kind::connection && destination != nullptr) {
                bases.push_back({id, destination->slug});
                taken.push_back(id);
            }
        }
        for (const auto& id : taken) {
            if (random_.one_in(2)) {
                somebody_.take_over(id);
            }
        }
        author_.may_use(std::move(bases));
    }

    void edit() {
        for (int i = random_.number(0, 4); i > 0; --i) {
            author_.edit();
        }
        for (int i = random_.number(0, 2); i > 0; --i) {
            somebody_.edit(project_name, watch_);
            if (random_.one_in(2)) {
                sandbox_.wait(Milliseconds{10'000});
            }
        }
    }

    [[nodiscard]] std::vector<std::string> exports() const {
        std::vector<std::string> names;
        for (const auto& entity : desired_.entities) {
            if (entity.key.kind == model::EntityKind::flow) {
                names.push_back(entity.key.name);
            }
        }
        return names;
    }

    Order order_of(const model::DesiredGraph& desired) {
        Order order;
        order.desired = &desired;
        order.seed = random_.engine()();
        order.parallelism = random_.one_in(3) ? 1 : random_.one_in(2) ? 8 : 64;
        return order;
    }

    Outcome make(const Order& order) {
        ++journal_.tally.runs;
        return sandbox_.run(order);
    }

    /// What some runs at the same time meet.
    struct Round {
        int runs = 1;
        bool undisturbed = false;
        bool from_two_commits = false;
        Milliseconds list_lag{0};
        bool shows_all = false; ///< lists show what earlier rounds made
    };

    Round any_round() {
        const int choices[] = {1, 1, 1, 1, 2, 2, 3, 5};
        Round round;
        round.runs = choices[random_.number(0, 7)];
        round.undisturbed = round.runs > 1 && random_.one_in(3);
        round.from_two_commits = round.runs > 1 && before_ && random_.one_in(4);
        round.list_lag = Milliseconds{random_.one_in(6) ? random_.number(300, 3000) : 0};
        round.shows_all = round.undisturbed || random_.one_in(2);
        return round;
    }

    std::vector<Order> orders_of(const Round& round) {
        std::vector<Order> orders;
        for (int i = 0; i < round.runs; ++i) {
            orders.push_back(round.undisturbed ? order_of(desired_) : stormy_order());
            orders.back().list_lag = round.list_lag;
            orders.back().starts_in = Milliseconds{random_.one_in(2) ? 0 : random_.number(0, 5000)};
            if (round.from_two_commits && random_.one_in(2)) {
                orders.back().desired = &before_->desired;
                orders.back().secrets = &before_->secrets;
            }
        }
        return orders;
    }

    /// Everything that can go wrong with some runs.
    void storm() {
        for (int rounds = random_.number(0, 2); rounds > 0 && journal_.is_sound(); --rounds) {
            play(any_round());
        }
        sandbox_.deliver_late();
        sandbox_.wait(Milliseconds{random_.number(10'000, 120'000)});
    }

    void play(const Round& round) {
        if (round.undisturbed) {
            sandbox_.deliver_late();
            sandbox_.wait(Milliseconds{plan::run_at_work}); // nobody seems to be at work
        }
        if (round.shows_all) {
            sandbox_.wait(longest_lag);
        }
        const auto lags = journal_.tally.lags;
        const auto orders = orders_of(round);
        const auto late = sandbox_.late_requests();
        const auto outcomes = stormy_round(orders);
        if (round.undisturbed && !round.from_two_commits) {
            check_markers(Invariant::one_set);
        }
        const bool lists_fit =
            round.shows_all || (round.list_lag.count() == 0 && journal_.tally.lags == lags);
        if (sandbox_.late_requests() == late && !sandbox_.awaits_late() && lists_fit) {
            check_doubled(outcomes);
            if (round.undisturbed) {
                check_missing(orders, outcomes);
            }
        }
    }

    Order stormy_order() {
        auto order = order_of(desired_);
        order.faults = random_.one_in(3) ? 0 : random_.number(10, 150);
        if (random_.one_in(3)) {
            order.kill_after = static_cast<std::size_t>(random_.number(1, 60));
        } else if (random_.one_in(8)) {
            order.interrupt_after = static_cast<std::size_t>(random_.number(1, 60));
        }
        return order;
    }

    std::vector<Outcome> stormy_round(const std::vector<Order>& orders) {
        journal_.tell(fmt::format("{} apply at once", orders.size()));
        for (const auto& order : orders) {
            journal_.tell(fmt::format(
                "  {}{} of a thousand requests fail{}{}",
                order.secrets == nullptr ? "" : "the commit before: ", order.faults,
                order.kill_after ? fmt::format(", killed after {}", *order.kill_after) : "",
                order.interrupt_after
                    ? fmt::format(", interrupted after {}", *order.interrupt_after)
                    : ""));
        }
        watch_.expect_others(std::any_of(orders.begin(), orders.end(), [&](const auto& order) {
            return orders.size() > 1 || order.faults > 0 || order.list_lag.count() > 0 ||
                   sandbox_.awaits_late();
        }));
        std::vector<Outcome> outcomes;
        if (orders.size() == 1) {
            outcomes.push_back(make(orders.front()));
        } else {
            ++journal_.tally.at_once[orders.size()];
            journal_.tally.runs += orders.size();
            outcomes = sandbox_.run_at_once(orders);
        }
        for (const auto& outcome : outcomes) {
            journal_.tell(fmt::format("  {} after {} requests",
                                      outcome.stopped        ? "killed"
                                      : outcome.is_success() ? "success"
                                                             : "no success",
                                      outcome.requests));
            if (!outcome.stopped && !outcome.is_success()) {
                journal_.tell(describe(outcome));
            }
            journal_.tally.crashes += outcome.stopped ? 1 : 0;
            journal_.tally.interrupts += outcome.run.report.interrupted ? 1 : 0;
            check_outputs(outcome);
            journal_.check(Invariant::converges, outcome.trouble.empty(),
                           [&] { return outcome.trouble; });
        }
        watch_.expect_others(false);
        watch_.check_foreign();
        return outcomes;
    }

    static bool say_all_is_well(const std::vector<Outcome>& outcomes) {
        return std::all_of(outcomes.begin(), outcomes.end(),
                           [](const auto& outcome) { return outcome.says_all_is_well(); });
    }

    /// Every export that all of the runs want has a dataflow.
    void check_missing(const std::vector<Order>& orders, const std::vector<Outcome>& outcomes) {
        if (!say_all_is_well(outcomes)) {
            return;
        }
        const auto flows = watch_.our_flows();
        for (const auto& entity : desired_.entities) {
            if (entity.key.kind == model::EntityKind::flow &&
                std::all_of(orders.begin(), orders.end(), [&](const Order& order) {
                    return order.desired->find(entity.key) != nullptr;
                })) {
                journal_.check(Invariant::doubled_is_told, flows.contains(entity.key.name),
                               [&] { return entity.key.name + " has no dataflow"; });
            }
        }
    }

    void check_doubled(const std::vector<Outcome>& outcomes) {
        if (!say_all_is_well(outcomes)) {
            return;
        }
        for (const auto& [name, ids] : watch_.our_flows()) {
            journal_.check(Invariant::doubled_is_told, ids.size() == 1,
                           [&, &flow = name, &all = ids] {
                               return fmt::format("{} has {} dataflows", flow, all.size());
                           });
        }
    }

    void check_outputs(const Outcome& outcome) {
        const auto text = test::outputs(outcome.run);
        journal_.check(Invariant::secrets_kept, !holds_secret(text),
                       [&] { return std::string(text); });
    }

    /// Nothing goes wrong any more, so everything has to come right.
    void calm(bool compares) {
        Outcome outcome;
        for (int i = 0; i < most_calm_applies; ++i) {
            outcome = make(order_of(desired_));
            journal_.tell(outcome.is_success() ? "calm apply: success" : "calm apply: no success");
            check_outputs(outcome);
            watch_.check_foreign();
            if (outcome.is_success() && !waits_for_others(outcome.run.plan)) {
                break;
            }
            sandbox_.wait(Milliseconds{plan::run_at_work});
        }
        if (!journal_.check(Invariant::converges, outcome.is_success(),
                            [&] { return describe(outcome); })) {
            return;
        }
        auto order = order_of(desired_);
        order.apply = false;
        const auto again = make(order);
        check_outputs(again);
        journal_.check(Invariant::second_plan_empty,
                       again.trouble.empty() && !again.run.error && again.run.plan.empty(),
                       [&] { return describe(again); });
        check_markers(Invariant::one_per_marker);
        watch_.guard(exports());
        if (compares && is_comparable_ && !author_.leaves_an_end_open()) {
            check_equals_fresh();
        }
    }

    /// Each marker of the project stands once, and is that of something wanted.
    void check_markers(Invariant invariant) {
        std::multiset<std::string> have;
        for (const auto& [id, entity] : sandbox_.platform.store().entities()) {
            const auto* description = entity.body.find("description");
            const auto marker = description == nullptr
                                    ? std::string()
                                    : marked_as(description->as_string(), project_name);
            if (!marker.empty() && !may_stay_in_use(settings_, marker)) {
                have.insert(marker);
            }
        }
        std::multiset<std::string> want;
        for (const auto& entity : desired_.entities) {
            const auto marker = fmt::format("{}/{}", model::name(entity.key.kind), entity.key.name);
            if (!may_stay_in_use(settings_, marker)) {
                want.insert(marker);
            }
        }
        journal_.check(invariant, have == want, [&] {
            return fmt::format("have: {}\n  want: {}", fmt::join(have, " "), fmt::join(want, " "));
        });
    }

    void check_equals_fresh() {
        Journal unheard(0);
        Sandbox fresh(settings_, canaries_, unheard);
        fresh.platform.load(beginning_);
        fresh.clock.set(sandbox_.clock.now());
        auto order = order_of(desired_);
        const auto outcome = fresh.run(order);
        const auto have = test::managed_state(sandbox_.platform, project_name);
        const auto want = test::managed_state(fresh.platform, project_name);
        journal_.check(Invariant::equals_fresh, outcome.is_success() && have == want, [&] {
            return fmt::format("{}\n{}\n--- fresh:\n{}", describe(outcome), fmt::join(have, "\n"),
                               fmt::join(want, "\n"));
        });
    }

    test::Random random_;
    Journal journal_;
    Canaries canaries_;
    bool names_may_change_ = true;
    bool is_comparable_ = true;
    emulator::Settings settings_;
    Sandbox sandbox_;
    Author author_;
    Somebody somebody_;
    Watch watch_;
    const Sabotage* sabotage_;
    model::DesiredGraph desired_;
    std::optional<Commit> before_; ///< that of the chapter before
    json::Value beginning_;        ///< the sandbox before the project
};

} // namespace

Told tell_story(std::uint64_t seed, const Sabotage* sabotage, bool tells_requests) {
    return Story(seed, sabotage, tells_requests).tell();
}

} // namespace penstock::story
