#pragma once

#include <string>
#include <variant>
#include <vector>

namespace penstock::secrets {

struct EnvironmentVariable {
    std::string name;
    bool operator==(const EnvironmentVariable&) const = default;
};

struct SecretFile {
    std::string path; ///< relative paths count from the project's folder
    bool operator==(const SecretFile&) const = default;
};

struct SecretCommand {
    std::vector<std::string> argv; ///< run as it is, without a shell
    bool operator==(const SecretCommand&) const = default;
};

/// Where a secret is kept. It is not itself secret and may be shown.
using SecretReference = std::variant<EnvironmentVariable, SecretFile, SecretCommand>;

/// `environment variable NAME`, `file PATH`, `command ARGV0`. Arguments of a command stay out.
std::string describe(const SecretReference& reference);

} // namespace penstock::secrets
