#include "flow/client.hpp"

#include "base/text.hpp"
#include "flow/body_secrets.hpp"
#include "flow/envelope.hpp"
#include "flow/list_reader.hpp"
#include "flow/sender.hpp"
#include "http/url.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::flow {

namespace {

constexpr std::size_t page_size = 100; ///< the service's maximum (reference, section 3.3)
constexpr std::string_view data_lake_spec = "23598e46-f560-407b-88d5-ea6207e49db0";

std::string_view collection(model::EntityKind kind) {
    switch (kind) {
    case model::EntityKind::base:
        return "connections";
    case model::EntityKind::source:
        return "sourceConnections";
    case model::EntityKind::target:
        return "targetConnections";
    case model::EntityKind::flow:
        return "flows";
    }
    return "";
}

std::string list_path(std::string_view name) {
    return fmt::format("{}/{}", service_base, name);
}

std::string entity_path(std::string_view name, std::string_view id) {
    return fmt::format("{}/{}/{}", service_base, name, http::percent_encode(id));
}

std::string limit_for(std::size_t at_most) {
    return fmt::format("{}", at_most == 0 ? page_size : std::min(page_size, at_most));
}

/// Passes success on without a value, and failure as it is.
Sender::Done without_value(Client::Done<void> done) {
    return [done = std::move(done)](Result<Answer> answer) {
        if (!answer) {
            done(fail(std::move(answer.error())));
            return;
        }
        done({});
    };
}

Sender::Done single(std::string_view id, Client::Done<json::Value> done) {
    return [id = std::string(id), done = std::move(done)](Result<Answer> answer) {
        if (!answer) {
            done(fail(std::move(answer.error())));
            return;
        }
        done(read_single(*answer, id));
    };
}

Result<Created> read_created(const Answer& answer) {
    const auto body = read_object(answer);
    if (!body) {
        return fail(body.error());
    }
    Created created{(*body)["id"].as_string(), (*body)["etag"].as_string()};
    if (created.id.empty()) {
        return fail(bad_answer(answer, "the answer to a create should hold a string `id`"));
    }
    return created;
}

Result<std::size_t> read_count(const Answer& answer) {
    const auto body = read_object(answer);
    if (!body) {
        return fail(body.error());
    }
    const auto& count = (*body)["count"];
    if (!count.is_integer() || count.as_integer() < 0) {
        return fail(bad_answer(answer, "the answer should hold a number `count`"));
    }
    return static_cast<std::size_t>(count.as_integer());
}

} // namespace

struct Client::State {
    Sender sender;
    Site site;
    DataPrep data_prep{sender};
};

Client::Client(http::Transport& transport, auth::TokenProvider& tokens, Site site,
               http::RetryLimits limits, const Clock& clock, std::function<double()> jitter)
    : state_(std::make_unique<State>(
          State{Sender(transport, tokens, site, limits, clock, std::move(jitter)), site})) {}

Client::~Client() = default;

void Client::stop_retrying_when(std::function<bool()> stopping) {
    state_->sender.stop_retrying_when(std::move(stopping));
}

const Site& Client::site() const {
    return state_->site;
}

void Client::list(model::EntityKind kind, ListOptions options, Done<std::vector<json::Value>> done,
                  std::function<void(std::size_t)> page) {
    Page first{list_path(collection(kind)), {}};
    for (auto& property : options.properties) {
        first.query.emplace_back("property", std::move(property));
    }
    if (!options.order_by.empty()) {
        first.query.emplace_back("orderby", std::move(options.order_by));
    }
    first.query.emplace_back("limit", limit_for(options.at_most));
    read_list(
        state_->sender, state_->site.endpoint, std::move(first),
        {options.at_most, (options.expected + page_size - 1) / page_size, std::move(options.keep)},
        std::move(done), std::move(page));
}

void Client::count(model::EntityKind kind, std::vector<std::string> properties,
                   Done<std::size_t> done) {
    http::Query query;
    for (auto& property : properties) {
        query.emplace_back("property", std::move(property));
    }
    query.emplace_back("count", "true");
    Call call;
    call.target = list_path(collection(kind)) + "?" + http::write_query(query);
    state_->sender.send(std::move(call), [done = std::move(done)](Result<Answer> answer) {
        if (!answer) {
            done(fail(std::move(answer.error())));
            return;
        }
        done(read_count(*answer));
    });
}

void Client::get(model::EntityKind kind, std::string_view id, Done<json::Value> done) {
    Call call;
    call.target = entity_path(collection(kind), id);
    state_->sender.send(std::move(call), single(id, std::move(done)));
}

void Client::create(model::EntityKind kind, std::string body, Done<Created> done) {
    Call call;
    call.method = http::Method::post;
    call.target = list_path(collection(kind));
    call.hidden = secrets_in(body);
    call.body = std::move(body);
    state_->sender.send(std::move(call), [done = std::move(done)](Result<Answer> answer) {
        if (!answer) {
            done(fail(std::move(answer.error())));
            return;
        }
        done(read_created(*answer));
    });
}

void Client::patch(model::EntityKind kind, std::string_view id, std::string_view etag,
                   std::string operations, Done<void> done) {
    Call call;
    call.method = http::Method::patch;
    call.target = entity_path(collection(kind), id);
    call.if_match = etag;
    call.hidden = secrets_in(operations);
    call.body = std::move(operations);
    if (etag.empty()) {
        // Without If-Match the service refuses; a guess could overwrite somebody's change.
        state_->sender.fail_later(
            Error{
                ErrorKind::bad_answer,
                fmt::format("the service gave no etag for this {}, so it cannot be changed safely",
                            model::title(kind)),
                {},
                Exchange{"PATCH", call.target, 0, {}, {}}},
            without_value(std::move(done)));
        return;
    }
    state_->sender.send(std::move(call), without_value(std::move(done)));
}

void Client::remove(model::EntityKind kind, std::string_view id, Done<void> done) {
    Call call;
    call.method = http::Method::del;
    call.target = entity_path(collection(kind), id);
    state_->sender.send(std::move(call), [done = std::move(done)](Result<Answer> answer) {
        const bool gone = !answer && answer.error().kind == ErrorKind::not_found &&
                          !is_sandbox_missing(answer.error());
        if (!answer && !gone) {
            done(fail(std::move(answer.error())));
            return;
        }
        done({});
    });
}

void Client::set_enabled(std::string_view flow_id, bool enabled, Done<void> done) {
    Call call;
    call.method = http::Method::post;
    call.target = fmt::format("{}/action?op={}", entity_path("flows", flow_id),
                              enabled ? "enable" : "disable");
    call.repeatable = true; // enabling twice is enabling
    state_->sender.send(std::move(call), without_value(std::move(done)));
}

void Client::runs(std::string_view flow_id, std::size_t at_most,
                  Done<std::vector<json::Value>> done) {
    Page first{list_path("runs"),
               {{"property", fmt::format("flowId=={}", flow_id)},
                {"orderby", "-createdAt"},
                {"limit", limit_for(at_most)}}};
    read_list(state_->sender, state_->site.endpoint, std::move(first), {at_most, 0, {}},
              std::move(done), {});
}

void Client::activation_datasets(Done<std::vector<json::Value>> done) {
    Page first{entity_path("connectionSpecs", data_lake_spec) + "/configs",
               {{"outputType", "activationDatasets"},
                {"outputField", "datasets"},
                {"start", "0"},
                {"limit", limit_for(0)},
                {"properties", "name,state"}}};
    read_list(state_->sender, state_->site.endpoint, std::move(first), {}, std::move(done));
}

void Client::connection_spec(std::string_view id, Done<json::Value> done) {
    Call call;
    call.target = entity_path("connectionSpecs", id);
    state_->sender.send(std::move(call), single(id, std::move(done)));
}

void Client::flow_specs(std::string_view field, const std::vector<std::string>& values,
                        Done<std::vector<json::Value>> done) {
    Page first{list_path("flowSpecs"),
               {{"property", fmt::format("{}=={}", field, fmt::join(values, ","))}}};
    read_list(state_->sender, state_->site.endpoint, std::move(first), {}, std::move(done));
}

DataPrep& Client::data_prep() {
    return state_->data_prep;
}

} // namespace penstock::flow
