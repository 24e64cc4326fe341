#include "render/saved_plan.hpp"

#include "base/text.hpp"
#include "render/plan_reader.hpp"
#include "render/plan_text.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace penstock::render {

namespace {

std::string heading(const plan::SavedPlan& saved) {
    const auto& origin = saved.origin;
    std::string text = fmt::format("Plan for project {}, environment {}: sandbox {} of {} at {}\n"
                                   "Made at {} by penstock {}\n",
                                   printable(origin.project), printable(origin.environment),
                                   printable(origin.sandbox), printable(origin.organization),
                                   printable(origin.endpoint), printable(saved.created_at),
                                   printable(saved.penstock_version()));
    if (!saved.paths.empty()) {
        std::vector<std::string> paths;
        for (const auto& path : saved.paths) {
            paths.push_back(printable(path));
        }
        text += fmt::format("Narrowed to {}\n", enumerate(paths));
    }
    return text + "\n";
}

} // namespace

Result<std::string> saved_plan_text(const plan::SavedPlan& saved, const Style& style) {
    auto plan = read_plan_json(saved.shown);
    if (!plan) {
        return fail(plan.error());
    }
    for (const auto& pin : saved.pins) {
        if (pin.stays) {
            plan->bound.emplace_back(pin.key, pin.id);
        }
    }
    return heading(saved) + plan_text(*plan, style);
}

json::Object saved_plan_json(const plan::SavedPlan& saved) {
    json::Object document = saved.shown;
    document["created_at"] = saved.created_at;
    document["origin"] = plan::origin_json(saved.origin);
    json::Array paths;
    for (const auto& path : saved.paths) {
        paths.emplace_back(path);
    }
    document["paths"] = std::move(paths);
    return document;
}

} // namespace penstock::render
