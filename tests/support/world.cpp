#include "support/world.hpp"

#include "auth/tokens.hpp"
#include "catalogue/catalogue.hpp"
#include "desired/desired.hpp"
#include "execute/credentials.hpp"
#include "flow/client.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "live/read.hpp"
#include "manifest/load.hpp"
#include "model/marker.hpp"
#include "plan/flow_specs.hpp"
#include "plan/planner.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::test {

namespace {

const emulator::Scope scope{"5555467B5D8013E50A494220@AdobeOrg", "dev"};

class Silent final : public execute::Reporter {
  public:
    void started(const plan::Step& /*step*/) override {}
    void finished(const plan::Step& /*step*/, const execute::StepResult& /*result*/) override {}
};

std::string description_of(const emulator::Entity& entity) {
    const auto* description = entity.body.find("description");
    return description == nullptr ? std::string() : description->as_string();
}

std::string name_of(const emulator::EntityStore& store, const json::Value& id) {
    const auto found = store.entities().find(id.as_string());
    if (found == store.entities().end()) {
        return "missing";
    }
    const auto marked = model::split_description(description_of(found->second));
    return marked.marker ? model::address(marked.marker->key) : "foreign";
}

/// Selectors without order and times; columns in the place of the mapping set that holds them.
void put_in_words(json::Object& params, const emulator::DataPrep& data_prep) {
    json::Array selectors;
    for (auto selector : params["segmentSelectors"]["selectors"].as_array()) {
        auto& value = selector.make_object()["value"].make_object();
        value.erase("createTime");
        value.erase("updateTime");
        selectors.push_back(std::move(selector));
    }
    params["segmentSelectors"] = json::Object{{"selectors", json::sorted(std::move(selectors))}};
    auto& mapping = params["profileMapping"];
    const auto set = data_prep.mapping_sets().find(mapping["mappingId"].as_string());
    if (set == data_prep.mapping_sets().end()) {
        return;
    }
    const auto* version = set->second.version(mapping["mappingVersion"].as_integer());
    const json::Value body(version == nullptr ? json::Object{} : version->body);
    mapping = json::sorted(body["mappings"].as_array());
}

/// The stored body with ids in words and without the salted part of its marker.
json::Value in_words(const emulator::EntityStore& store, const emulator::DataPrep& data_prep,
                     const emulator::Entity& entity) {
    json::Value body = entity.body;
    auto& members = body.make_object();
    auto marked = model::split_description(members["description"].as_string());
    if (marked.marker) {
        marked.marker->credentials.reset();
        marked.marker->encryption.reset();
        members["description"] = model::join_description(marked.text, *marked.marker);
    }
    if (auto* base = members.find("baseConnectionId")) {
        *base = name_of(store, *base);
    }
    for (const char* field : {"sourceConnectionIds", "targetConnectionIds"}) {
        if (auto* links = members.find(field)) {
            for (auto& link : links->make_array()) {
                link = name_of(store, link);
            }
        }
    }
    if (auto* params = json::find(body, "/transformations/0/params")) {
        put_in_words(params->make_object(), data_prep);
    }
    members["state"] = entity.state;
    // The end of what is exported once depends on when it was made.
    auto* schedule = members.find("scheduleParams");
    if (schedule != nullptr && (*schedule)["interval"] == json::Value(0)) {
        schedule->make_object().erase("endTime");
    }
    return body;
}

} // namespace

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
    const auto tokens = auth::make_ims_tokens(transport, clock,
                                              {"http://127.0.0.1",
                                               "penstock",
                                               secrets::SecretString("a-good-secret"),
                                               {"openid", "AdobeID"}});
    flow::Client client(transport, *tokens,
                        {"http://127.0.0.1", scope.organization, scope.sandbox, "penstock"}, {},
                        clock, [] { return 0.5; });

    Run result;
    live::ReadOptions read_options;
    read_options.project = desired.project;
    const auto flow_specs = plan::needed_flow_specs(desired, *catalogue);
    read_options.flow_specs = flow_specs.ids;
    read_options.flow_spec_names = flow_specs.names;
    auto live = live::read(transport, client, *catalogue, read_options);
    result.requests = transport.requests();
    result.stopped = transport.has_stopped();
    if (result.stopped) {
        return result;
    }
    if (!live) {
        result.error = live.error();
        return result;
    }
    plan::Options plan_options;
    plan_options.client = "penstock";
    plan_options.credentials =
        execute::check_credentials(desired, *live, secrets, options.fingerprint_cost);
    result.plan = plan::make(desired, *live, *catalogue, plan_options);
    if (apply) {
        Silent reporter;
        result.report =
            execute::run(result.plan, transport, client, secrets, *catalogue, reporter, options);
        result.twins = execute::remove_twins(desired, result.plan, result.report, transport, client,
                                             secrets, *catalogue, reporter, options);
    }
    result.requests = transport.requests();
    result.stopped = transport.has_stopped();
    return result;
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
    std::vector<std::string> lines;
    for (const auto& [id, entity] : platform.store().entities()) {
        lines.push_back(fmt::format(
            "{} {}", emulator::collection_name(entity.kind),
            json::write_canonical(in_words(platform.store(), platform.data_prep(), entity))));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<std::string> World::managed_state(const std::string& project) const {
    std::vector<std::string> lines;
    for (const auto& line : state()) {
        const auto collection = line.substr(0, line.find(' '));
        auto body = *json::parse(line.substr(collection.size() + 1));
        auto marked = model::split_description(body["description"].as_string());
        if (!marked.marker || marked.marker->project != project) {
            continue;
        }
        auto& members = body.make_object();
        marked.marker->digest.clear();
        if (collection == "sourceConnections" || collection == "targetConnections") {
            marked.text.clear(); // their text and a source's name are not managed
        }
        if (collection == "sourceConnections") {
            members.erase("name");
        }
        members["description"] = model::join_description(marked.text, *marked.marker);
        lines.push_back(collection + " " + json::write_canonical(body));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::string World::id_of(const std::string& kind, const std::string& name) const {
    std::vector<std::string> ids;
    for (const auto& [id, entity] : platform.store().entities()) {
        const auto marked = model::split_description(description_of(entity));
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
    request.headers.add("x-gw-ims-org-id", scope.organization);
    request.headers.add("x-sandbox-name", scope.sandbox);
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
