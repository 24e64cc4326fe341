#include "flow/list_reader.hpp"

#include "base/text.hpp"
#include "flow/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace penstock::flow {

namespace {

// No sandbox comes near any of these: they are what a list without end comes to.
constexpr std::size_t most_pages = 10'000;
constexpr std::size_t most_items = 100'000;
constexpr std::size_t most_bytes = std::size_t{256} * 1024 * 1024;
// Where the service filters after it has cut its pages, some may come empty; not all in a row.
constexpr std::size_t most_barren_pages = 20;

struct ListReader : std::enable_shared_from_this<ListReader> {
    ListReader(Sender& over, std::string at, Page start, std::size_t bound)
        : sender(over), endpoint(std::move(at)), first(std::move(start)), at_most(bound) {}

    void read(const Page& page) {
        Call call;
        call.target = page.target();
        seen.insert(call.target);
        sender.send(std::move(call), [self = shared_from_this(), page](Result<Answer> answer) {
            self->answered(page, std::move(answer));
        });
    }

    void answered(const Page& page, Result<Answer> answer) {
        if (!answer) {
            done(fail(std::move(answer.error())));
            return;
        }
        auto next = take(page, *answer);
        if (!next) {
            done(fail(std::move(next.error())));
        } else if (*next) {
            read(**next);
        } else {
            done(std::move(items));
        }
    }

    /// Keeps the answer's items and says which page comes next.
    Result<std::optional<Page>> take(const Page& page, const Answer& answer) {
        const auto body = read_object(answer);
        if (!body) {
            return fail(body.error());
        }
        auto arrived = read_items(answer, *body);
        if (!arrived) {
            return fail(arrived.error());
        }
        const auto before = items.size();
        for (auto& item : *arrived) {
            if (ids.insert(item["id"].as_string()).second) {
                items.push_back(std::move(item));
            }
        }
        barren_pages = items.size() == before ? barren_pages + 1 : 0;
        bytes += answer.response.body.size();
        if (at_most != 0 && items.size() > at_most) {
            items.resize(at_most);
        }
        if (on_page) {
            on_page(items.size());
        }
        if (at_most != 0 && items.size() == at_most) {
            return std::nullopt;
        }
        return next_page(page, answer, *body);
    }

    [[nodiscard]] Result<std::optional<Page>> next_page(const Page& page, const Answer& answer,
                                                        const json::Value& body) const {
        std::optional<Page> next;
        if (const auto href = next_href(body); !href.empty()) {
            next = follow(href, first, endpoint, service_base);
            if (!next) {
                return fail(bad_answer(
                    answer,
                    fmt::format("the next page is said to be at {}, on another host than the "
                                "endpoint; the access token is not sent there",
                                excerpt(href, 100))));
            }
        } else if (body["pageInfo"]["hasNext"].as_bool()) {
            next = page;
            for (auto& [name, value] : next->query) {
                if (name == "start") {
                    value = fmt::format("{}", body["pageInfo"]["end"].as_integer());
                }
            }
        }
        if (next && seen.contains(next->target())) {
            return fail(bad_answer(answer, "the next page is one that was read before: the list "
                                           "would never end"));
        }
        if (const auto why = next ? endless() : std::string(); !why.empty()) {
            return fail(bad_answer(answer,
                                   fmt::format("the list does not end: {}, and the service names "
                                               "yet another page",
                                               why),
                                   "try again; if it stays, report it to the platform's support "
                                   "with the request id"));
        }
        return next;
    }

    /// Why a list with a further page will never end; empty if it may.
    [[nodiscard]] std::string endless() const {
        if (barren_pages >= most_barren_pages) {
            return fmt::format("the last {} pages brought nothing new", barren_pages);
        }
        if (items.size() >= most_items) {
            return fmt::format("it has {} entries so far", items.size());
        }
        if (seen.size() >= most_pages) {
            return fmt::format("it has {} pages so far", seen.size());
        }
        return bytes >= most_bytes ? fmt::format("it has {} MiB so far", bytes / 1024 / 1024) : "";
    }

    Sender sender; ///< a cheap copy, so that the client may go first
    std::string endpoint;
    Page first;
    std::size_t at_most;
    std::function<void(Result<std::vector<json::Value>>)> done;
    std::function<void(std::size_t)> on_page;
    std::vector<json::Value> items;
    std::set<std::string> ids;
    std::set<std::string> seen;   ///< targets of the pages read so far
    std::size_t barren_pages = 0; ///< since the last one that brought something new
    std::size_t bytes = 0;        ///< of all pages
};

} // namespace

void read_list(Sender& sender, std::string endpoint, Page first, std::size_t at_most,
               std::function<void(Result<std::vector<json::Value>>)> done,
               std::function<void(std::size_t)> page) {
    const auto reader =
        std::make_shared<ListReader>(sender, std::move(endpoint), std::move(first), at_most);
    reader->done = std::move(done);
    reader->on_page = std::move(page);
    reader->read(reader->first);
}

} // namespace penstock::flow
