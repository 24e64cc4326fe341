#pragma once

#include "http/transport.hpp"

#include <string>

namespace penstock::http {

/// Lets nothing through that could change anything: GET, and the token request to IMS (reference,
/// section 1.3). Every other request fails with ErrorKind::refused and is never sent.
class ReadOnlyTransport final : public Transport {
  public:
    /// `ims_endpoint` as in the settings, e.g. https://ims-na1.adobelogin.com.
    ReadOnlyTransport(Transport& inner, const std::string& ims_endpoint);

    void send(Request request, Completion completion) override;
    void schedule(Milliseconds delay, std::function<void()> action) override;
    void compute(std::function<void()> work, std::function<void()> then) override;
    bool step() override;

  private:
    Transport& inner_;
    std::string token_url_;
};

} // namespace penstock::http
