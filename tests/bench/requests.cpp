#include "bench/requests.hpp"

#include "http/url.hpp"
#include "json/text.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace penstock::bench {

namespace {

constexpr std::string_view service = "/data/foundation/flowservice/";

/// The address of a list without what tells its pages apart.
std::string list_of(const LoggedCall& call) {
    auto query = http::parse_query(call.query);
    std::erase_if(query, [](const auto& pair) { return pair.first == "continuationToken"; });
    return call.path + "?" + http::write_query(query);
}

/// The entities of a list, as many as its specs have.
std::size_t held_by(const LoggedCall& call, const json::Value& survey) {
    const auto& counted = survey["specs"][call.path.substr(service.size())];
    const std::string_view field =
        call.path.ends_with("/flows") ? "flowSpec.id==" : "connectionSpec.id==";
    std::size_t entities = 0;
    bool filtered = false;
    for (const auto& [name, value] : http::parse_query(call.query)) {
        if (name == "limit" || name == "continuationToken") {
            continue;
        }
        if (name != "property" || !value.starts_with(field) || filtered) {
            throw std::runtime_error("nobody knows what is in the list " + call.target());
        }
        filtered = true;
        std::istringstream specs(value.substr(field.size()));
        for (std::string spec; std::getline(specs, spec, ',');) {
            entities += static_cast<std::size_t>(counted[spec].as_integer());
        }
    }
    if (!filtered) {
        for (const auto& [spec, count] : counted.as_object()) {
            entities += static_cast<std::size_t>(count.as_integer());
        }
    }
    return entities;
}

} // namespace

bool LoggedCall::is_list_page() const {
    constexpr std::array<std::string_view, 4> lists{"connections", "sourceConnections",
                                                    "targetConnections", "flows"};
    return method == "GET" && path.starts_with(service) &&
           http::find(http::parse_query(query), "count") != "true" &&
           std::find(lists.begin(), lists.end(), std::string_view(path).substr(service.size())) !=
               lists.end();
}

bool LoggedCall::is_mapping_set_page() const {
    return method == "GET" && path == "/data/foundation/conversion/mappingSets";
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
        call.arrived = entry["arrived"].as_double();
        call.answered = entry["answered"].as_double();
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

double reading_seconds(const Calls& calls) {
    if (calls.empty()) {
        return 0;
    }
    const auto first =
        std::min_element(calls.begin(), calls.end(),
                         [](const auto& a, const auto& b) { return a.arrived < b.arrived; });
    const auto last =
        std::max_element(calls.begin(), calls.end(),
                         [](const auto& a, const auto& b) { return a.answered < b.answered; });
    return (last->answered - first->arrived) / 1000;
}

std::size_t pages_of(std::size_t count) {
    constexpr std::size_t page = 100;
    return (count + page - 1) / page;
}

std::size_t fewest_requests(const json::Value& survey) {
    std::size_t requests = 1;
    for (const auto& [what, count] : survey["entities"].as_object()) {
        requests += pages_of(static_cast<std::size_t>(count.as_integer()));
    }
    return requests;
}

std::size_t pages_with_entities(const Calls& calls, const json::Value& survey) {
    std::set<std::string> lists;
    std::size_t pages = 0;
    for (const auto& call : calls) {
        if (call.is_list_page() && lists.insert(list_of(call)).second) {
            pages += pages_of(held_by(call, survey));
        }
    }
    return pages;
}

} // namespace penstock::bench
