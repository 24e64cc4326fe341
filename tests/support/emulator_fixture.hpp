#pragma once

#include "emulator/platform.hpp"
#include "json/text.hpp"
#include "support/manual_clock.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::test {

/// Where Data Prep is.
inline constexpr std::string_view conversion = "/data/foundation/conversion";

/// What the platform answered, with the body read.
struct Answered {
    int status = 0;
    json::Value body;
    http::Headers headers;

    /// The first of `items`.
    [[nodiscard]] const json::Value& item() const;
    /// The id in the answer to a POST.
    [[nodiscard]] const std::string& id() const { return body["id"].as_string(); }
};

/// A platform on a clock that stands still, and a signed-in client of it.
class EmulatorFixture {
  public:
    explicit EmulatorFixture(emulator::Settings settings = {});

    /// Sends a request with every header that the service asks for; `path` is below
    /// /data/foundation/flowservice unless it begins with /data/. `change` may spoil the request
    /// first.
    Answered call(http::Method method, std::string_view path, const json::Value& body = {},
                  const std::function<void(http::Request&)>& change = {});
    Answered get(std::string_view path) { return call(http::Method::get, path); }
    Answered post(std::string_view path, const json::Value& body) {
        return call(http::Method::post, path, body);
    }
    Answered del(std::string_view path) { return call(http::Method::del, path); }
    /// PATCH with the entity's current etag.
    Answered patch(const std::string& path, const json::Value& steps);
    Answered patch(const std::string& path, std::string_view op, std::string_view pointer,
                   const json::Value& value);

    /// The request that call() sends.
    [[nodiscard]] http::Request request(http::Method method, std::string_view path,
                                        const json::Value& body = {}) const;

    /// Makes an entity that the service accepts and returns its id.
    std::string make_connection();
    std::string make_source();
    std::string make_target(const std::string& connection);
    /// A dataset flow over entities of its own.
    std::string make_flow();
    /// A segment flow over entities of its own, with the empty skeleton.
    std::string make_segment_flow();
    /// A mapping set over the union schema and an output schema with a column for each destination.
    std::string make_mapping_set(const json::Array& mappings);
    /// The body that makes it; its schemas exist.
    json::Value mapping_set_body(const json::Array& mappings);

    ManualClock clock;
    emulator::Platform platform;
    std::string token;
};

/// Bodies that the service accepts, to be spoilt by a test.
json::Value connection_body();
json::Value source_body();
json::Value target_body(const std::string& connection);
json::Value flow_body(const std::string& source, const std::string& target);
json::Value segment_source_body();
json::Value segment_target_body(const std::string& connection);
json::Value segment_flow_body(const std::string& source, const std::string& target);
/// A selector that exports the segment every 6 hours.
json::Value selector(std::string_view segment);
/// Where a segment flow keeps its parameters.
inline constexpr std::string_view segment_params = "/transformations/0/params";
/// `body` with the value at `pointer` set; a null erases it.
json::Value with(json::Value body, std::string_view pointer, json::Value value);

/// One mapping of a mapping set.
json::Value mapping(std::string_view source, std::string_view destination,
                    std::string_view type = "ATTRIBUTE");

/// The code of a coded error in either envelope.
std::string code_of(const Answered& answered);

} // namespace penstock::test
