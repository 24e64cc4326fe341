#include "http/paced_transport.hpp"

namespace penstock::http {

void PacedTransport::send(Request request, Completion completion) {
    waiting_.emplace_back(std::move(request), std::move(completion));
    send_waiting();
}

void PacedTransport::send_waiting() {
    while (!waiting_.empty() && in_flight_ < pace_.limit()) {
        auto [request, completion] = std::move(waiting_.front());
        waiting_.pop_front();
        ++in_flight_;
        inner_.send(std::move(request),
                    [this, round = pace_.round(),
                     completion = std::move(completion)](Result<Response> response) {
                        --in_flight_;
                        pace_.answered(response ? response->status : 0, round);
                        send_waiting();
                        completion(std::move(response));
                    });
    }
}

} // namespace penstock::http
