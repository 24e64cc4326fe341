#include "bench/answers.hpp"

#include "http/url.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace penstock::bench {

namespace {

std::filesystem::path index_of(std::filesystem::path file) {
    file += ".index";
    return file;
}

} // namespace

std::string name_of(const http::Request& request) {
    const auto url = http::parse_url(request.url);
    if (!url) {
        throw std::runtime_error("a request without an address");
    }
    return fmt::format("{} {}{}{}", http::name(request.method), url->path,
                       url->query.empty() ? "" : "?", url->query);
}

AnswerWriter::AnswerWriter(const std::filesystem::path& file)
    : bodies_(file, std::ios::binary | std::ios::trunc), index_(index_of(file), std::ios::trunc) {
    if (!bodies_ || !index_) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

void AnswerWriter::add(const http::Request& request, const http::Response& response) {
    const auto name = name_of(request);
    if (!names_.insert(name).second) {
        return;
    }
    // No address and no type holds a tab.
    index_ << fmt::format("{}\t{}\t{}\t{}\t{}\n", name, response.status,
                          response.headers.find("Content-Type").value_or(""), written_,
                          response.body.size());
    bodies_ << response.body;
    written_ += response.body.size();
}

Answers::Answers(const std::filesystem::path& file)
    : file_(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    std::ifstream index(index_of(file));
    if (file_ < 0 || !index) {
        throw std::runtime_error("cannot read " + file.string());
    }
    for (std::string line; std::getline(index, line);) {
        std::istringstream cells(line);
        std::string name;
        Place place;
        std::getline(cells, name, '\t');
        cells >> place.status;
        cells.ignore();
        std::getline(cells, place.type, '\t');
        cells >> place.offset >> place.size;
        order_.push_back(name);
        places_.emplace(std::move(name), std::move(place));
    }
}

Answers::~Answers() {
    close(file_);
}

void Answers::read(const Place& place, std::string& body) const {
    body.resize(place.size);
    std::size_t got = 0;
    while (got < place.size) {
        const auto count = pread(file_, body.data() + got, place.size - got,
                                 static_cast<off_t>(place.offset + got));
        if (count <= 0) {
            throw std::runtime_error("the kept answers are cut off");
        }
        got += static_cast<std::size_t>(count);
    }
}

http::Response Answers::answer(const std::string& name) const {
    const auto found = places_.find(name);
    if (found == places_.end()) {
        throw std::runtime_error("no answer is kept for " + name);
    }
    http::Response response;
    response.status = found->second.status;
    response.headers.add("Content-Type", found->second.type);
    read(found->second, response.body);
    return response;
}

void Answers::for_each_body(
    const std::function<void(const std::string& name, std::string& body)>& use) const {
    std::string body;
    for (const auto& name : order_) {
        read(places_.at(name), body);
        use(name, body);
    }
}

void ReplayTransport::send(http::Request request, Completion completion) {
    asked_.emplace_back(name_of(request), std::move(completion));
}

void ReplayTransport::schedule(Milliseconds delay, std::function<void()> action) {
    timers_.emplace(now_ + delay, std::move(action));
}

void ReplayTransport::compute(std::function<void()> work, std::function<void()> then) {
    workers_.add(std::move(work), std::move(then));
}

void ReplayTransport::ring() {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
}

bool ReplayTransport::step() {
    if (workers_.run_done()) {
        return true;
    }
    if (!asked_.empty()) {
        const auto [name, completion] = std::move(asked_.front());
        asked_.pop_front();
        completion(answers_.answer(name));
        return true;
    }
    if (!workers_.empty()) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return std::exchange(done_, false); });
        return true;
    }
    if (timers_.empty()) {
        return false;
    }
    auto timer = timers_.extract(timers_.begin());
    now_ = timer.key();
    timer.mapped()();
    return true;
}

} // namespace penstock::bench
