#include "support/in_process_transport.hpp"

#include "emulator/id_source.hpp"
#include "http/url.hpp"

#include <algorithm>

namespace penstock::test {

namespace {

Recorded recorded(const http::Request& request) {
    Recorded entry;
    entry.method = http::name(request.method);
    entry.body = request.body;
    if (const auto url = http::parse_url(request.url)) {
        entry.path = url->path;
        entry.query = url->query;
    }
    return entry;
}

Error cut_connection(const Recorded& entry) {
    Error error;
    error.kind = ErrorKind::network;
    error.message = "the connection was cut before the answer was complete";
    error.exchange = Exchange{
        entry.method, entry.query.empty() ? entry.path : entry.path + "?" + entry.query, 0, {}, {}};
    return error;
}

} // namespace

void InProcessTransport::send(http::Request request, Completion completion) {
    if (stopped_) {
        return;
    }
    const auto latency = next_latency();
    auto fault = draw_fault ? draw_fault(request) : std::nullopt;
    if (!fault) {
        fault = faults_.next(request);
    }
    const auto way_there = latency / 2 + (fault ? fault->delay : Milliseconds{0});
    most_at_once_ = std::max(most_at_once_, ++under_way_);
    at(
        clock_.now() + way_there,
        [this, request = std::move(request), fault, way_back = latency - latency / 2,
         completion = std::move(completion)] { arrive(request, fault, way_back, completion); },
        true);
}

void InProcessTransport::arrive(http::Request request, const std::optional<emulator::Fault>& fault,
                                Milliseconds way_back, const Completion& completion) {
    if (alter) {
        alter(request);
    }
    auto entry = recorded(request);
    auto response = intercept ? intercept(request) : std::nullopt;
    if (!response) {
        response = emulator::answer(platform_, request, fault);
    }
    if (answered) {
        answered(request, response);
    }
    entry.status = response ? response->status : 0;
    requests_.push_back(entry);
    if (stopped_) {
        return;
    }
    if (remaining_ && (*remaining_ == 0 || --*remaining_ == 0)) {
        stopped_ = true;
        std::erase_if(events_, [](const auto& event) { return !event.second.is_arrival; });
        return;
    }
    at(clock_.now() + way_back, [this, entry, response = std::move(response), completion] {
        --under_way_;
        if (response) {
            completion(*response);
        } else {
            completion(fail(cut_connection(entry)));
        }
    });
}

void InProcessTransport::schedule(Milliseconds delay, std::function<void()> action) {
    if (!stopped_) {
        at(clock_.now() + delay, std::move(action));
    }
}

bool InProcessTransport::step() {
    if (stopped_ || events_.empty()) {
        return false;
    }
    auto event = events_.extract(events_.begin());
    clock_.set(std::max(clock_.now(), event.key().first));
    event.mapped().action();
    return !stopped_;
}

void InProcessTransport::deliver_what_is_under_way() {
    while (stopped_ && !events_.empty()) {
        auto event = events_.extract(events_.begin());
        clock_.set(std::max(clock_.now(), event.key().first));
        event.mapped().action();
    }
}

std::optional<UtcTime> InProcessTransport::next_due() const {
    return stopped_ || events_.empty() ? std::nullopt : std::optional(events_.begin()->first.first);
}

void InProcessTransport::set_latency(Milliseconds latency) {
    lowest_latency_ = latency;
    highest_latency_ = latency;
}

void InProcessTransport::set_random_latency(Milliseconds lowest, Milliseconds highest,
                                            std::uint64_t seed) {
    lowest_latency_ = lowest;
    highest_latency_ = highest;
    latency_seed_ = seed;
}

void InProcessTransport::at(UtcTime time, std::function<void()> action, bool is_arrival) {
    events_.emplace(std::pair(time, next_event_++), Event{std::move(action), is_arrival});
}

Milliseconds InProcessTransport::next_latency() {
    const auto width = static_cast<std::uint64_t>((highest_latency_ - lowest_latency_).count()) + 1;
    const auto draw = emulator::mixed(latency_seed_, latencies_drawn_++) % width;
    return lowest_latency_ + Milliseconds(static_cast<std::int64_t>(draw));
}

} // namespace penstock::test
