#include "flow/envelope.hpp"

#include "base/text.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

namespace penstock::flow {

namespace {

constexpr std::size_t most_quoted = 80;

std::string_view type_of(const json::Value& value) {
    if (value.is_object()) {
        return "an object";
    }
    if (value.is_array()) {
        return "an array";
    }
    if (value.is_string()) {
        return "a string";
    }
    if (value.is_number()) {
        return "a number";
    }
    return value.is_bool() ? "a boolean" : "nothing";
}

} // namespace

Error bad_answer(const Answer& answer, std::string message, std::string hint) {
    return {ErrorKind::bad_answer, std::move(message), std::move(hint), answer.exchange};
}

Result<json::Value> read_object(const Answer& answer) {
    auto body = json::parse(answer.response.body);
    if (body && body->is_object()) {
        return body;
    }
    if (body) {
        return fail(
            bad_answer(answer, fmt::format("the service's answer is {} instead of an object",
                                           type_of(*body))));
    }
    const std::string start = excerpt(hide(answer.response.body, answer.hidden), most_quoted);
    if (start.empty()) {
        return fail(bad_answer(answer, "the service's answer is empty"));
    }
    const auto type = answer.response.headers.find("content-type");
    const bool claims_json = type && lowercase(*type).find("json") != std::string::npos;
    if (claims_json && (start.front() == '{' || start.front() == '[')) {
        return fail(bad_answer(answer,
                               fmt::format("the service's answer is cut or damaged JSON: {}",
                                           excerpt(body.error().message, 200)),
                               "try again; if it stays, look at the proxy in between"));
    }
    return fail(bad_answer(answer,
                           fmt::format("the answer is not JSON (content type {}) and begins: {}",
                                       type ? excerpt(*type, 60) : "missing", start),
                           "check `endpoint` of the environment and the proxy settings"));
}

Result<std::vector<json::Value>> take_items(const Answer& answer, json::Value& body) {
    const json::Value& items = body["items"];
    if (!items.is_array()) {
        return fail(
            bad_answer(answer, fmt::format("the answer should hold an array `items` and holds {}",
                                           type_of(items))));
    }
    for (const auto& item : items.as_array()) {
        if (!item.is_object()) {
            return fail(bad_answer(
                answer, fmt::format("every item should be an object, one is {}", type_of(item))));
        }
        if (item["id"].as_string().empty()) {
            return fail(bad_answer(
                answer,
                fmt::format("every item should have a string `id`, one has {}",
                            item["id"].is_string() ? "an empty one" : type_of(item["id"]))));
        }
    }
    return std::move(body.make_object().find("items")->make_array());
}

Result<json::Value> read_single(const Answer& answer, std::string_view id) {
    auto body = read_object(answer);
    if (!body) {
        return fail(body.error());
    }
    auto items = take_items(answer, *body);
    if (!items) {
        return fail(items.error());
    }
    if (items->empty()) {
        return fail(Error{ErrorKind::not_found, "not found", {}, answer.exchange});
    }
    if (items->size() != 1 || items->front()["id"].as_string() != id) {
        return fail(bad_answer(
            answer,
            fmt::format("asked for {}, the service answers with {}", excerpt(id, 60),
                        items->size() != 1 ? counted(items->size(), "entity", "entities")
                                           : excerpt(items->front()["id"].as_string(), 60))));
    }
    return std::move(items->front());
}

} // namespace penstock::flow
