#include "bench/loop.hpp"

#include "base/text.hpp"
#include "bench/project.hpp"
#include "http/url.hpp"
#include "json/text.hpp"
#include "support/files.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <deque>
#include <memory>
#include <stdexcept>
#include <vector>

namespace penstock::bench {

namespace {

using json::Array;
using json::Object;
using json::Value;

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiDeleter {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

std::size_t throw_away(char* /*data*/, std::size_t, std::size_t size, void* user) {
    *static_cast<std::int64_t*>(user) += static_cast<std::int64_t>(size);
    return size;
}

std::size_t keep(char* data, std::size_t, std::size_t size, void* user) {
    static_cast<std::string*>(user)->append(data, size);
    return size;
}

void append(HeaderList& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) {
        throw std::bad_alloc();
    }
    static_cast<void>(list.release());
    list.reset(longer);
}

/// Those that libcurl writes by itself, or that belong to one request.
bool is_made_anew(const std::string& name) {
    const auto lower = lowercase(name);
    return lower == "host" || lower == "content-length" || lower == "content-type" ||
           lower == "accept-encoding" || lower == "user-agent";
}

std::string get_token(const std::string& endpoint) {
    const auto form = http::write_query({{"grant_type", "client_credentials"},
                                         {"client_id", "bench"},
                                         {"client_secret", "the-client-keeps-this-to-itself"},
                                         {"scope", "openid"}});
    const std::unique_ptr<CURL, EasyDeleter> handle(curl_easy_init());
    const auto url = endpoint + "/ims/token/v3";
    std::string body;
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, form.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &body);
    curl_easy_perform(handle.get());
    return json::parse(body).value_or(Value{})["access_token"].as_string();
}

class Loop {
  public:
    Loop(const Value& requests, std::string endpoint)
        : endpoint_(std::move(endpoint)), multi_(curl_multi_init()) {
        append(headers_, "Authorization: Bearer " + get_token(endpoint_));
        for (const auto& [name, value] : requests["headers"].as_object()) {
            append(headers_, name + ": " + value.as_string());
        }
        for (const auto& chain : requests["chains"].as_array()) {
            ready_.push_back({&chain.as_array(), 0});
        }
        curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS,
                          static_cast<long>(usual_parallelism));
        for (std::size_t i = 0; i < usual_parallelism; ++i) {
            idle_.push_back(std::make_unique<Slot>());
            prepare(*idle_.back());
        }
    }

    void run() {
        start_ready();
        while (flying_ > 0) {
            int running = 0;
            curl_multi_perform(multi_.get(), &running);
            if (!finish_done()) {
                curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr);
            }
            start_ready();
        }
    }

    [[nodiscard]] Object told() const { return {{"requests", requests_ + 1}, {"bytes", bytes_}}; }

  private:
    struct Place {
        const Array* chain;
        std::size_t page;
    };
    struct Slot {
        std::unique_ptr<CURL, EasyDeleter> handle{curl_easy_init()};
        Place place{};
    };

    void prepare(Slot& slot) {
        CURL* handle = slot.handle.get();
        curl_easy_setopt(handle, CURLOPT_PRIVATE, &slot);
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, throw_away);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &bytes_);
        curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, throw_away);
        curl_easy_setopt(handle, CURLOPT_HEADERDATA, &bytes_);
        curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
        curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
    }

    void start_ready() {
        while (!ready_.empty() && !idle_.empty()) {
            auto slot = std::move(idle_.back());
            idle_.pop_back();
            slot->place = ready_.front();
            ready_.pop_front();
            const auto url = endpoint_ + (*slot->place.chain)[slot->place.page].as_string();
            curl_easy_setopt(slot->handle.get(), CURLOPT_URL, url.c_str());
            curl_multi_add_handle(multi_.get(), slot->handle.get());
            busy_.push_back(std::move(slot));
            ++flying_;
        }
    }

    bool finish_done() {
        bool any = false;
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
            finish(message->easy_handle, message->data.result);
            any = true;
        }
        return any;
    }

    void finish(CURL* handle, CURLcode result) {
        long status = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        const auto found = std::find_if(busy_.begin(), busy_.end(), [&](const auto& slot) {
            return slot->handle.get() == handle;
        });
        auto slot = std::move(*found);
        busy_.erase(found);
        curl_multi_remove_handle(multi_.get(), handle);
        --flying_;
        ++requests_;
        auto place = slot->place;
        if (result != CURLE_OK || status != 200) {
            throw std::runtime_error(fmt::format("{}: {} {}",
                                                 (*place.chain)[place.page].as_string(),
                                                 curl_easy_strerror(result), status));
        }
        if (++place.page < place.chain->size()) {
            ready_.push_front(place);
        }
        idle_.push_back(std::move(slot));
    }

    std::string endpoint_;
    std::unique_ptr<CURLM, MultiDeleter> multi_;
    HeaderList headers_;
    std::deque<Place> ready_;
    std::vector<std::unique_ptr<Slot>> idle_;
    std::vector<std::unique_ptr<Slot>> busy_;
    std::size_t flying_ = 0;
    std::int64_t requests_ = 0;
    std::int64_t bytes_ = 0;
};

} // namespace

void write_requests(const Calls& calls, const std::filesystem::path& file) {
    Object headers;
    Array chains;
    for (const auto& call : calls) {
        if (call.is_list_page() && headers.empty()) {
            for (const auto& [name, value] : call.headers) {
                if (!is_made_anew(name)) {
                    headers[name] = value;
                }
            }
        }
    }
    for (const auto& chain : chains_of(calls)) {
        chains.push_back(Array(chain.begin(), chain.end()));
    }
    test::write_file(file, json::write(Object{{"headers", headers}, {"chains", chains}}));
}

int run_loop(const std::filesystem::path& requests, const std::string& endpoint) {
    const auto document = json::parse(test::read_file(requests)).value();
    Loop loop(document, endpoint);
    loop.run();
    fmt::print("{}\n", json::write(loop.told()));
    return 0;
}

} // namespace penstock::bench
