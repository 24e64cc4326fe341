#include "bench/requests.hpp"

#include "http/url.hpp"
#include "json/text.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <string_view>

namespace penstock::bench {

namespace {

/// The address of a list without what tells its pages apart.
std::string list_of(const LoggedCall& call) {
    auto query = http::parse_query(call.query);
    std::erase_if(query, [](const auto& pair) { return pair.first == "continuationToken"; });
    return call.path + "?" + http::write_query(query);
}

} // namespace

bool LoggedCall::is_list_page() const {
    constexpr std::string_view service = "/data/foundation/flowservice/";
    constexpr std::array<std::string_view, 4> lists{"connections", "sourceConnections",
                                                    "targetConnections", "flows"};
    return method == "GET" && path.starts_with(service) &&
           http::find(http::parse_query(query), "count") != "true" &&
           std::find(lists.begin(), lists.end(), std::string_view(path).substr(service.size())) !=
               lists.end();
}

Calls RequestLog::next() {
    std::ifstream stream(file_, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(read_));
    Calls calls;
    for (std::string line; std::getline(stream, line);) {
        read_ += line.size() + 1;
        const auto entry = json::parse(line).value();
        LoggedCall call;
        call.method = entry["method"].as_string();
        call.path = entry["path"].as_string();
        call.query = entry["query"].as_string();
        call.status = static_cast<int>(entry["status"].as_integer());
        for (const auto& [name, value] : entry["headers"].as_object()) {
            call.headers.emplace_back(name, value.as_string());
        }
        calls.push_back(std::move(call));
    }
    return calls;
}

std::vector<Chain> chains_of(const Calls& calls) {
    std::vector<Chain> chains;
    std::map<std::string, std::size_t> lists;
    for (const auto& call : calls) {
        if (call.method != "GET") {
            continue;
        }
        const bool goes_on =
            http::find(http::parse_query(call.query), "continuationToken").has_value();
        const auto list = list_of(call);
        const auto known = lists.find(list);
        if (goes_on && known != lists.end()) {
            chains[known->second].push_back(call.target());
        } else {
            lists[list] = chains.size();
            chains.push_back({call.target()});
        }
    }
    std::stable_sort(chains.begin(), chains.end(),
                     [](const Chain& a, const Chain& b) { return a.size() > b.size(); });
    return chains;
}

} // namespace penstock::bench
