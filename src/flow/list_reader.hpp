#pragma once

#include "base/result.hpp"
#include "flow/keep.hpp"
#include "flow/paging.hpp"
#include "flow/sender.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::flow {

/// Where the Flow Service stands below the endpoint (reference, section 1.1).
inline constexpr std::string_view service_base = "/data/foundation/flowservice";

/// How a list is read.
struct Reading {
    std::size_t at_most = 0; ///< stop after so many items; 0: read all pages
    /// Each of so many pages is as urgent as it has others behind it.
    std::size_t expected_pages = 0;
    Keep keep; ///< what of each item is of use; empty: all. It has to keep the `id`.
};

/// Reads a list page after page: by `_links.next.href`, or by `pageInfo` where the service pages so
/// (section 3.9). An id that comes twice is kept once. A link to another host is
/// ErrorKind::bad_answer, and so is a list without end: a page that was read before, 20 pages in a
/// row that bring nothing new, 100,000 items, 10,000 pages or 256 MiB with a further page to come.
/// `page` may be empty; it is told how many items have arrived.
void read_list(Sender& sender, std::string endpoint, Page first, Reading how,
               std::function<void(Result<std::vector<json::Value>>)> done,
               std::function<void(std::size_t)> page = {});

} // namespace penstock::flow
