#include "http/paced_transport.hpp"

namespace penstock::http {

void PacedTransport::send(Request request, Completion completion) {
    const auto urgency = request.urgency;
    waiting_.emplace(urgency, std::pair(std::move(request), std::move(completion)));
    send_waiting();
}

void PacedTransport::send_waiting() {
    while (!waiting_.empty() && in_flight_ < pace_.limit()) {
        auto [request, completion] = std::move(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
        ++in_flight_;
        inner_.send(std::move(request),
                    [this, round = pace_.round(),
                     completion = std::move(completion)](Result<Response> response) {
                        --in_flight_;
                        pace_.answered(response ? response->status : 0, round);
                        completion(std::move(response)); // which may ask for what is more urgent
                        send_waiting();
                    });
    }
}

} // namespace penstock::http
