#pragma once

#include "auth/tokens.hpp"
#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "cli/arguments.hpp"
#include "cli/host.hpp"
#include "cli/interruptible.hpp"
#include "cli/settings.hpp"
#include "flow/client.hpp"
#include "http/paced_transport.hpp"
#include "http/read_only.hpp"
#include "manifest/documents.hpp"
#include "secrets/source.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace penstock::cli {

enum class Access { read, write };

/// The service of one environment, ready to talk to.
class Context {
  public:
    /// With Access::read nothing that this hands out can change anything.
    static Result<std::unique_ptr<Context>> open(const Arguments& arguments, const Host& host,
                                                 const manifest::Manifests& manifests,
                                                 Access access);

    [[nodiscard]] InterruptibleTransport& transport() { return *transport_; }
    [[nodiscard]] flow::Client& client() { return *client_; }
    [[nodiscard]] secrets::SecretSource& secrets() { return *secrets_; }
    /// Its name in the manifests.
    [[nodiscard]] const std::string& environment() const { return environment_; }
    [[nodiscard]] std::size_t parallelism() const { return parallelism_; }
    [[nodiscard]] const Clock& clock() const { return *clock_; }
    /// Whether a signal asked to stop.
    [[nodiscard]] bool interrupted() const { return interrupted_(); }

  private:
    Context() = default;

    std::string environment_;
    std::size_t parallelism_ = 0;
    const Clock* clock_ = nullptr;
    std::function<bool()> interrupted_;
    std::unique_ptr<secrets::SecretSource> secrets_;
    std::unique_ptr<http::Transport> wire_;
    std::unique_ptr<http::PacedTransport> paced_;
    std::unique_ptr<http::Transport> read_only_; ///< null where writing is allowed
    std::unique_ptr<InterruptibleTransport> transport_;
    std::unique_ptr<auth::TokenProvider> tokens_;
    std::unique_ptr<flow::Client> client_;
};

} // namespace penstock::cli
