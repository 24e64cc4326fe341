#include "desired/desired.hpp"
#include "fuzz/property.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "plan/approved.hpp"
#include "plan/planner.hpp"
#include "plan/saved.hpp"
#include "render/diagnostics.hpp"
#include "render/errors.hpp"
#include "render/plan_json.hpp"
#include "render/saved_plan.hpp"
#include "render/stale.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::fuzz {

namespace {

void check_error(const Error& error) {
    require(!error.message.empty(), "an error says something");
    require_safe_for_terminal(render::error_text(error), "an error as text");
}

void check_shown(const plan::SavedPlan& saved) {
    const auto text = render::saved_plan_text(saved, {});
    if (text) {
        require_safe_for_terminal(*text, "a saved plan as text");
    } else {
        check_error(text.error());
    }
    require_safe_for_terminal(json::write_pretty(render::saved_plan_json(saved)),
                              "a saved plan as JSON");
    plan::Origin elsewhere = saved.origin;
    elsewhere.sandbox += "-other";
    for (const auto& checked :
         {plan::check_version(saved, "0"), plan::check_origin(saved, elsewhere)}) {
        if (!checked) {
            check_error(checked.error());
        }
    }
}

/// A sandbox that holds what the plan is pinned to; every other dataflow has moved.
model::LiveGraph sandbox_of(const plan::SavedPlan& saved, const std::string& project) {
    model::LiveGraph live;
    live.project = project;
    for (const auto& pin : saved.pins) {
        if (live.find(pin.key.kind, pin.id) != nullptr) {
            continue; // lists are read with each id once
        }
        model::LiveEntity entity;
        entity.kind = pin.key.kind;
        entity.id = pin.id;
        entity.etag = live.entities.size() % 2 == 0 ? pin.etag : pin.etag + "-2";
        entity.key = pin.key;
        live.entities.push_back(std::move(entity));
    }
    return live;
}

void check_kept(const plan::SavedPlan& saved, const manifest::Manifests& manifests) {
    const auto& catalogue = catalogue::Catalogue::embedded();
    const auto desired = desired::build(manifests, catalogue);
    const auto live = sandbox_of(saved, desired.project);
    auto plan = plan::make(desired, live, catalogue, {});
    const auto most = plan.steps.size();
    const auto shown = render::plan_json(plan, "0");
    const auto kept = plan::keep_approved(std::move(plan),
                                          shown.find("resource_changes")->as_array(), saved, live);
    require(kept.plan.steps.size() <= most, "what is kept was planned");
    for (std::size_t i = 0; i < kept.plan.steps.size(); ++i) {
        const auto& after = kept.plan.steps[i].after;
        require(std::all_of(after.begin(), after.end(),
                            [&](const auto& before) { return before.step < i; }),
                "steps come after those that they need");
    }
    const auto& approved = saved.changes();
    for (const auto& change : kept.plan.changes) {
        require(std::any_of(approved.begin(), approved.end(),
                            [&](const json::Value& other) {
                                return other["address"] == json::Value(model::address(change.key));
                            }),
                "only what was approved is kept");
    }
    require_safe_for_terminal(render::stale_text(kept.stale, {}), "what is stale as text");
    static_cast<void>(json::write(render::stale_json(kept.stale)));
}

void check(std::string_view text) {
    const auto saved = plan::read_saved(text);
    if (!saved) {
        require(saved.error().kind == ErrorKind::refused, "what is no plan is refused");
        check_error(saved.error());
        return;
    }
    const auto written = plan::write_saved(*saved);
    const auto again = plan::read_saved(written);
    require(again && plan::write_saved(*again) == written, "a plan is read as it was written");
    check_shown(*saved);
    std::vector<manifest::NamedText> texts;
    for (const auto& [file, content] : saved->manifests) {
        texts.push_back({file, content});
    }
    const auto loaded = manifest::load(std::move(texts), ".", catalogue::Catalogue::embedded());
    require_safe_for_terminal(render::diagnostics_text(loaded.diagnostics, false),
                              "diagnostics as text");
    if (loaded.manifests) {
        check_kept(*saved, *loaded.manifests);
    }
}

} // namespace

} // namespace penstock::fuzz

/// Any bytes as a plan file: as they stand, and, where they are an object, with a digest that fits,
/// as somebody writes it who knows how. Reading ends, throws nothing and refuses in words that move
/// no terminal's cursor. What is read is written back alike and shown; its manifests go through the
/// loader, and of the plan that they come to nothing is kept that the file does not name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace penstock;
    const auto text = fuzz::text_of(data, size);
    fuzz::check(text);
    auto document = json::parse(text);
    if (document && document->is_object()) {
        document->make_object().erase("digest");
        document->make_object()["digest"] = json::full_digest(*document);
        fuzz::check(json::write(*document));
    }
    return 0;
}
