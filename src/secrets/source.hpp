#pragma once

#include "base/clock.hpp"
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
    /// Fails with ErrorKind::secret_unavailable or ErrorKind::interrupted; the message names the
    /// reference, never a value.
    virtual Result<SecretString> resolve(const SecretReference& reference) = 0;
};

using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Resolves against this machine: one trailing newline of a file or of a command's output is
/// dropped; a command runs in the project's folder for at most `command_limit`, without a shell or
/// standard input, and its standard error is part of the message when it fails. A secret that is
/// empty, holds a NUL or exceeds 1 MiB is an error. Each reference is resolved once, failures
/// included. Once `interrupted` says so, a command is ended and fails with ErrorKind::interrupted;
/// it may be null.
std::unique_ptr<SecretSource>
make_system_secrets(EnvironmentLookup environment, std::string project_folder,
                    std::function<bool()> interrupted = nullptr,
                    Milliseconds command_limit = Milliseconds{30'000});

} // namespace penstock::secrets
