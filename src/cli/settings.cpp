#include "cli/settings.hpp"

#include "base/text.hpp"
#include "http/url.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace penstock::cli {

namespace {

Result<std::string> value_of(const manifest::Setting& setting, secrets::SecretSource& secrets) {
    if (const auto* text = std::get_if<std::string>(&setting)) {
        return *text;
    }
    auto resolved = secrets.resolve(std::get<secrets::SecretReference>(setting));
    if (!resolved) {
        return fail(std::move(resolved).error());
    }
    return resolved->reveal();
}

/// Without its credentials an environment cannot be talked to: that is no authentication.
Error as_authentication(Error error) {
    if (error.kind == ErrorKind::secret_unavailable) {
        error.kind = ErrorKind::authentication;
    }
    return error;
}

Result<secrets::SecretString> credential(const manifest::Setting& setting,
                                         secrets::SecretSource& secrets) {
    auto value = value_of(setting, secrets);
    if (!value) {
        return fail(as_authentication(std::move(value).error()));
    }
    return secrets::SecretString(std::move(*value));
}

/// Flag, then variable, then file.
Result<std::string> url(const std::optional<std::string>& flag, const char* variable,
                        const manifest::Setting& setting, const Host& host,
                        secrets::SecretSource& secrets) {
    std::string text;
    if (flag) {
        text = *flag;
    } else if (const auto found = host.variable(variable); found && !found->empty()) {
        text = *found;
    } else {
        auto written = value_of(setting, secrets);
        if (!written) {
            return written;
        }
        text = *written;
    }
    if (text.find('@') != std::string::npos) {
        return fail(ErrorKind::invalid_input, "the URL of a service holds no user and no password",
                    "leave out what stands before the @; credentials belong into `auth`");
    }
    if (!http::parse_url(text)) {
        return fail(ErrorKind::invalid_input, fmt::format("{} is no URL", printable(text)),
                    "write it as https://host");
    }
    while (!text.empty() && text.back() == '/') {
        text.pop_back();
    }
    return text;
}

} // namespace

Result<const manifest::Environment*>
choose_environment(const manifest::Project& project, const Arguments& arguments, const Host& host) {
    std::vector<std::string> names;
    for (const auto& environment : project.environments) {
        names.push_back(environment.name);
    }
    auto wanted = arguments.environment;
    if (!wanted) {
        const auto variable = host.variable("PENSTOCK_ENVIRONMENT");
        wanted = variable && !variable->empty() ? variable : std::nullopt;
    }
    if (!wanted) {
        if (names.size() == 1) {
            return &project.environments.front();
        }
        return fail(ErrorKind::invalid_input,
                    fmt::format("the project has several environments: {}", enumerate(names)),
                    "choose one with -e ENV or PENSTOCK_ENVIRONMENT");
    }
    for (const auto& environment : project.environments) {
        if (environment.name == *wanted) {
            return &environment;
        }
    }
    const auto near = nearest(*wanted, names);
    return fail(ErrorKind::invalid_input,
                fmt::format("there is no environment {}", printable(*wanted)),
                near ? fmt::format("did you mean {}?", *near)
                     : fmt::format("the project has {}", enumerate(names)));
}

Result<flow::Site> site_of(const manifest::Environment& environment, const Arguments& arguments,
                           const Host& host, secrets::SecretSource& secrets) {
    auto endpoint =
        url(arguments.endpoint, "PENSTOCK_ENDPOINT", environment.endpoint, host, secrets);
    auto organization = value_of(environment.organization, secrets);
    auto sandbox = value_of(environment.sandbox, secrets);
    for (auto* result : {&endpoint, &organization, &sandbox}) {
        if (!*result) {
            return fail(std::move(*result).error());
        }
    }
    return flow::Site{*endpoint, *organization, *sandbox, {}};
}

Result<Settings> resolve(const manifest::Environment& environment, const Arguments& arguments,
                         const Host& host, secrets::SecretSource& secrets) {
    Settings settings;
    auto site = site_of(environment, arguments, host, secrets);
    if (!site) {
        return fail(std::move(site).error());
    }
    auto ims_endpoint = url(arguments.ims_endpoint, "PENSTOCK_IMS_ENDPOINT",
                            environment.ims_endpoint, host, secrets);
    if (!ims_endpoint) {
        return fail(std::move(ims_endpoint).error());
    }
    settings.site = std::move(*site);
    settings.ims_endpoint = *ims_endpoint;

    if (const auto* client = std::get_if<manifest::ClientCredentials>(&environment.auth)) {
        const auto id = credential(client->client_id, secrets);
        if (!id) {
            return fail(id.error());
        }
        auto secret = credential(client->client_secret, secrets);
        if (!secret) {
            return fail(secret.error());
        }
        settings.site.api_key = id->reveal();
        settings.auth = ResolvedCredentials{id->reveal(), std::move(*secret), client->scopes};
    } else {
        const auto& ready = std::get<manifest::ReadyToken>(environment.auth);
        const auto key = credential(ready.api_key, secrets);
        if (!key) {
            return fail(key.error());
        }
        auto token = credential(ready.access_token, secrets);
        if (!token) {
            return fail(token.error());
        }
        settings.site.api_key = key->reveal();
        settings.auth = std::move(*token);
    }
    return settings;
}

Result<std::size_t> parallelism(const Arguments& arguments, const Host& host) {
    constexpr std::size_t usual = 8;
    constexpr std::size_t most = 256;
    if (arguments.parallelism) {
        return *arguments.parallelism;
    }
    const auto variable = host.variable("PENSTOCK_PARALLELISM");
    if (!variable || variable->empty()) {
        return usual;
    }
    std::size_t parsed = 0;
    const auto* last = variable->data() + variable->size();
    const auto [end, error] = std::from_chars(variable->data(), last, parsed);
    if (error != std::errc{} || end != last || parsed == 0 || parsed > most) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("PENSTOCK_PARALLELISM takes a number from 1 to {}, not {}", most,
                                printable(*variable)));
    }
    return parsed;
}

Result<void> check_ca_file(const std::string& file) {
    if (file.empty()) {
        return {};
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("--ca-file {} cannot be read: it is a folder", printable(file)));
    }
    const std::ifstream stream(file);
    if (!stream.is_open()) {
        return fail(ErrorKind::invalid_input, fmt::format("--ca-file {} cannot be read: {}",
                                                          printable(file), std::strerror(errno)));
    }
    return {};
}

} // namespace penstock::cli
