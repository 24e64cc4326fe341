#include "flow/data_prep.hpp"

#include "base/text.hpp"
#include "flow/envelope.hpp"
#include "http/url.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

namespace penstock::flow {

namespace {

using json::Array;
using json::Object;
using json::Value;

/// Reference, section 1.1.
constexpr std::string_view base = "/data/foundation/conversion";
constexpr std::string_view union_of_profiles =
    "/data/core/ups/config/entityTypes/"
    "_xdm.context.profile?property=fullSchema%3D%3Dtrue&property="
    "includeRelationshipDescriptors%3D%3Dtrue";
constexpr std::string_view union_in_registry =
    "/data/foundation/schemaregistry/tenant/unions/_xdm.context.profile__union";

constexpr std::string_view identities = "/data/core/idnamespace/identities";

Call get(std::string target) {
    Call call;
    call.target = std::move(target);
    return call;
}

Call write(http::Method method, std::string target, const Value& body) {
    Call call;
    call.method = method;
    call.target = std::move(target);
    call.body = json::write(body);
    call.repeatable = true;
    return call;
}

std::string path(std::string_view collection, std::string_view id) {
    return fmt::format("{}/{}/{}", base, collection, http::percent_encode(id));
}

/// Hands the answer's object on if `take` makes something of it.
template <class T, class Take>
Sender::Done object_of(DataPrep::Done<T> done, Take take) {
    return [done = std::move(done), take = std::move(take)](Result<Answer> answer) {
        if (!answer) {
            done(fail(std::move(answer.error())));
            return;
        }
        auto body = read_object(*answer);
        if (!body) {
            done(fail(std::move(body.error())));
            return;
        }
        done(take(*answer, std::move(*body)));
    };
}

Result<Value> as_it_is(const Answer& /*answer*/, Value body) {
    return body;
}

Result<std::string> id_of(const Answer& answer, const Value& body) {
    const auto& id = body["id"].as_string();
    if (id.empty()) {
        return fail(bad_answer(answer, "the answer to a create should hold a string `id`"));
    }
    return id;
}

Result<MappingSetVersion> version_of(const Answer& answer, const Value& body) {
    auto id = id_of(answer, body);
    if (!id) {
        return fail(std::move(id.error()));
    }
    const auto version = version_number(body["version"]);
    if (!version) {
        return fail(bad_answer(answer, "a mapping set should have a whole number as `version`"));
    }
    return MappingSetVersion{std::move(*id), *version};
}

/// One refused mapping, in the service's words.
std::string complaint(const Value& error) {
    std::string text;
    if (!error["source"].as_string().empty() || !error["destination"].as_string().empty()) {
        text = fmt::format("{} -> {}: ", error["source"].as_string(),
                           error["destination"].as_string());
    }
    return excerpt(text + error["exception"].as_string(), 300);
}

Result<MappingSetPage> page_of(const Answer& answer, Value body, const Keep& keep) {
    // One example prints `data` as an object (reference, section 3.11): that is no page to go by.
    auto* data = body.make_object().find("data");
    if (data == nullptr || !data->is_array()) {
        return fail(bad_answer(answer, "the answer should hold an array `data`"));
    }
    MappingSetPage page;
    page.sets = std::move(data->make_array());
    if (keep) {
        for (auto& set : page.sets) {
            set = keep(std::move(set));
        }
    }
    page.has_next = !body["_links"]["next"]["href"].as_string().empty();
    return page;
}

Result<void> verdict(const Answer& answer, const Value& body) {
    std::vector<std::string> refused;
    for (const auto& response : body["validationResponse"].as_array()) {
        if (lowercase(response["status"].as_string()) != "failed") {
            continue;
        }
        for (const auto& error : response["errors"].as_array()) {
            refused.push_back(complaint(error));
        }
        if (response["errors"].as_array().empty()) {
            refused.emplace_back("a mapping, without a reason");
        }
    }
    if (refused.empty()) {
        return {};
    }
    return fail(Error{ErrorKind::rejected,
                      fmt::format("the service refuses {}: {}", counted(refused.size(), "mapping"),
                                  fmt::join(refused, "; ")),
                      "mend `mapping`: sources are paths of the sandbox's union profile schema",
                      answer.exchange});
}

} // namespace

std::optional<std::int64_t> version_number(const Value& value) {
    if (value.is_integer()) {
        return value.as_integer();
    }
    const auto& text = value.as_string();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

void DataPrep::union_schema(Done<Value> done) {
    sender_.send(get(std::string(union_of_profiles)), [this, done](Result<Answer> answer) {
        if (answer || answer.error().kind != ErrorKind::not_found) {
            object_of<Value>(done, as_it_is)(std::move(answer));
            return;
        }
        // The other documented place (reference, section 3.13).
        Call call = get(std::string(union_in_registry));
        call.accept = "application/vnd.adobe.xed-full+json; version=1";
        sender_.send(std::move(call), object_of<Value>(done, as_it_is));
    });
}

void DataPrep::identity_namespaces(Done<std::vector<std::string>> done) {
    sender_.send(get(std::string(identities)), [done = std::move(done)](Result<Answer> answer) {
        if (!answer) {
            done(fail(std::move(answer.error())));
            return;
        }
        // A bare array, unlike everything else.
        const auto list = json::parse(answer->response.body);
        if (!list || !list->is_array()) {
            done(fail(bad_answer(*answer, "the identity namespaces should be an array")));
            return;
        }
        std::vector<std::string> codes;
        for (const auto& item : list->as_array()) {
            codes.push_back(item["code"].as_string());
        }
        done(std::move(codes));
    });
}

void DataPrep::create_schema(std::string_view name, const Value& json_schema,
                             Done<std::string> done) {
    sender_.send(write(http::Method::post, fmt::format("{}/schemas", base),
                       Object{{"name", name}, {"jsonSchema", json_schema}}),
                 object_of<std::string>(std::move(done), id_of));
}

void DataPrep::schema(std::string_view id, Done<Value> done) {
    sender_.send(get(path("schemas", id)), object_of<Value>(std::move(done), as_it_is));
}

void DataPrep::mapping_set(const MappingSetVersion& version, Done<Value> done) {
    // Without `version` the answer is version 0, whatever the latest is (reference, section 3.11).
    sender_.send(
        get(fmt::format("{}?version={}", path("mappingSets", version.id), version.version)),
        object_of<Value>(std::move(done), as_it_is));
}

void DataPrep::mapping_set_page(const MappingSetRange& range, Keep keep,
                                Done<MappingSetPage> done) {
    const http::Query query{{"orderBy", "-createdDate"},
                            {"start", fmt::format("{}", range.start)},
                            {"limit", fmt::format("{}", range.limit)}};
    auto call = get(fmt::format("{}/mappingSets?{}", base, http::write_query(query)));
    call.urgency = range.urgency;
    sender_.send(std::move(call), [sender = sender_, keep = std::move(keep),
                                   done = std::move(done)](Result<Answer> answer) mutable {
        const auto page = std::make_shared<Result<MappingSetPage>>();
        const auto read = object_of<MappingSetPage>(
            [page](auto result) { *page = std::move(result); },
            [keep](const Answer& of, Value body) { return page_of(of, std::move(body), keep); });
        sender.compute([read, answer = std::make_shared<Result<Answer>>(
                                  std::move(answer))] { read(std::move(*answer)); },
                       [page, done] { done(std::move(*page)); });
    });
}

void DataPrep::mapping_sets_named(std::string_view name, Done<std::vector<Value>> done) {
    const http::Query query{{"name", std::string(name)}, {"start", "0"}, {"limit", "100"}};
    sender_.send(get(fmt::format("{}/mappingSets?{}", base, http::write_query(query))),
                 object_of<std::vector<Value>>(
                     std::move(done),
                     [name = std::string(name)](const Answer& /*answer*/,
                                                const Value& body) -> Result<std::vector<Value>> {
                         std::vector<Value> named;
                         // One example prints `data` as an object (reference, section 3.11).
                         const auto& data = body["data"];
                         for (const auto& set : data.is_object() ? Array{data} : data.as_array()) {
                             // A service that ignores the filter sends those of others, too.
                             if (set["name"].as_string() == name) {
                                 named.push_back(set);
                             }
                         }
                         return named;
                     }));
}

void DataPrep::validate(const Value& set, Done<void> done) {
    sender_.send(write(http::Method::post, fmt::format("{}/mappingSets/validate", base), set),
                 object_of<void>(std::move(done), verdict));
}

void DataPrep::create_mapping_set(const Value& set, Done<MappingSetVersion> done) {
    auto call = write(http::Method::post, fmt::format("{}/mappingSets", base), set);
    call.repeatable = false; // it has a name, by which a caller finds what came of it
    sender_.send(std::move(call), object_of<MappingSetVersion>(std::move(done), version_of));
}

void DataPrep::add_version(std::string_view id, const Value& set, Done<MappingSetVersion> done) {
    sender_.send(write(http::Method::put, path("mappingSets", id), set),
                 object_of<MappingSetVersion>(std::move(done), version_of));
}

} // namespace penstock::flow
