#include "flow/list_reader.hpp"

#include "base/text.hpp"
#include "flow/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

namespace penstock::flow {

namespace {

// No sandbox comes near any of these: they are what a list without end comes to.
constexpr std::size_t most_pages = 10'000;
constexpr std::size_t most_items = 100'000;
constexpr std::size_t most_bytes = std::size_t{256} * 1024 * 1024;
// Where the service filters after it has cut its pages, some may come empty; not all in a row.
constexpr std::size_t most_barren_pages = 20;
constexpr std::size_t most_unread = 4; // pages that wait in memory to be read

/// A page as read, still without regard to those before it.
struct Content {
    std::vector<json::Value> items;
    std::string href;     ///< of the next page
    bool counts = false;  ///< `pageInfo` says that there is a next page...
    std::int64_t end = 0; ///< ... which starts here
};

Result<Content> read_page(const Answer& answer, const Keep& keep) {
    auto body = read_object(answer);
    if (!body) {
        return fail(std::move(body.error()));
    }
    Content content;
    content.href = next_href(*body);
    content.counts = (*body)["pageInfo"]["hasNext"].as_bool();
    content.end = (*body)["pageInfo"]["end"].as_integer();
    auto items = take_items(answer, *body);
    if (!items) {
        return fail(std::move(items.error()));
    }
    content.items = std::move(*items);
    if (keep) {
        for (auto& item : content.items) {
            item = keep(std::move(item));
        }
    }
    return content;
}

/// Pages are asked for one after another, since each names the next. That name stands at the end of
/// an answer: the next page is on its way before this one has been read, and one that was guessed
/// wrong is never looked at.
struct ListReader : std::enable_shared_from_this<ListReader> {
    ListReader(Sender& over, std::string at, Page start, Reading options)
        : sender(over), endpoint(std::move(at)), first(std::move(start)), how(std::move(options)) {}

    /// A page that was asked for.
    struct Asked {
        Page page;
        Answer answer;
        bool has_arrived = false;               ///< and is not changed any more
        std::optional<Result<Content>> content; ///< once it has been read
    };

    void ask(const Page& page) {
        auto asked = std::make_shared<Asked>(Asked{page, {}, false, {}});
        under_way.push_back(asked);
        Call call;
        call.target = page.target();
        const auto before = seen.size() + under_way.size() - 1;
        call.urgency = before < how.expected_pages ? how.expected_pages - before : 1;
        sender.send(std::move(call), [self = shared_from_this(), asked](Result<Answer> answer) {
            self->answered(asked, std::move(answer));
        });
    }

    [[nodiscard]] bool is_wanted(const std::shared_ptr<Asked>& asked) const {
        return std::find(under_way.begin(), under_way.end(), asked) != under_way.end();
    }

    void answered(const std::shared_ptr<Asked>& asked, Result<Answer> answer) {
        if (!is_wanted(asked)) {
            return;
        }
        if (!answer) {
            asked->content = fail(std::move(answer.error()));
            advance();
            return;
        }
        asked->answer = std::move(*answer);
        asked->has_arrived = true;
        ask_ahead(asked->answer);
        const auto self = shared_from_this();
        // Another thread writes here, while this one may look whether the page has been read.
        const auto read = std::make_shared<std::optional<Result<Content>>>();
        sender.compute([self, asked, read] { *read = read_page(asked->answer, self->how.keep); },
                       [self, asked, read] {
                           if (self->is_wanted(asked)) {
                               asked->content = std::move(*read);
                               self->advance();
                           }
                       });
    }

    void ask_ahead(const Answer& answer) {
        if (how.at_most != 0 || under_way.size() >= most_unread) {
            return;
        }
        const auto href = guess_next_href(answer.response.body);
        const auto next = href.empty() ? std::nullopt : follow(href, first, endpoint, service_base);
        const auto is_next = [&](const auto& asked) {
            return asked->page.target() == next->target();
        };
        if (next && !seen.contains(next->target()) &&
            std::none_of(under_way.begin(), under_way.end(), is_next)) {
            ask(*next);
        }
    }

    /// Takes what has been read, page after page.
    void advance() {
        while (!under_way.empty() && under_way.front()->content) {
            const auto asked = under_way.front();
            under_way.pop_front();
            auto next = take(*asked);
            if (!next) {
                end(fail(std::move(next.error())));
                return;
            }
            if (!*next) {
                end(std::move(items));
                return;
            }
            if (under_way.empty() || under_way.front()->page.target() != (*next)->target()) {
                under_way.clear();
                ask(**next);
            }
        }
        // It may have had to wait until fewer pages were unread.
        if (!under_way.empty() && under_way.back()->has_arrived) {
            ask_ahead(under_way.back()->answer);
        }
    }

    void end(Result<std::vector<json::Value>> result) {
        under_way.clear();
        done(std::move(result));
    }

    /// Keeps the answer's items and says which page comes next.
    Result<std::optional<Page>> take(Asked& asked) {
        auto& content = *asked.content;
        if (!content) {
            return fail(std::move(content.error()));
        }
        seen.insert(asked.page.target());
        const auto before = items.size();
        for (auto& item : content->items) {
            if (ids.insert(item["id"].as_string()).second) {
                items.push_back(std::move(item));
            }
        }
        barren_pages = items.size() == before ? barren_pages + 1 : 0;
        bytes += asked.answer.response.body.size();
        if (how.at_most != 0 && items.size() > how.at_most) {
            items.resize(how.at_most);
        }
        if (on_page) {
            on_page(items.size());
        }
        if (how.at_most != 0 && items.size() == how.at_most) {
            return std::nullopt;
        }
        return next_page(asked.page, asked.answer, *content);
    }

    [[nodiscard]] Result<std::optional<Page>> next_page(const Page& page, const Answer& answer,
                                                        const Content& content) const {
        std::optional<Page> next;
        if (!content.href.empty()) {
            next = follow(content.href, first, endpoint, service_base);
            if (!next) {
                return fail(bad_answer(
                    answer,
                    fmt::format("the next page is said to be at {}, on another host than the "
                                "endpoint; the access token is not sent there",
                                excerpt(content.href, 100))));
            }
        } else if (content.counts) {
            next = page;
            for (auto& [name, value] : next->query) {
                if (name == "start") {
                    value = fmt::format("{}", content.end);
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
    const Reading how;
    std::function<void(Result<std::vector<json::Value>>)> done;
    std::function<void(std::size_t)> on_page;
    std::vector<json::Value> items;
    std::deque<std::shared_ptr<Asked>> under_way; ///< in the order of the list
    std::unordered_set<std::string> ids;
    std::unordered_set<std::string> seen; ///< targets of the pages read so far
    std::size_t barren_pages = 0;         ///< since the last one that brought something new
    std::size_t bytes = 0;                ///< of all pages
};

} // namespace

void read_list(Sender& sender, std::string endpoint, Page first, Reading how,
               std::function<void(Result<std::vector<json::Value>>)> done,
               std::function<void(std::size_t)> page) {
    const auto reader =
        std::make_shared<ListReader>(sender, std::move(endpoint), std::move(first), std::move(how));
    reader->done = std::move(done);
    reader->on_page = std::move(page);
    reader->ask(reader->first);
}

} // namespace penstock::flow
