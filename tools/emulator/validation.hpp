#pragma once

#include "emulator/data_prep.hpp"
#include "emulator/entity_store.hpp"
#include "emulator/refusal.hpp"
#include "emulator/specs.hpp"

#include <string_view>

namespace penstock::emulator {

/// What an entity is checked against.
struct Surroundings {
    const Specs& specs;
    const EntityStore& store;
    const DataPrep& data_prep;
    const Settings& settings;
    const Scope& scope;
};

/// Reads the body of a POST. Refuses an empty one with 1405-400.
Outcome<json::Object> read_body(std::string_view text);

/// Refuses an entity that the service would not store (sections 3.5 to 3.8, 5 and 6): 1413 for an
/// unknown spec, 422 for a spec without version, 1415 for an unknown auth spec, 1410 for a flow
/// with `state`, and 400 with a message for everything without a code of its own.
Outcome<void> check_entity(Kind kind, const json::Object& body, const Surroundings& around);

} // namespace penstock::emulator
