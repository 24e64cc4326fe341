#include "story/somebody.hpp"

#include "json/text.hpp"
#include "model/marker.hpp"
#include "support/tool_run.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::story {

namespace {

using emulator::Entity;
using emulator::Kind;
using http::Method;
using http::Response;

const std::string transformation = "/transformations/0/params";
const std::string selectors = transformation + "/segmentSelectors/selectors/";

json::Value operation(const char* op, const std::string& path, json::Value value) {
    return json::Object{{"op", op}, {"path", path}, {"value", std::move(value)}};
}

std::string description_of(const Entity& entity) {
    return json::Value(entity.body)["description"].as_string();
}

json::Value params_of(const Entity& flow) {
    const json::Value body(flow.body);
    const auto& list = body["transformations"].as_array();
    return list.empty() ? json::Value() : list.front()["params"];
}

json::Value stranger(int n) {
    return json::Object{
        {"type", "PLATFORM_SEGMENT"},
        {"value", json::Object{{"id", fmt::format("99768be6-ebd5-45cc-8913-{:012x}", n)},
                               {"name", "Somebody's segment"},
                               {"filenameTemplate", "%DESTINATION_NAME%_%SEGMENT_ID%_%TIMESTAMP%"},
                               {"exportMode", "DAILY_FULL_EXPORT"},
                               {"schedule", json::Object{{"frequency", "ONCE"},
                                                         {"triggerType", "SCHEDULED"},
                                                         {"startDate", "2026-12-24"},
                                                         {"startTime", "05:00"}}}}}};
}

std::string path_to(const Entity& entity) {
    return fmt::format("/{}/{}", emulator::collection_name(entity.kind), entity.id);
}

} // namespace

/// A way to edit an entity; of which kind, nothing for any.
struct Somebody::Edit {
    const char* words;
    std::optional<Kind> kind;
    Response (Somebody::*make)(const Entity&);
};

const std::vector<Somebody::Edit>& Somebody::edits() {
    static const std::vector<Edit> all{
        {"delete", {}, &Somebody::remove},
        {"rename", {}, &Somebody::rename},
        {"describe", {}, &Somebody::describe},
        {"reschedule", Kind::flow, &Somebody::reschedule},
        {"enable or disable", Kind::flow, &Somebody::toggle},
        {"change the segments of", Kind::flow, &Somebody::change_segments},
        {"clear the keys of", Kind::flow, &Somebody::clear_keys},
        {"clear the mapping of", Kind::flow, &Somebody::clear_mapping},
        {"drop an attribute of", Kind::flow, &Somebody::drop_attribute},
        {"redirect", Kind::target_connection, &Somebody::redirect},
    };
    return all;
}

Response Somebody::send(Method method, const std::string& path, const std::string& body) {
    http::Request request;
    request.method = method;
    request.url = "http://127.0.0.1/data/foundation/flowservice" + path;
    request.headers.add("Authorization", "Bearer " + platform_.issue_token("somebody"));
    request.headers.add("x-api-key", "somebody");
    request.headers.add("x-gw-ims-org-id", test::scope().organization);
    request.headers.add("x-sandbox-name", test::scope().sandbox);
    const auto id = path.substr(path.rfind('/') + 1);
    const auto found = platform_.store().entities().find(id);
    if (method == Method::patch && found != platform_.store().entities().end()) {
        request.headers.add("If-Match", found->second.etag);
    }
    if (!body.empty()) {
        request.headers.add("Content-Type", "application/json");
        request.body = body;
    }
    return platform_.handle(request);
}

Response Somebody::patch(const Entity& entity, json::Array operations) {
    return send(Method::patch, path_to(entity), json::write(json::Value(std::move(operations))));
}

void Somebody::make_something() {
    for (const char* description : {"d", "[penstock other-team/source/x 0123456789abcdef]"}) {
        const json::Value body(json::Object{
            {"name", "theirs"},
            {"description", description},
            {"connectionSpec",
             json::Object{{"id", "23598e46-f560-407b-88d5-ea6207e49db0"}, {"version", "1.0"}}},
            {"params", json::Object{{"datasets", json::Array{json::Object{
                                                     {"dataSetId", "5ef3e3259ad2a1191ab7dd7d"},
                                                     {"name", "n"}}}}}}});
        (void)send(Method::post, "/sourceConnections", json::write(body));
    }
}

void Somebody::take_over(const std::string& id) {
    const auto& entity = platform_.store().entities().at(id);
    (void)patch(entity, {operation("replace", "/description", "Taken over")});
}

void Somebody::edit(const std::string& project, Watch& watch) {
    std::vector<const Entity*> ours;
    for (const auto& [id, entity] : platform_.store().entities()) {
        if (!marked_as(description_of(entity), project).empty()) {
            ours.push_back(&entity);
        }
    }
    if (ours.empty()) {
        return;
    }
    const auto entity = *random_.any(ours);
    std::vector<Edit> possible;
    for (const auto& each : edits()) {
        if (!each.kind || each.kind == entity.kind) {
            possible.push_back(each);
        }
    }
    const auto& chosen = random_.any(possible);
    const auto response = (this->*chosen.make)(entity);
    if (response.status == 0) {
        return;
    }
    const auto marker = marked_as(description_of(entity), project);
    journal_.tell(
        fmt::format("somebody: {} {} {} -> {}", chosen.words, marker, entity.id, response.status));
    if (response.status < 300) {
        ++journal_.tally.foreign_edits[chosen.words];
        if (!platform_.store().entities().contains(entity.id)) {
            watch.deleted_by_others(marker);
        }
    }
}

Response Somebody::remove(const Entity& entity) {
    return send(Method::del, path_to(entity));
}

Response Somebody::rename(const Entity& entity) {
    return may_rename_ ? patch(entity, {operation("replace", "/name", "renamed by hand")})
                       : Response{};
}

Response Somebody::describe(const Entity& entity) {
    return patch(entity,
                 {operation("replace", "/description", "By hand " + description_of(entity))});
}

Response Somebody::reschedule(const Entity& flow) {
    if (!flow.body.contains("scheduleParams")) {
        return {};
    }
    return patch(flow, {operation("replace", "/scheduleParams",
                                  json::Object{{"timeUnit", "day"},
                                               {"interval", 1},
                                               {"startTime", 1796083200},
                                               {"endTime", 1827619200}})});
}

Response Somebody::toggle(const Entity& flow) {
    return send(Method::post, fmt::format("{}/action?op={}", path_to(flow),
                                          flow.state == "disabled" ? "enable" : "disable"));
}

Response Somebody::change_segments(const Entity& flow) {
    const auto params = params_of(flow);
    const auto& live = params["segmentSelectors"]["selectors"].as_array();
    json::Array operations;
    for (auto i = live.size(); i-- > 0;) {
        const auto path = fmt::format("{}{}", selectors, i);
        if (random_.one_in(3)) {
            auto other = stranger(0);
            other.make_object()["value"].make_object()["id"] = live[i]["value"]["id"];
            operations.push_back(operation("replace", path, std::move(other)));
        } else if (random_.one_in(3)) {
            operations.push_back(operation("remove", path, live[i]));
        }
    }
    if (!live.empty() && random_.one_in(3)) {
        operations.push_back(operation("add", selectors + "-", stranger(++made_)));
    }
    return operations.empty() ? Response{} : patch(flow, std::move(operations));
}

Response Somebody::clear_keys(const Entity& flow) {
    if (!params_of(flow)["primaryFields"].is_array()) {
        return {};
    }
    return patch(flow, {operation("add", transformation + "/primaryFields", json::Array{}),
                        operation("add", transformation + "/mandatoryFields", json::Array{})});
}

Response Somebody::clear_mapping(const Entity& flow) {
    if (!params_of(flow)["profileMapping"].is_object()) {
        return {};
    }
    return patch(flow, {operation("replace", transformation + "/profileMapping", json::Object{}),
                        operation("add", transformation + "/primaryFields", json::Array{}),
                        operation("add", transformation + "/mandatoryFields", json::Array{})});
}

Response Somebody::drop_attribute(const Entity& flow) {
    const auto params = params_of(flow);
    const auto& live = params["profileSelectors"]["selectors"].as_array();
    if (live.size() < 2) {
        return {};
    }
    const std::string place = transformation + "/profileSelectors";
    return patch(flow, {operation("add", place + "/primaryFields", json::Array{}),
                        operation("add", place + "/mandatoryFields", json::Array{}),
                        operation("remove", place + "/selectors/0", live.front())});
}

Response Somebody::redirect(const Entity& target) {
    auto params = json::Value(target.body)["params"];
    for (const char* path : {"path", "remotePath"}) {
        if (auto* place = params.make_object().find(path)) {
            *place = fmt::format("by/hand/{}", random_.number(1, 3));
            return patch(target, {operation("replace", "/params", std::move(params))});
        }
    }
    return {};
}

} // namespace penstock::story
