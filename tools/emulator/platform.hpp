#pragma once

#include "emulator/call.hpp"
#include "emulator/data_prep.hpp"
#include "emulator/entity_store.hpp"
#include "emulator/id_source.hpp"
#include "emulator/json_patch.hpp"
#include "emulator/page_cache.hpp"
#include "emulator/request_log.hpp"
#include "emulator/settings.hpp"
#include "emulator/specs.hpp"
#include "emulator/token_desk.hpp"
#include "emulator/validation.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

/// The platform behind one origin: the token endpoint, the Flow Service, Data Prep and what else
/// exports look up. Not thread-safe. Equal settings, clock and requests give equal answers, byte
/// for byte.
class Platform {
  public:
    Platform(Settings settings, const Clock& clock);
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;

    /// Answers any request; failures are answers too. With `list_lag`, lists of entities show what
    /// there was that long ago.
    http::Response handle(const http::Request& request, Milliseconds list_lag = Milliseconds{0});

    /// An access token without the exchange.
    std::string issue_token(const std::string& client_id);

    /// Finishes what has become due: changes of flows, and runs.
    void settle();

    /// Everything that is remembered, the log excepted.
    [[nodiscard]] json::Value save() const;
    void load(const json::Value& saved);

    /// Every request so far, without secrets.
    [[nodiscard]] const std::vector<LoggedRequest>& log() const { return log_; }

    /// Grows with every change of what save() returns, the counters of ids excepted.
    [[nodiscard]] std::uint64_t revision() const { return revision_ + token_revision_; }

    /// May be changed between requests.
    [[nodiscard]] Settings& settings() { return settings_; }

    /// What is stored, for assertions.
    [[nodiscard]] const EntityStore& store() const { return store_; }
    [[nodiscard]] const DataPrep& data_prep() const { return data_prep_; }

  private:
    using Answer = Outcome<http::Response>;

    http::Response answer(const http::Request& request, Milliseconds list_lag);
    Outcome<Call> admit(const http::Request& request, const http::Url& url) const;
    Answer route(std::string_view service, const Call& call);
    Answer flow_service(const Call& call);
    Answer entities(Kind kind, const Call& call);
    Answer entity(Kind kind, const Call& call, const std::string& id);

    Answer list(Kind kind, const Call& call) const;
    Answer create(Kind kind, const Call& call);
    Answer read(Kind kind, const Call& call, const std::string& id) const;
    Answer patch(Kind kind, const Call& call, const std::string& id);
    Answer remove(Kind kind, const Call& call, const std::string& id);
    Answer act(const Call& call, const std::string& id);

    Answer connection_specs(const Call& call) const;
    Answer flow_specs(const Call& call) const;
    Answer exportable_datasets(const Call& call) const;
    Answer runs(const Call& call) const;

    Answer profile_schema(const Call& call) const;
    Answer registry_schema(const Call& call) const;
    Answer identities(const Call& call) const;

    /// The content that the steps make of an entity; whether it may be stored is not checked yet.
    Outcome<json::Object> changed_body(const Entity& found,
                                       const std::vector<PatchStep>& steps) const;
    /// The base connection that the service picks for a source of the Profile Store, if it takes
    /// one that clients made (section 4.3).
    [[nodiscard]] const Entity* profile_store_base(const json::Value& source,
                                                   const Scope& scope) const;
    Outcome<void> check_version(const Call& call, const Entity& found) const;
    Outcome<void> check_unused(Kind kind, const Entity& found) const;
    Outcome<void> check_flow_is_stable(const Entity& found, std::string_view code) const;
    void touch(Entity& changed, const std::string& who, std::int64_t now);
    void start_operation(Entity& flow, json::Object body, std::string state_during,
                         std::string state_after, json::Array ops, const Call& call);
    void finish_operation(Entity& flow);
    void plan_next_run(Entity& flow, std::int64_t from);
    void finish_run(Entity& flow);
    http::Response patched(const Entity& changed, const Call& call) const;
    [[nodiscard]] Surroundings around(const Scope& scope) const;

    Settings settings_;
    const Clock& clock_;
    Specs specs_;
    IdSource ids_;
    IdSource request_ids_;
    EntityStore store_;
    DataPrep data_prep_;
    TokenDesk tokens_;
    std::vector<LoggedRequest> log_;
    std::uint64_t revision_ = 0;       ///< of all but the tokens
    std::uint64_t token_revision_ = 0; ///< of the tokens
    mutable PageCache pages_;
    std::int64_t next_event_ = 0; ///< nothing is due before this time
};

} // namespace penstock::emulator
