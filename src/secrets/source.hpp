#pragma once

#include "base/result.hpp"
#include "secrets/reference.hpp"
#include "secrets/secret_string.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace penstock::secrets {

/// Resolves references. The one real implementation reads the environment, files and commands.
class SecretSource {
  public:
    virtual ~SecretSource() = default;
    /// Fails with ErrorKind::secret_unavailable; the message names the reference, never a value.
    virtual Result<SecretString> resolve(const SecretReference& reference) = 0;
};

using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Resolves against this machine: one trailing newline of a file or of a command's output is
/// dropped; a command gets 30 s, no shell and no standard input, and its standard error is part of
/// the message when it fails. An empty secret is an error. Each reference is resolved once.
std::unique_ptr<SecretSource> make_system_secrets(EnvironmentLookup environment,
                                                  std::string project_folder);

} // namespace penstock::secrets
