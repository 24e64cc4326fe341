#include "http/read_only.hpp"

#include "http/url.hpp"

#include <fmt/format.h>

namespace penstock::http {

ReadOnlyTransport::ReadOnlyTransport(Transport& inner, const std::string& ims_endpoint)
    : inner_(inner), token_url_(at_endpoint(ims_endpoint, "/ims/token/v3")) {}

void ReadOnlyTransport::send(Request request, Completion completion) {
    const bool token_request = request.method == Method::post && request.url == token_url_;
    if (request.method == Method::get || token_request) {
        inner_.send(std::move(request), std::move(completion));
        return;
    }
    Error error{ErrorKind::refused,
                fmt::format("{} is not sent: this command only reads", name(request.method)),
                {},
                exchange_for(request)};
    inner_.schedule(Milliseconds{0}, [completion = std::move(completion),
                                      error = std::move(error)] { completion(fail(error)); });
}

void ReadOnlyTransport::schedule(Milliseconds delay, std::function<void()> action) {
    inner_.schedule(delay, std::move(action));
}

void ReadOnlyTransport::compute(std::function<void()> work, std::function<void()> then) {
    inner_.compute(std::move(work), std::move(then));
}

bool ReadOnlyTransport::step() {
    return inner_.step();
}

} // namespace penstock::http
