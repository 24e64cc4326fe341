#include "emulator/selectors.hpp"

#include "emulator/id_source.hpp"
#include "json/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace penstock::emulator {

namespace {

constexpr std::string_view selectors_path = "/transformations/0/params/segmentSelectors/selectors";
constexpr std::string_view profile_path = "/transformations/0/params/profileSelectors/selectors";

void drop_times(json::Value& selector) {
    if (!selector["value"].is_object()) {
        return;
    }
    auto& value = selector.make_object()["value"].make_object();
    value.erase("createTime");
    value.erase("updateTime");
}

/// Hands the selectors of a flow at `path` to `change`, if it has any.
template <class Change>
json::Object with_changed_selectors(json::Object flow, std::string_view path,
                                    const Change& change) {
    json::Value document(std::move(flow));
    auto* selectors = json::find(document, path);
    if (selectors != nullptr && selectors->is_array()) {
        change(selectors->make_array());
    }
    return std::move(document.make_object());
}

std::uint64_t place_of(const json::Value& selector, std::uint64_t draw) {
    std::uint64_t bits = draw;
    const auto& value = selector["value"];
    for (const char c : value[value["id"].is_string() ? "id" : "path"].as_string()) {
        bits = mixed(bits, static_cast<unsigned char>(c));
    }
    return bits;
}

} // namespace

json::Object with_skeleton(json::Object flow, Columns columns) {
    auto& transformations = flow["transformations"].make_array();
    if (transformations.empty()) {
        transformations.push_back(json::Object{{"name", "GeneralTransform"}});
    }
    auto& params = transformations.front().make_object()["params"].make_object();
    params["segmentSelectors"].make_object()["selectors"].make_array();
    if (columns == Columns::profile_selectors) {
        params["profileSelectors"].make_object()["selectors"].make_array();
        return flow;
    }
    for (const std::string_view member : {"mandatoryFields", "primaryFields"}) {
        if (!params.contains(member)) {
            params[member] = json::Array{};
        }
    }
    if (!params.contains("profileMapping")) {
        params["profileMapping"] = json::Object{};
    }
    return flow;
}

std::vector<PatchStep> without_times(std::vector<PatchStep> steps) {
    for (auto& step : steps) {
        if (step.path.rfind(selectors_path, 0) == 0) {
            drop_times(step.value);
        }
    }
    return steps;
}

json::Object without_times(json::Object flow) {
    return with_changed_selectors(std::move(flow), selectors_path, [](json::Array& selectors) {
        std::for_each(selectors.begin(), selectors.end(), drop_times);
    });
}

json::Object with_times(json::Object after, const json::Object& before, std::int64_t now) {
    const json::Value old(before);
    std::map<std::string, json::Value> created;
    if (const auto* selectors = json::find(old, selectors_path)) {
        for (const auto& selector : selectors->as_array()) {
            created[selector["value"]["id"].as_string()] = selector["value"]["createTime"];
        }
    }
    const auto seconds = fmt::format("{}", now / 1000);
    return with_changed_selectors(std::move(after), selectors_path, [&](json::Array& selectors) {
        for (auto& selector : selectors) {
            auto& value = selector.make_object()["value"].make_object();
            if (value.contains("updateTime")) {
                continue;
            }
            const auto known = created.find(json::Value(value)["id"].as_string());
            value["createTime"] = known == created.end() ? json::Value(seconds) : known->second;
            value["updateTime"] = seconds;
        }
    });
}

json::Object shuffled(json::Object flow, std::uint64_t draw) {
    const auto shuffle = [draw](json::Array& selectors) {
        std::sort(selectors.begin(), selectors.end(), [draw](const auto& a, const auto& b) {
            return place_of(a, draw) < place_of(b, draw);
        });
    };
    for (const auto path : {selectors_path, profile_path}) {
        flow = with_changed_selectors(std::move(flow), path, shuffle);
    }
    return flow;
}

} // namespace penstock::emulator
