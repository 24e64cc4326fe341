#include "story/sabotage.hpp"

#include "http/url.hpp"
#include "json/text.hpp"
#include "model/marker.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace penstock::story {

namespace {

std::string last_step(const http::Request& request) {
    const auto url = http::parse_url(request.url);
    return url ? url->path.substr(url->path.rfind('/') + 1) : std::string();
}

/// As if nobody had told the tool what If-Match is for: whatever stands there now is overwritten.
void pin_to_now(http::Request& request, const emulator::Platform& platform) {
    const auto found = platform.store().entities().find(last_step(request));
    if (request.method == http::Method::patch && found != platform.store().entities().end()) {
        request.headers.set("If-Match", found->second.etag);
    }
}

bool is_remove(const json::Value& operation) {
    return operation["op"].as_string() == "remove";
}

std::size_t index_of(const json::Value& operation) {
    const auto& path = operation["path"].as_string();
    return std::stoul(path.substr(path.rfind('/') + 1));
}

void sort_removes(http::Request& request, const emulator::Platform& /*platform*/) {
    auto body = json::parse(request.body);
    if (request.method != http::Method::patch || !body || !body->is_array()) {
        return;
    }
    std::vector<json::Value> removes;
    auto& operations = body->make_array();
    std::copy_if(operations.begin(), operations.end(), std::back_inserter(removes), is_remove);
    std::stable_sort(removes.begin(), removes.end(),
                     [](const auto& a, const auto& b) { return index_of(a) < index_of(b); });
    auto next = removes.begin();
    for (auto& operation : operations) {
        if (is_remove(operation)) {
            operation = *next++;
        }
    }
    request.body = json::write(*body);
}

void strip_marker(http::Request& request, const emulator::Platform& /*platform*/) {
    auto body = json::parse(request.body);
    if (request.method != http::Method::post || !body || !body->is_object()) {
        return;
    }
    if (auto* description = body->make_object().find("description")) {
        *description = model::split_description(description->as_string()).text;
        request.body = json::write(*body);
    }
}

/// A service that lets connections go while dataflows use them.
std::optional<http::Response> delete_in_use(const http::Request& request,
                                            emulator::Platform& platform) {
    const auto id = last_step(request);
    const auto found = platform.store().entities().find(id);
    if (request.method != http::Method::del || found == platform.store().entities().end() ||
        found->second.kind == emulator::Kind::flow) {
        return std::nullopt;
    }
    auto answer = platform.handle(request);
    if (answer.status != 400) {
        return answer;
    }
    auto saved = platform.save();
    auto& entities = saved.make_object()["store"].make_object()["entities"].make_array();
    std::erase_if(entities, [&](const auto& entity) { return entity["id"].as_string() == id; });
    platform.load(saved);
    http::Response gone;
    gone.status = 202;
    return gone;
}

/// Deletes first, and everything else in the order that it had.
void delete_first(plan::Plan& plan) {
    const auto is_delete = [](const plan::Step& step) {
        return std::holds_alternative<plan::DeleteEntity>(step.operation);
    };
    std::vector<std::size_t> order;
    for (const bool deletes : {true, false}) {
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
            if (is_delete(plan.steps[i]) == deletes) {
                order.push_back(i);
            }
        }
    }
    std::map<std::size_t, std::size_t> places;
    std::vector<plan::Step> steps;
    for (const auto old : order) {
        places[old] = steps.size();
        steps.push_back(std::move(plan.steps[old]));
        auto& after = steps.back().after;
        std::vector<plan::Prerequisite> moved;
        for (const auto& before : after) {
            const bool keeps_order = places.contains(before.step);
            if (keeps_order) {
                moved.push_back({places[before.step], before.need});
            }
        }
        after = std::move(moved);
    }
    plan.steps = std::move(steps);
}

std::vector<Bug> make_bugs() {
    std::vector<Bug> bugs(5);
    bugs[0] = {"blind POST retry", Invariant::post_looked_up, 50, {}};
    bugs[0].sabotage.repeats_posts = true;
    bugs[1] = {"unpinned PATCH", Invariant::patch_pinned, 200, {}};
    bugs[1].sabotage.alter = pin_to_now;
    bugs[2] = {"ascending removes", Invariant::nothing_malformed, 400, {}};
    bugs[2].sabotage.alter = sort_removes;
    bugs[3] = {"delete before relink", Invariant::links_hold, 200, {}};
    bugs[3].sabotage.instead = delete_in_use;
    bugs[3].sabotage.replan = delete_first;
    bugs[4] = {"marker left out", Invariant::converges, 20, {}};
    bugs[4].sabotage.alter = strip_marker;
    return bugs;
}

} // namespace

const std::vector<Bug>& deliberate_bugs() {
    static const std::vector<Bug> all = make_bugs();
    return all;
}

} // namespace penstock::story
