#pragma once

#include "json/value.hpp"

namespace penstock::emulator {

/// The union schema of every sandbox's profiles (section 3.13).
const json::Value& union_schema();

/// The identity namespaces, a bare array (section 3.13).
const json::Value& identity_namespaces();

/// The partner schema of every destination (section 3.11).
const json::Value& partner_schema();

} // namespace penstock::emulator
