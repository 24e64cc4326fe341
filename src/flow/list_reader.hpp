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

/// Reads a list page after page: by `_links.next.href`, or by `pageInfo` where the service pages so
/// (section 3.9). An id that comes twice is kept once; `at_most` 0 means all. A link to another
/// host is ErrorKind::bad_answer, and so is a list without end: a page that was read before, 20
/// pages in a row that bring nothing new, 100,000 items, 10,000 pages or 256 MiB with a further
/// page to come. `page` may be empty; it is told how many items have arrived. `keep` may be empty;
/// it has to keep the `id`.
void read_list(Sender& sender, std::string endpoint, Page first, std::size_t at_most,
               std::function<void(Result<std::vector<json::Value>>)> done,
               std::function<void(std::size_t)> page, Keep keep = {});

} // namespace penstock::flow
