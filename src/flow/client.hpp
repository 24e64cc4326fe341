#pragma once

#include "auth/tokens.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "flow/data_prep.hpp"
#include "flow/keep.hpp"
#include "http/retry.hpp"
#include "http/transport.hpp"
#include "json/value.hpp"
#include "model/entity_key.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::flow {

/// Whose data, and where it is (reference, sections 1.1 and 1.2).
struct Site {
    std::string endpoint;     ///< e.g. https://platform.adobe.io
    std::string organization; ///< x-gw-ims-org-id
    std::string sandbox;      ///< x-sandbox-name
    std::string api_key;      ///< x-api-key
};

/// The service's answer to a create: 201 with id and etag (reference, section 3.1).
struct Created {
    std::string id;
    std::string etag; ///< with its quotes; may be empty
};

/// How a list call is narrowed. A service may ignore the filters (reference, section 10.1, row 22):
/// callers check what they get.
struct ListOptions {
    std::vector<std::string> properties; ///< e.g. `connectionSpec.id==a,b`; all must hold
    std::string order_by;                ///< e.g. `-createdAt`; empty: the service's order
    std::size_t at_most = 0;             ///< stop after so many items; 0: read all pages
    Keep keep;                           ///< what of each item is of use; empty: all
    std::size_t expected = 0;            ///< items; the pages of a longer list are more urgent
};

/// The Flow Service, typed. Every call runs over one Transport and completes inside its step().
/// Reads are retried on any transient failure; PATCH, DELETE and action where that is safe; a
/// create only when the service surely did not act on it (401, 429, nothing sent). An Error carries
/// method, path, status, code and request id (section 9.1).
class Client {
  public:
    template <class T>
    using Done = std::function<void(Result<T>)>;

    Client(http::Transport& transport, auth::TokenProvider& tokens, Site site,
           http::RetryLimits limits, const Clock& clock, std::function<double()> jitter);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] const Site& site() const;

    /// From then on that `stopping` says so, what fails is not tried again.
    void stop_retrying_when(std::function<bool()> stopping);

    /// All entities of a kind, page after page by `_links.next.href`; an id that comes twice is
    /// kept once. `page` is told how many items have arrived.
    void list(model::EntityKind kind, ListOptions options, Done<std::vector<json::Value>> done,
              std::function<void(std::size_t)> page = {});

    /// How many entities of a kind there are of which all `properties` hold (section 3.3). Fails
    /// with ErrorKind::bad_answer where the service does not count.
    void count(model::EntityKind kind, std::vector<std::string> properties, Done<std::size_t> done);

    /// One entity, out of its envelope. Fails with ErrorKind::not_found.
    void get(model::EntityKind kind, std::string_view id, Done<json::Value> done);

    /// `body` is the request's JSON text; it may hold credentials. Where the outcome is unknown the
    /// Error satisfies http::outcome_unknown().
    void create(model::EntityKind kind, std::string body, Done<Created> done);

    /// Sends `operations` (RFC 6902, JSON text) with If-Match: `etag` as it was read, quotes
    /// included (section 3.2). Any 2xx is success (section 10.1, row 2). Fails with
    /// ErrorKind::stale on 412.
    void patch(model::EntityKind kind, std::string_view id, std::string_view etag,
               std::string operations, Done<void> done);

    /// Gone already counts as success (section 9.2).
    void remove(model::EntityKind kind, std::string_view id, Done<void> done);

    /// `POST /flows/{id}/action?op=enable|disable` (section 3.8).
    void set_enabled(std::string_view flow_id, bool enabled, Done<void> done);

    /// Runs, newest first (section 8).
    void runs(std::string_view flow_id, std::size_t at_most, Done<std::vector<json::Value>> done);

    /// Datasets that may be exported: `/connectionSpecs/{data lake}/configs` (section 3.9).
    void activation_datasets(Done<std::vector<json::Value>> done);

    /// One connection spec, out of its envelope (section 3.9).
    void connection_spec(std::string_view id, Done<json::Value> done);
    /// The flow specs that the sandbox offers whose `field`, `id` or `name`, is one of `values`
    /// (section 3.9).
    void flow_specs(std::string_view field, const std::vector<std::string>& values,
                    Done<std::vector<json::Value>> done);

    /// Data Prep, behind the same endpoint and with the same token.
    [[nodiscard]] DataPrep& data_prep();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace penstock::flow
