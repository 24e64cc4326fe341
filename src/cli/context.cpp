#include "cli/context.hpp"

#include "cli/outcome.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace penstock::cli {

namespace {

std::unique_ptr<auth::TokenProvider> make_tokens(Settings& settings, http::Transport& transport,
                                                 const Clock& clock) {
    if (auto* credentials = std::get_if<ResolvedCredentials>(&settings.auth)) {
        return auth::make_ims_tokens(transport, clock,
                                     {settings.ims_endpoint, credentials->client_id,
                                      std::move(credentials->client_secret),
                                      std::move(credentials->scopes)});
    }
    return auth::make_ready_token(std::move(std::get<secrets::SecretString>(settings.auth)));
}

} // namespace

Result<std::unique_ptr<Context>> Context::open(const Arguments& arguments, const Host& host,
                                               const manifest::Manifests& manifests,
                                               Access access) {
    auto context = std::unique_ptr<Context>(new Context);
    const auto parallel = cli::parallelism(arguments, host);
    if (!parallel) {
        return fail(parallel.error());
    }
    context->parallelism_ = *parallel;
    context->clock_ = host.clock;
    if (const auto readable = check_ca_file(arguments.ca_file); !readable) {
        return fail(readable.error());
    }
    const auto environment = choose_environment(manifests.project, arguments, host);
    if (!environment) {
        return fail(environment.error());
    }
    context->environment_ = (*environment)->name;
    const auto interrupted = [signal = host.signal] { return signal && signal() != 0; };
    context->interrupted_ = interrupted;
    context->secrets_ = secrets::make_system_secrets(host.variable, manifests.folder, interrupted);
    auto settings = resolve(**environment, arguments, host, *context->secrets_);
    if (!settings) {
        return fail(settings.error());
    }

    http::CurlOptions options;
    options.ca_file = arguments.ca_file;
    options.parallelism = *parallel;
    options.user_agent = fmt::format("penstock/{}", version());
    if (arguments.timeout_seconds) {
        options.total_timeout = std::chrono::seconds(*arguments.timeout_seconds);
    }
    context->wire_ = host.make_transport(options);
    context->paced_ = std::make_unique<http::PacedTransport>(*context->wire_, *parallel);
    http::Transport* below = context->paced_.get();
    if (access == Access::read) {
        context->read_only_ =
            std::make_unique<http::ReadOnlyTransport>(*below, settings->ims_endpoint);
        below = context->read_only_.get();
    }
    context->transport_ = std::make_unique<InterruptibleTransport>(*below, interrupted);
    context->tokens_ = make_tokens(*settings, *context->transport_, *host.clock);
    context->client_ =
        std::make_unique<flow::Client>(*context->transport_, *context->tokens_, settings->site,
                                       http::RetryLimits{}, *host.clock, host.jitter);
    return context;
}

} // namespace penstock::cli
