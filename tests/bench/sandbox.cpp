#include "bench/sandbox.hpp"

#include "bench/answers.hpp"
#include "bench/commands.hpp"
#include "bench/project.hpp"
#include "bench/self.hpp"
#include "emulator/server.hpp"
#include "json/text.hpp"
#include "support/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>

namespace penstock::bench {

namespace {

namespace fs = std::filesystem;
using json::Object;
using json::Value;

emulator::Settings settings() {
    emulator::Settings settings;
    settings.patch_duration = Milliseconds{0};
    return settings;
}

void require(const Ran& ran, int exit_code, std::string_view what) {
    if (ran.exit_code != exit_code) {
        throw std::runtime_error(fmt::format("{} ended with {} in place of {}:\n{}{}", what,
                                             ran.exit_code, exit_code, ran.out.substr(0, 4000),
                                             ran.err.substr(0, 4000)));
    }
}

struct World {
    explicit World(UtcTime start) : clock(start) {}

    test::ManualClock clock;
    emulator::Platform platform{settings(), clock};
};

/// Plans and keeps the answers. Credentials are not checked: that takes time and asks nothing.
Ran plan(World& world, const fs::path& folder, const fs::path& answers) {
    AnswerWriter kept(answers);
    return run_against(world.platform, world.clock,
                       {"-C", folder.string(), "plan", "--detailed-exitcode"}, client_variables(),
                       [&](const http::Request& request, const http::Response& response) {
                           kept.add(request, response);
                       });
}

void apply(World& world, const Sandbox& sandbox) {
    require(run_against(world.platform, world.clock,
                        {"-C", sandbox.project().string(), "apply", "--auto-approve", "--quiet"},
                        all_variables(), {}),
            0, "apply");
    const auto kept = emulator::write_state(sandbox.state(), world.platform.save());
    if (!kept) {
        throw std::runtime_error(kept.error().message);
    }
}

/// The sandbox as it was kept, if it was made of the same manifests and they still fit.
std::unique_ptr<World> kept_world(const Sandbox& sandbox, UtcTime start) {
    const auto version = sandbox.folder / "version";
    if (!fs::exists(version) || test::read_file(version) != std::to_string(project_version)) {
        return nullptr;
    }
    const auto state = emulator::read_state(sandbox.state());
    if (!state || !state->is_object()) {
        return nullptr;
    }
    auto world = std::make_unique<World>(start);
    world->platform.load(*state);
    const auto planned = plan(*world, sandbox.project(), sandbox.unchanged_answers());
    return planned.exit_code == 0 ? std::move(world) : nullptr;
}

std::unique_ptr<World> made_world(const Sandbox& sandbox, UtcTime start) {
    fs::remove(sandbox.folder / "version");
    auto world = std::make_unique<World>(start);
    apply(*world, sandbox);
    require(plan(*world, sandbox.project(), sandbox.unchanged_answers()), 0, "an unchanged plan");
    test::write_file(sandbox.folder / "version", std::to_string(project_version));
    return world;
}

/// Counts what the emulator's state holds.
Value survey(const World& world) {
    std::map<std::string, std::map<std::string, std::int64_t>> counted;
    for (const auto& [id, entity] : world.platform.store().entities()) {
        const char* field = entity.kind == emulator::Kind::flow ? "flowSpec" : "connectionSpec";
        const auto* spec = entity.body.find(field);
        ++counted[std::string(emulator::collection_name(entity.kind))]
                 [spec == nullptr ? "" : (*spec)["id"].as_string()];
    }
    Object entities;
    Object specs;
    for (const auto& [kind, of_kind] : counted) {
        std::int64_t all = 0;
        for (const auto& [spec, count] : of_kind) {
            all += count;
            specs[kind].make_object()[spec] = count;
        }
        entities[kind] = all;
    }
    entities["mappingSets"] =
        static_cast<std::int64_t>(world.platform.data_prep().mapping_sets().size());
    return Object{{"entities", std::move(entities)}, {"specs", std::move(specs)}};
}

} // namespace

void prepare(const Sandbox& sandbox, UtcTime start) {
    fs::remove(sandbox.survey());
    write_project(sandbox.project(), sandbox.exports, Edition::first);
    write_project(sandbox.changed(), sandbox.exports, Edition::changed);
    auto world = kept_world(sandbox, start);
    if (world == nullptr) {
        world = made_world(sandbox, start);
    }
    require(plan(*world, sandbox.changed(), sandbox.changed_answers()), 2, "a plan of changes");
    World empty(start);
    require(plan(empty, sandbox.project(), sandbox.create_answers()), 2,
            "a plan in an empty sandbox");
    test::write_file(sandbox.survey(), json::write(survey(*world)));
}

Sandbox prepared(const fs::path& root, std::size_t exports, bool reuse) {
    Sandbox sandbox{root / fmt::format("exports-{}", exports), exports};
    if (reuse && fs::exists(sandbox.survey())) {
        return sandbox;
    }
    fs::create_directories(sandbox.folder);
    const auto finished =
        run_self({"prepare", sandbox.folder.string(), std::to_string(exports)}, {}, 0);
    std::cerr << fmt::format("prepared {} exports in {:.1f} s\n", exports, finished.wall_seconds);
    return sandbox;
}

} // namespace penstock::bench
