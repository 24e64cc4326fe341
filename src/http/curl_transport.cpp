#include "http/curl_transport.hpp"

#include "base/text.hpp"
#include "http/request_check.hpp"
#include "http/timers.hpp"
#include "http/url.hpp"
#include "http/workers.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <new>
#include <vector>

namespace penstock::http {

namespace {

constexpr Milliseconds longest_wait{1000};
constexpr std::size_t most_header_bytes = std::size_t{1024} * 1024;

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiDeleter {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// Sets options by type, because curl_easy_setopt takes anything and reads what it expects. The
/// first failure is kept: a request whose certificate check could not be set must not go out.
class Setter {
  public:
    explicit Setter(CURL* handle) : handle_(handle) {}
    void number(CURLoption option, long value) { keep(curl_easy_setopt(handle_, option, value)); }
    void text(CURLoption option, const char* value) {
        keep(curl_easy_setopt(handle_, option, value));
    }
    void pointer(CURLoption option, void* value) { keep(curl_easy_setopt(handle_, option, value)); }
    void callback(CURLoption option, curl_write_callback value) {
        keep(curl_easy_setopt(handle_, option, value));
    }
    [[nodiscard]] CURLcode result() const { return result_; }

  private:
    void keep(CURLcode code) { result_ = result_ == CURLE_OK ? code : result_; }
    CURL* handle_;
    CURLcode result_ = CURLE_OK;
};

long info_number(CURL* handle, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

curl_off_t info_size(CURL* handle, CURLINFO info) {
    curl_off_t value = -1;
    curl_easy_getinfo(handle, info, &value);
    return value;
}

/// One request on its way. libcurl keeps addresses of its members, so it never moves.
struct Transfer {
    Transfer(Request asked, Transport::Completion done, std::size_t limit)
        : request(std::move(asked)), completion(std::move(done)), most_bytes(limit) {}
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    Request request;
    Transport::Completion completion;
    std::size_t most_bytes;
    Response response;
    std::size_t header_bytes = 0;
    std::size_t body_sent = 0;
    bool too_large = false;
    std::array<char, CURL_ERROR_SIZE> words{};
    std::unique_ptr<curl_slist, ListDeleter> headers;
    std::unique_ptr<CURL, EasyDeleter> handle; ///< last, so that it goes first
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    if (size > transfer.most_bytes - transfer.response.body.size()) {
        transfer.too_large = true;
        return 0;
    }
    transfer.response.body.append(data, size);
    return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    transfer.header_bytes += size;
    if (transfer.header_bytes > most_header_bytes) {
        transfer.too_large = true;
        return 0;
    }
    const std::string_view line(data, size);
    const auto colon = line.find(':');
    if (line.starts_with("HTTP/")) {
        transfer.response.headers = {}; // what came before belonged to an interim answer
    } else if (colon != std::string_view::npos) {
        transfer.response.headers.add(std::string(line.substr(0, colon)),
                                      std::string(trimmed(line.substr(colon + 1))));
    }
    return size;
}

std::size_t on_read(char* buffer, std::size_t, std::size_t size, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const auto rest = std::string_view(transfer.request.body).substr(transfer.body_sent);
    const std::size_t count = std::min(size, rest.size());
    std::copy_n(rest.data(), count, buffer);
    transfer.body_sent += count;
    return count;
}

void set_method(Setter& set, Transfer& transfer) {
    const std::string& body = transfer.request.body;
    const auto size = static_cast<long>(body.size());
    switch (transfer.request.method) {
    case Method::get:
        set.number(CURLOPT_HTTPGET, 1);
        return;
    case Method::post:
        set.number(CURLOPT_POST, 1);
        set.number(CURLOPT_POSTFIELDSIZE, size);
        if (body.empty()) {
            set.text(CURLOPT_POSTFIELDS, "");
        } else {
            // On a kept connection that died libcurl sends again by itself. It cannot rewind this
            // callback, so a POST whose body has gone out fails instead.
            set.callback(CURLOPT_READFUNCTION, on_read);
            set.pointer(CURLOPT_READDATA, &transfer);
        }
        return;
    case Method::put:
    case Method::patch:
        set.number(CURLOPT_POSTFIELDSIZE, size);
        set.text(CURLOPT_POSTFIELDS, body.c_str());
        break;
    case Method::del:
        break;
    }
    set.text(CURLOPT_CUSTOMREQUEST, name(transfer.request.method).data());
}

std::unique_ptr<curl_slist, ListDeleter> header_list(const Headers& headers) {
    std::unique_ptr<curl_slist, ListDeleter> list;
    const auto append = [&](const std::string& line) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) {
            throw std::bad_alloc();
        }
        static_cast<void>(list.release());
        list.reset(longer);
    };
    for (const auto& [name, value] : headers.fields()) {
        append(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
    }
    // Neither is ours unless it was asked for: libcurl would add a form's type to every body, and
    // wait a second for "100 Continue" before a large one.
    if (!headers.find("content-type")) {
        append("Content-Type:");
    }
    append("Expect:");
    return list;
}

CURLcode prepare(Transfer& transfer, const CurlOptions& options) {
    transfer.handle.reset(curl_easy_init());
    if (!transfer.handle) {
        throw std::bad_alloc();
    }
    transfer.headers = header_list(transfer.request.headers);
    Setter set(transfer.handle.get());
    set.text(CURLOPT_URL, transfer.request.url.c_str());
    set.pointer(CURLOPT_PRIVATE, &transfer);
    set.pointer(CURLOPT_ERRORBUFFER, transfer.words.data());
    set.pointer(CURLOPT_HTTPHEADER, transfer.headers.get());
    set.callback(CURLOPT_WRITEFUNCTION, on_body);
    set.pointer(CURLOPT_WRITEDATA, &transfer);
    set.callback(CURLOPT_HEADERFUNCTION, on_header);
    set.pointer(CURLOPT_HEADERDATA, &transfer);
    set_method(set, transfer);
    set.text(CURLOPT_PROTOCOLS_STR, "http,https");
    set.number(CURLOPT_FOLLOWLOCATION, 0);
    set.number(CURLOPT_PATH_AS_IS, 1);
    set.number(CURLOPT_NOSIGNAL, 1);
    set.number(CURLOPT_SSL_VERIFYPEER, 1);
    set.number(CURLOPT_SSL_VERIFYHOST, 2);
    set.number(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    set.number(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    set.number(CURLOPT_PIPEWAIT, 1);
    set.number(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
    set.number(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    set.number(CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
    set.text(CURLOPT_ACCEPT_ENCODING, "");
    set.text(CURLOPT_USERAGENT, options.user_agent.c_str());
    if (!options.ca_file.empty()) {
        set.text(CURLOPT_CAINFO, options.ca_file.c_str());
    }
    if (transfer.request.url.starts_with("http:")) {
        set.text(CURLOPT_PROXY, ""); // plain http stays on this machine, token included
    }
    return set.result();
}

struct Explanation {
    std::string message;
    std::string hint;
};

Explanation explain(const Transfer& transfer, CURLcode code, bool sent,
                    const CurlOptions& options) {
    CURL* handle = transfer.handle.get();
    const auto url = parse_url(transfer.request.url);
    const std::string host = url ? url->host : "the host";
    const char* words =
        transfer.words[0] == '\0' ? curl_easy_strerror(code) : transfer.words.data();
    const std::string detail = excerpt(words, 200);
    const std::string proxy_hint = "check the endpoint, the network and the proxy variables";
    if (const long status = info_number(handle, CURLINFO_HTTP_CONNECTCODE); status >= 300) {
        return {fmt::format("cannot reach {}: the proxy refuses the connection (HTTP {})", host,
                            status),
                "check the proxy variables, the user and password in them, and what the proxy "
                "allows"};
    }
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY) {
        return {fmt::format("cannot reach {}: {}", host, detail), proxy_hint};
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
        code == CURLE_SSL_CACERT_BADFILE) {
        return {fmt::format("TLS with {} failed: {}", host, detail),
                "if a proxy or an authority of your own signs the certificates, name its "
                "certificate with --ca-file"};
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        const auto seconds = [](Milliseconds limit) {
            return fmt::format("{:g} s", static_cast<double>(limit.count()) / 1000);
        };
        const auto message =
            sent ? fmt::format("{} gave no complete answer within {}", host,
                               seconds(options.total_timeout))
                 : fmt::format("no connection to {} within {}", host,
                               seconds(std::min(options.connect_timeout, options.total_timeout)));
        return {message, sent ? "" : proxy_hint};
    }
    if (code == CURLE_PARTIAL_FILE) {
        const auto got = info_size(handle, CURLINFO_SIZE_DOWNLOAD_T);
        const auto of = info_size(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
        return {of < 0
                    ? fmt::format("the answer of {} was cut after {} bytes", host, got)
                    : fmt::format("the answer of {} was cut after {} of {} bytes", host, got, of),
                {}};
    }
    return sent ? Explanation{fmt::format("the connection to {} broke: {}", host, detail), {}}
                : Explanation{fmt::format("cannot reach {}: {}", host, detail), proxy_hint};
}

Error error_for(const Transfer& transfer, CURLcode code, const CurlOptions& options) {
    CURL* handle = transfer.handle.get();
    Error error{ErrorKind::network, {}, {}, exchange_for(transfer.request)};
    error.exchange->status = static_cast<int>(info_number(handle, CURLINFO_RESPONSE_CODE));
    if (transfer.too_large) {
        const auto url = parse_url(transfer.request.url);
        error.kind = ErrorKind::bad_answer;
        error.message = fmt::format("the answer of {} is larger than {} bytes",
                                    url ? url->host : "the host", transfer.most_bytes);
        return error;
    }
    // Both go on when libcurl tries a second connection by itself, so zero means that no server can
    // have seen any of it. What was said to a proxy on the way counts as bytes, so there is a time
    // as well, which stays zero until the host itself is reached.
    const bool sent = info_number(handle, CURLINFO_REQUEST_SIZE) > 0 &&
                      info_size(handle, CURLINFO_PRETRANSFER_TIME_T) > 0;
    auto [message, hint] = explain(transfer, code, sent, options);
    error.kind = sent ? ErrorKind::network : ErrorKind::unreachable;
    error.message = std::move(message);
    error.hint = std::move(hint);
    return error;
}

} // namespace

struct CurlTransport::State {
    explicit State(CurlOptions chosen) : options(std::move(chosen)), multi(curl_multi_init()) {
        if (!multi) {
            throw std::bad_alloc();
        }
        const auto connections = static_cast<long>(std::max<std::size_t>(1, options.parallelism));
        curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
        curl_multi_setopt(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        for (const auto& transfer : flying) {
            curl_multi_remove_handle(multi.get(), transfer->handle.get());
        }
    }

    void complete_later(Transport::Completion completion, Error error) {
        timers.add(Milliseconds{0}, [completion = std::move(completion), error = std::move(error)] {
            completion(fail(error));
        });
    }

    /// Hands waiting requests to libcurl. Its total time limit begins here and not in our queue.
    void start_waiting() {
        while (!waiting.empty() && flying.size() < std::max<std::size_t>(1, options.parallelism)) {
            auto transfer = std::move(waiting.front());
            waiting.pop_front();
            const CURLcode code = prepare(*transfer, options);
            if (code != CURLE_OK ||
                curl_multi_add_handle(multi.get(), transfer->handle.get()) != CURLM_OK) {
                auto error = error_for(*transfer, code, options);
                complete_later(std::move(transfer->completion), std::move(error));
                continue;
            }
            flying.push_back(std::move(transfer));
        }
    }

    bool finish_done() {
        bool any = false;
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
            if (message->msg != CURLMSG_DONE) {
                continue;
            }
            const CURLcode code = message->data.result;
            CURL* handle = message->easy_handle;
            curl_multi_remove_handle(multi.get(), handle);
            const auto found =
                std::find_if(flying.begin(), flying.end(), [&](const auto& transfer) {
                    return transfer->handle.get() == handle;
                });
            const auto transfer = std::move(*found);
            flying.erase(found);
            any = true;
            finish(*transfer, code);
        }
        return any;
    }

    void finish(Transfer& transfer, CURLcode code) const {
        if (code != CURLE_OK) {
            transfer.completion(fail(error_for(transfer, code, options)));
            return;
        }
        transfer.response.status =
            static_cast<int>(info_number(transfer.handle.get(), CURLINFO_RESPONSE_CODE));
        if (auto redirect = check_redirect(transfer.request, transfer.response)) {
            transfer.completion(fail(std::move(*redirect)));
            return;
        }
        transfer.completion(std::move(transfer.response));
    }

    CurlOptions options;
    std::unique_ptr<CURLM, MultiDeleter> multi;
    std::deque<std::unique_ptr<Transfer>> waiting;
    std::vector<std::unique_ptr<Transfer>> flying;
    Timers timers;
    Workers workers{[this] { curl_multi_wakeup(multi.get()); }};
};

CurlTransport::CurlTransport(CurlOptions options) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) {
        throw std::bad_alloc();
    }
    state_ = std::make_unique<State>(std::move(options));
}

CurlTransport::~CurlTransport() = default;

void CurlTransport::send(Request request, Completion completion) {
    if (auto error = check_request(request)) {
        state_->complete_later(std::move(completion), std::move(*error));
        return;
    }
    state_->waiting.push_back(std::make_unique<Transfer>(std::move(request), std::move(completion),
                                                         state_->options.most_bytes));
}

void CurlTransport::schedule(Milliseconds delay, std::function<void()> action) {
    state_->timers.add(delay, std::move(action));
}

void CurlTransport::compute(std::function<void()> work, std::function<void()> then) {
    state_->workers.add(std::move(work), std::move(then));
}

bool CurlTransport::step() {
    State& state = *state_;
    if (state.waiting.empty() && state.flying.empty() && state.timers.empty() &&
        state.workers.empty()) {
        return false;
    }
    state.start_waiting();
    int running = 0;
    curl_multi_perform(state.multi.get(), &running);
    const bool finished = state.finish_done();
    const bool timed = state.timers.run_due();
    const bool computed = state.workers.run_done();
    if (!finished && !timed && !computed) {
        const auto wait = static_cast<int>(state.timers.until_next(longest_wait).count());
        curl_multi_poll(state.multi.get(), nullptr, 0, wait, nullptr);
    }
    return true;
}

void CurlTransport::wakeup() noexcept {
    curl_multi_wakeup(state_->multi.get());
}

} // namespace penstock::http
