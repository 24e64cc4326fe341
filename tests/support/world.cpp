#include "support/world.hpp"

#include "catalogue/catalogue.hpp"
#include "desired/desired.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "model/marker.hpp"
#include "support/files.hpp"
#include "support/stored_state.hpp"
#include "support/tool_run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::test {

Result<secrets::SecretString> FakeSecrets::resolve(const secrets::SecretReference& reference) {
    const auto name = secrets::describe(reference);
    if (const auto found = values.find(name); found != values.end()) {
        return secrets::SecretString(found->second);
    }
    if (!resolve_all) {
        return fail(ErrorKind::secret_unavailable, name + " is not set");
    }
    // Forty characters fit the strictest pattern, the secret access key's; twenty the key's id.
    const bool id = name.find("S3_ACCESS_KEY") != std::string::npos;
    return secrets::SecretString(id ? "AKIAIOSFODNN7EXAMPLE"
                                    : "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYAA");
}

World::World(emulator::Settings settings) : platform(std::move(settings), clock) {
    options.fingerprint_cost = 2; // the real one is slow on purpose
}

Run World::run(const model::DesiredGraph& desired, std::optional<std::size_t> kill_after,
               bool apply) {
    InProcessTransport transport(platform, clock);
    if (kill_after) {
        transport.fail_after(*kill_after);
    }
    if (prepare) {
        prepare(transport);
    }
    ToolRunSetting setting{transport, clock, *catalogue, secrets, options, apply};
    setting.started = started;
    setting.finished = finished;
    setting.has_stopped = [&] { return transport.has_stopped(); };
    ToolRun made;
    run_tool(desired, setting, made);
    return {std::move(made.error), std::move(made.plan), std::move(made.report),
            std::move(made.twins), transport.requests(), transport.has_stopped()};
}

Run World::plan(const manifest::Manifests& manifests) {
    return run(desired::build(manifests, *catalogue), {}, false);
}

Run World::apply(const manifest::Manifests& manifests, std::optional<std::size_t> kill_after) {
    return apply(desired::build(manifests, *catalogue), kill_after);
}

Run World::apply(const model::DesiredGraph& desired, std::optional<std::size_t> kill_after) {
    return run(desired, kill_after, true);
}

std::vector<std::string> World::state() const {
    return stored_state(platform);
}

std::vector<std::string> World::managed_state(const std::string& project) const {
    return test::managed_state(platform, project);
}

std::string World::id_of(const std::string& kind, const std::string& name) const {
    std::vector<std::string> ids;
    for (const auto& [id, entity] : platform.store().entities()) {
        const auto marked =
            model::split_description(json::Value(entity.body)["description"].as_string());
        if (marked.marker && model::address(marked.marker->key) == name + "." + kind) {
            ids.push_back(id);
        }
    }
    INFO(name, ".", kind);
    REQUIRE(ids.size() == 1);
    return ids.front();
}

std::size_t World::count(emulator::Kind kind) const {
    const auto& entities = platform.store().entities();
    return static_cast<std::size_t>(
        std::count_if(entities.begin(), entities.end(),
                      [&](const auto& entry) { return entry.second.kind == kind; }));
}

http::Response World::as_somebody(http::Method method, const std::string& path,
                                  const std::string& body) {
    http::Request request;
    request.method = method;
    request.url = "http://127.0.0.1/data/foundation/flowservice" + path;
    request.headers.add("Authorization", "Bearer " + platform.issue_token("somebody"));
    request.headers.add("x-api-key", "somebody");
    request.headers.add("x-gw-ims-org-id", scope().organization);
    request.headers.add("x-sandbox-name", scope().sandbox);
    if (method == http::Method::patch) {
        const auto current = as_somebody(http::Method::get, path);
        const auto document = json::parse(current.body);
        REQUIRE(document);
        request.headers.add("If-Match", (*document)["items"].as_array().at(0)["etag"].as_string());
    }
    if (!body.empty()) {
        request.headers.add("Content-Type", "application/json");
        request.body = body;
    }
    return platform.handle(request);
}

std::string complaints(const Run& run) {
    std::string text = run.error ? describe(*run.error) : "";
    for (const auto& note : run.plan.notes) {
        text += fmt::format("\nnote {} {}: {}", note.code, note.address, note.message);
    }
    for (const auto& change : run.plan.changes) {
        text +=
            fmt::format("\nchange {} {}", model::address(change.key), plan::name(change.action));
        for (const auto& field : change.fields) {
            text += fmt::format(" {}: {} -> {}", field.pointer,
                                field.before ? json::write(*field.before) : "-",
                                field.after ? json::write(*field.after) : "-");
        }
    }
    for (std::size_t i = 0; i < run.report.steps.size(); ++i) {
        if (run.report.steps[i].error) {
            text += fmt::format("\nstep {}: {}", model::address(run.plan.steps[i].key),
                                describe(*run.report.steps[i].error));
        }
    }
    for (const auto& r : run.requests) {
        if (r.method != "GET") {
            text += fmt::format("\n  {} {} {}", r.method, r.path, r.status);
        }
    }
    return text;
}

manifest::Manifests example_project() {
    const auto loaded =
        manifest::load((source_folder() / "manifests").string(), catalogue::Catalogue::embedded());
    REQUIRE(loaded.manifests);
    return *loaded.manifests;
}

} // namespace penstock::test
