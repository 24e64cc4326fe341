#pragma once

#include "catalogue/catalogue.hpp"
#include "json/text.hpp"
#include "plan/twins.hpp"
#include "support/graphs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace penstock::test {

/// `text` with `from`, wherever it stands, replaced.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

inline bool is_of_run(const std::string& id, int number) {
    return id.ends_with(fmt::format("#{}", number));
}

/// A sandbox after several runs at once, seen by one of them. What run N made has ids such as
/// "devices.flow#N", and is older than what run N + 1 made.
struct Scene {
    explicit Scene(manifest::Manifests manifests)
        : project(std::move(manifests)), desired(desired_of(project)) {
        live.project = desired.project;
    }

    /// What a run makes of `of` where nothing stands, of that only what is called so.
    void add_run(int number, const model::DesiredGraph& of, const std::string& called = {}) {
        for (const auto& made : applied(of).entities) {
            if (!made.id.starts_with(called)) {
                continue;
            }
            auto entity = made;
            const auto own = fmt::format("#{}", number);
            entity.id = replaced(made.id, "#1", own);
            entity.document =
                json::parse(replaced(json::write(made.document), "#1\"", own + "\"")).value();
            entity.audit.created_at += number;
            live.entities.push_back(std::move(entity));
        }
    }
    void add_run(int number) { add_run(number, desired); }

    /// What of `id`, or of all that ends so, was there before the run, or was made by it.
    void know(const std::string& ending) {
        each(ending, [&](auto& entity) { run.known.insert(entity.id); });
    }
    void make(const std::string& ending) {
        each(ending, [&](auto& entity) { run.made.emplace(entity.id, *entity.key); });
    }
    void lose(const std::string& ending) {
        std::erase_if(live.entities,
                      [&](const auto& entity) { return entity.id.ends_with(ending); });
    }

    model::LiveEntity& at(const std::string& id) {
        const auto found = std::find_if(live.entities.begin(), live.entities.end(),
                                        [&](const auto& entity) { return entity.id == id; });
        INFO(id);
        REQUIRE(found != live.entities.end());
        return *found;
    }
    json::Object& document(const std::string& id) { return at(id).document.make_object(); }
    json::Object& transformation(const std::string& id) {
        return document(id)["transformations"]
            .make_array()
            .at(0)
            .make_object()["params"]
            .make_object();
    }
    /// Links from `id` to another connection than the one that its run made.
    void lead(const std::string& id, const char* field, const std::string& to) {
        auto& link = document(id)[field];
        link = link.is_array() ? json::Value(json::Array{to}) : json::Value(to);
    }

    /// Which connections hold the secrets of the account "s3".
    void held_by(std::set<std::string> ids) {
        credentials[{{model::EntityKind::base, "s3"}, model::SecretUse::auth}] = {"",
                                                                                  std::move(ids)};
    }

    [[nodiscard]] plan::TwinResolution resolve() const {
        return plan::resolve_twins(desired, live, catalogue::Catalogue::embedded(), credentials,
                                   run);
    }
    manifest::Manifests project;
    model::DesiredGraph desired;
    model::LiveGraph live;
    plan::CredentialChecks credentials;
    plan::RunIds run;

  private:
    void each(const std::string& ending, const std::function<void(model::LiveEntity&)>& act) {
        for (auto& entity : live.entities) {
            if (entity.id.ends_with(ending)) {
                act(entity);
            }
        }
    }
};

/// What the run does about twins, and of which keys it says that it cannot.
inline void check_twins(const Scene& scene, const std::vector<std::string>& steps,
                        const std::vector<std::string>& unresolved = {}) {
    const auto resolution = scene.resolve();
    const auto found = steps_of(resolution.plan);
    INFO(fmt::format("{}", fmt::join(found, "\n")));
    CHECK(found == steps);
    std::vector<std::string> addresses;
    for (const auto& key : resolution.unresolved) {
        addresses.push_back(model::address(key));
    }
    INFO(fmt::format("{}", fmt::join(addresses, "\n")));
    CHECK(addresses == unresolved);
}

/// Runs 1 and 2 of the small project, seen by the one that is `ours`.
inline Scene two_runs(int ours) {
    Scene scene(small_project());
    scene.add_run(1);
    scene.add_run(2);
    scene.make(fmt::format("#{}", ours));
    return scene;
}

} // namespace penstock::test
