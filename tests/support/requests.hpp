#pragma once

#include "catalogue/catalogue.hpp"
#include "json/value.hpp"
#include "manifest/documents.hpp"
#include "support/world.hpp"

#include <map>
#include <string>

namespace penstock::test {

/// The auth of an account whose base connection is made by the body `connection`. What the
/// catalogue marks secret becomes a reference, which `secrets` resolves.
manifest::AccountAuth account_auth(const json::Value& connection, FakeSecrets& secrets);

/// Target parameters as a manifest has them: without the constants.
json::Object manifest_parameters(const json::Value& params,
                                 const catalogue::Destination& destination);

/// The bodies that were posted to the Flow Service, by collection, without names and descriptions,
/// ids in words. The base connection to the Profile Store is one of `profileStoreConnections`.
/// Fails the test if a collection got two.
std::map<std::string, json::Value> posted(const Run& run, const World& world);

} // namespace penstock::test
