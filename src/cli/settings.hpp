#pragma once

#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/host.hpp"
#include "flow/client.hpp"
#include "manifest/documents.hpp"
#include "secrets/secret_string.hpp"
#include "secrets/source.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace penstock::cli {

/// OAuth credentials, resolved.
struct ResolvedCredentials {
    std::string client_id;
    secrets::SecretString client_secret;
    std::vector<std::string> scopes;
};

/// One environment with everything looked up.
struct Settings {
    flow::Site site;
    std::string ims_endpoint;
    std::variant<ResolvedCredentials, secrets::SecretString> auth;
};

/// The environment that the flag or PENSTOCK_ENVIRONMENT names, or the only one.
Result<const manifest::Environment*>
choose_environment(const manifest::Project& project, const Arguments& arguments, const Host& host);

/// Where the environment is: endpoint, organization and sandbox, and no API key.
Result<flow::Site> site_of(const manifest::Environment& environment, const Arguments& arguments,
                           const Host& host, secrets::SecretSource& secrets);

/// Looks the settings of `environment` up; flags win over variables, variables over the file.
/// Credentials that cannot be resolved are ErrorKind::authentication.
Result<Settings> resolve(const manifest::Environment& environment, const Arguments& arguments,
                         const Host& host, secrets::SecretSource& secrets);

/// How much runs at the same time, by flag or PENSTOCK_PARALLELISM.
Result<std::size_t> parallelism(const Arguments& arguments, const Host& host);

/// Fails if there is a file of certificates that cannot be read; without one there is nothing
/// wrong.
Result<void> check_ca_file(const std::string& file);

} // namespace penstock::cli
