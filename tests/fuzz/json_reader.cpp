#include "desired/desired.hpp"
#include "diff/diff.hpp"
#include "flow/data_prep.hpp"
#include "flow/envelope.hpp"
#include "flow/paging.hpp"
#include "fuzz/project.hpp"
#include "fuzz/property.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "live/read.hpp"
#include "normalise/normalise.hpp"
#include "plan/planner.hpp"
#include "plan/twins.hpp"
#include "render/drift_report.hpp"
#include "render/errors.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "render/reports.hpp"
#include "render/run_status.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::fuzz {

namespace {

using model::EntityKind;

const catalogue::Catalogue& destinations() {
    return catalogue::Catalogue::embedded();
}

/// What the answers are compared with: the project that wrote the seeds of the corpus.
const model::DesiredGraph& desired() {
    static const model::DesiredGraph graph = [] {
        const auto result = ProjectFolder().load(sound_project(), sound_manifest());
        if (!result.manifests) {
            throw std::logic_error("the sound manifests are not sound");
        }
        return desired::build(*result.manifests, destinations());
    }();
    return graph;
}

void check_values(const json::Value& value) {
    const auto text = json::write(value);
    const auto again = json::parse(text);
    require(again && *again == value, "a value is read as it was written");
    require(json::write(*again) == text, "equal values in one order give equal text");
    const auto pretty = json::parse(json::write_pretty(value));
    require(pretty && *pretty == value, "indented text reads alike");
    const auto canonical = json::write_canonical(value);
    const auto sorted = json::parse(canonical);
    require(sorted && *sorted == value, "canonical text reads alike");
    require(json::write_canonical(*sorted) == canonical, "canonical text stays as it is");
}

void check_error(const Error& error) {
    require(!error.message.empty(), "an error says something");
    require_safe_for_terminal(render::error_text(error), "an error as text");
}

flow::Answer answer_of(std::string_view body) {
    flow::Answer answer;
    answer.exchange = {"GET", "/data/foundation/flowservice/flows", 200, {}, {}};
    answer.response.status = 200;
    answer.response.headers.add("content-type", "application/json");
    answer.response.body = body;
    return answer;
}

/// The items of a list, or nothing where the envelope is not the service's.
std::vector<json::Value> items_of(std::string_view text) {
    const auto answer = answer_of(text);
    auto body = flow::read_object(answer);
    if (!body) {
        check_error(body.error());
        return {};
    }
    if (const auto single = flow::read_single(answer, "an-id"); !single) {
        check_error(single.error());
    }
    auto items = flow::take_items(answer, *body);
    if (!items) {
        check_error(items.error());
        return {};
    }
    return std::move(*items);
}

void check_failures(std::string_view text) {
    auto answer = answer_of(text);
    for (const int status : {302, 400, 401, 403, 404, 412, 429, 503}) {
        answer.response.status = status;
        check_error(flow::parse_service_error(answer.response, answer.exchange));
    }
}

void check_differences(const json::Value& before, const json::Value& after) {
    const auto changes = diff::compare(before, after);
    require(changes.empty() == (before == after), "no change between equal values alone");
    require(diff::apply(before, changes) == after, "the changes lead from one value to the other");
}

/// One document as an entity of one kind, compared with every entity that is wanted of that kind.
void check_entity(EntityKind kind, const json::Value& document, const normalise::KnownIds& known) {
    auto entity = live::parse_entity(kind, document, destinations());
    entity.mapping_set = document["mappingSet"];
    const auto again = live::parse_entity(kind, entity.document, destinations());
    require(again.document == entity.document, "secrets are dropped at once");
    static_cast<void>(live::is_stable(entity));
    const auto content = normalise::canonical(entity, known, destinations());
    require(content.is_object(), "canonical content is an object");
    check_values(content);
    static_cast<void>(model::digest(content));
    for (const auto& wanted : desired().entities) {
        if (wanted.key.kind != kind) {
            continue;
        }
        const auto aligned = normalise::align(content, entity, wanted);
        require(normalise::align(aligned, entity, wanted) == aligned,
                "aligned content stays as it is");
        check_differences(aligned, wanted.content);
    }
}

EntityKind kind_of(const json::Value& item) {
    if (item["flowSpec"].is_object()) {
        return EntityKind::flow;
    }
    const auto& spec = item["connectionSpec"]["id"].as_string();
    if (spec == catalogue::data_lake_spec_id || spec == catalogue::profile_store_spec_id) {
        return EntityKind::source;
    }
    return item["auth"].is_object() ? EntityKind::base : EntityKind::target;
}

/// A sandbox that holds these entities; what a dataflow maps stands in its `mappingSet`.
model::LiveGraph sandbox_of(const std::vector<json::Value>& items) {
    model::LiveGraph graph;
    graph.project = desired().project;
    for (const auto& item : items) {
        auto entity = live::parse_entity(kind_of(item), item, destinations());
        if (graph.find(entity.kind, entity.id) != nullptr) {
            continue; // lists are read with each id once
        }
        entity.mapping_set = item["mappingSet"];
        graph.entities.push_back(std::move(entity));
    }
    live::assign_owners(graph, "our-client");
    return graph;
}

/// The entity that a step writes to; nothing for what it makes.
const std::string* touched(const plan::Operation& operation) {
    if (const auto* update = std::get_if<plan::UpdateEntity>(&operation)) {
        return &update->id;
    }
    const auto* removal = std::get_if<plan::DeleteEntity>(&operation);
    return removal == nullptr ? nullptr : &removal->id;
}

void check_plan(const plan::Plan& plan, const model::LiveGraph& live) {
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        const auto& step = plan.steps[i];
        require(std::all_of(step.after.begin(), step.after.end(),
                            [&](const auto& before) { return before.step < i; }),
                "steps come after those that they need");
        if (const auto* id = touched(step.operation)) {
            const auto* entity = live.find(step.key.kind, *id);
            require(entity != nullptr && entity->key, "only what is ours is written to");
        }
    }
    require_safe_for_terminal(render::plan_text(plan, {}), "the plan as text");
    const auto drift = render::drift_report(plan, {}, {});
    require_safe_for_terminal(render::drift_text(drift, {}), "drift as text");
    require_safe_for_terminal(render::report_markdown(drift), "drift as Markdown");
    require_safe_for_terminal(render::report_junit(drift), "drift as JUnit XML");
    require_safe_for_terminal(render::report_sarif(drift), "drift as SARIF");
    check_values(render::plan_json(plan, "0"));
    check_values(render::drift_json(drift));
}

void check_sandbox(const std::vector<json::Value>& items) {
    const auto live = sandbox_of(items);
    plan::Options options;
    options.client = "our-client";
    check_plan(plan::make(desired(), live, destinations(), options), live);
    options.destroy = true;
    model::DesiredGraph nothing;
    nothing.project = desired().project;
    check_plan(plan::make(nothing, live, destinations(), options), live);
    plan::RunIds ids;
    for (const auto& entity : live.entities) {
        if (entity.key) {
            ids.made.emplace(entity.id, *entity.key);
        }
    }
    check_plan(plan::resolve_twins(desired(), live, destinations(), {}, ids).plan, live);
}

void check_runs(const std::vector<json::Value>& items) {
    render::ExportStatus status;
    status.name = "devices";
    status.flow_id = "an-id";
    for (const auto& item : items) {
        status.runs.push_back(render::summarise_run(item));
    }
    require_safe_for_terminal(render::status_text({status}, {}), "runs as text");
    check_values(render::status_json({status}, "0"));
}

} // namespace

} // namespace penstock::fuzz

/// Any bytes as an answer of the service. Reading ends, throws nothing and says what is wrong in
/// words that move no terminal's cursor. What parses is written and read back unchanged; as an
/// error, a list, an entity of each kind, a run, it can be taken apart, compared with what is
/// wanted, planned and shown; a plan touches nothing that is not ours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace penstock;
    const auto text = fuzz::text_of(data, size);
    const auto items = fuzz::items_of(text);
    fuzz::check_failures(text);
    const auto value = json::parse(text);
    if (!value) {
        fuzz::check_error(value.error());
        return 0;
    }
    fuzz::check_values(*value);
    normalise::KnownIds known;
    for (const auto& wanted : fuzz::desired().entities) {
        known.emplace(model::address(wanted.key), wanted.key);
    }
    for (const auto kind : model::all_entity_kinds) {
        fuzz::check_entity(kind, items.empty() ? *value : items.front(), known);
    }
    static_cast<void>(flow::version_number(*value));
    fuzz::check_runs(items);
    fuzz::check_sandbox(items);
    return 0;
}
