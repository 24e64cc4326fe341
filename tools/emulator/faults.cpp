#include "emulator/faults.hpp"

#include "base/text.hpp"
#include "emulator/id_source.hpp"
#include "emulator/platform.hpp"
#include "http/url.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <span>

namespace penstock::emulator {

struct FaultPlan::Rule {
    std::string method; ///< empty for any
    std::string prefix;
    std::optional<std::regex> pattern;
    std::int64_t nth = 0; ///< 0 for any
    std::optional<double> probability;
    Fault fault;
    std::int64_t matches = 0;
};

FaultPlan::FaultPlan() = default;
FaultPlan::~FaultPlan() = default;
FaultPlan::FaultPlan(FaultPlan&&) noexcept = default;
FaultPlan& FaultPlan::operator=(FaultPlan&&) noexcept = default;

namespace {

constexpr std::string_view service_path = "/data/foundation/flowservice";

Result<void> check_members(const json::Value& object, std::span<const std::string_view> known,
                           std::string_view where) {
    if (!object.is_object()) {
        return fail(ErrorKind::invalid_input, fmt::format("{} is not an object", where));
    }
    for (const auto& [name, value] : object.as_object()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return fail(ErrorKind::invalid_input,
                        fmt::format("{} has no field \"{}\"", where, name));
        }
    }
    return {};
}

/// Each code point below 256 as one byte; nothing if there is a greater one.
std::optional<std::string> latin1(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            bytes += text[i];
        } else if (first <= 0xC3 && i + 1 < text.size()) {
            const auto second = static_cast<unsigned char>(text[++i]);
            bytes += static_cast<char>(((first & 0x03U) << 6U) | (second & 0x3FU));
        } else {
            return std::nullopt;
        }
    }
    return bytes;
}

Result<std::string> read_bytes(const json::Value& then, const std::string& text,
                               const std::string& where) {
    const auto& encoding = then["encoding"];
    if (encoding.is_null()) {
        return text;
    }
    auto bytes = encoding.as_string() == "latin1" ? latin1(text) : std::nullopt;
    if (!bytes) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("{}: encoding is \"latin1\", of characters up to U+00FF", where));
    }
    return *std::move(bytes);
}

Result<Wire> read_wire(const json::Value& then, const std::string& where) {
    Wire wire;
    wire.chunked = then["chunked"].as_bool();
    if (const auto& cut = then["cut_after"]; cut.is_integer() && cut.as_integer() >= 0) {
        wire.cut_after = static_cast<std::size_t>(cut.as_integer());
    }
    const auto& repeat = then["repeat"];
    if (repeat.is_null()) {
        return wire;
    }
    static constexpr std::array<std::string_view, 2> known{"body", "times"};
    if (auto checked = check_members(repeat, known, where + ", repeat"); !checked) {
        return fail(checked.error());
    }
    if (repeat["body"].as_string().empty() || repeat["times"].as_integer() <= 0) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("{}, repeat: body is a text and times a number above 0", where));
    }
    auto bytes = read_bytes(then, repeat["body"].as_string(), where);
    if (!bytes) {
        return fail(bytes.error());
    }
    wire.repeated = *std::move(bytes);
    wire.times = static_cast<std::size_t>(repeat["times"].as_integer());
    return wire;
}

Result<http::Response> read_answer(const json::Value& then, const std::string& where) {
    http::Response response;
    response.status = static_cast<int>(then["status"].as_integer());
    for (const auto& [name, value] : then["headers"].as_object()) {
        response.headers.set(name, value.is_string() ? value.as_string() : json::write(value));
    }
    const auto& body = then["body"];
    if (body.is_string()) {
        auto bytes = read_bytes(then, body.as_string(), where);
        if (!bytes) {
            return fail(bytes.error());
        }
        response.body = *std::move(bytes);
    } else if (!body.is_null()) {
        response.body = json::write(body);
        if (!response.headers.find("Content-Type")) {
            response.headers.set("Content-Type", "application/json");
        }
    }
    return response;
}

Result<Fault> read_fault(const json::Value& then, const std::string& where) {
    static constexpr std::array<std::string_view, 11> known{
        "status",        "headers",  "body",   "commit",  "drop",     "delay_ms",
        "stale_list_ms", "encoding", "repeat", "chunked", "cut_after"};
    if (auto checked = check_members(then, known, where); !checked) {
        return fail(checked.error());
    }
    Fault fault;
    if (const auto& status = then["status"]; !status.is_null()) {
        if (status.as_integer() < 100 || status.as_integer() > 599) {
            return fail(ErrorKind::invalid_input,
                        fmt::format("{}: status is a number from 100 to 599", where));
        }
        auto answer = read_answer(then, where);
        if (!answer) {
            return fail(answer.error());
        }
        fault.answer = *std::move(answer);
        fault.commit = then["commit"].as_bool();
    }
    if (const auto& drop = then["drop"]; !drop.is_null()) {
        if (drop.as_string() != "before" && drop.as_string() != "after") {
            return fail(ErrorKind::invalid_input,
                        fmt::format("{}: drop is \"before\" or \"after\"", where));
        }
        fault.drop = drop.as_string() == "before" ? Drop::before_commit : Drop::after_commit;
    }
    fault.delay = Milliseconds(std::max<std::int64_t>(0, then["delay_ms"].as_integer()));
    fault.list_lag = Milliseconds(std::max<std::int64_t>(0, then["stale_list_ms"].as_integer()));
    auto wire = read_wire(then, where);
    if (!wire) {
        return fail(wire.error());
    }
    fault.wire = *std::move(wire);
    return fault;
}

Result<std::optional<std::regex>> read_pattern(const json::Value& pattern,
                                               const std::string& where) {
    if (pattern.is_null()) {
        return std::optional<std::regex>();
    }
    try {
        return std::optional<std::regex>(std::regex(pattern.as_string()));
    } catch (const std::regex_error&) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("{}: path_regex is no regular expression", where));
    }
}

} // namespace

Result<FaultPlan> FaultPlan::parse(const json::Value& rules, std::uint64_t seed) {
    static constexpr std::array<std::string_view, 6> known{"method", "path",        "path_regex",
                                                           "nth",    "probability", "then"};
    if (!rules.is_array()) {
        return fail(ErrorKind::invalid_input, "faults are a list of rules");
    }
    FaultPlan plan;
    plan.seed_ = seed;
    for (const auto& entry : rules.as_array()) {
        const auto where = fmt::format("rule {}", plan.rules_.size() + 1);
        if (auto checked = check_members(entry, known, where); !checked) {
            return fail(checked.error());
        }
        auto fault = read_fault(entry["then"], where + ", then");
        if (!fault) {
            return fail(fault.error());
        }
        auto pattern = read_pattern(entry["path_regex"], where);
        if (!pattern) {
            return fail(pattern.error());
        }
        Rule rule;
        rule.method = entry["method"].as_string();
        rule.prefix = entry["path"].as_string();
        rule.pattern = std::move(*pattern);
        rule.nth = entry["nth"].as_integer();
        if (entry["probability"].is_number()) {
            rule.probability = entry["probability"].as_double();
        }
        rule.fault = std::move(*fault);
        plan.rules_.push_back(std::move(rule));
    }
    return plan;
}

std::optional<Fault> FaultPlan::next(const http::Request& request) {
    const auto url = http::parse_url(request.url);
    const std::string path = url ? url->path : request.url;
    const std::string below =
        path.rfind(service_path, 0) == 0 ? path.substr(service_path.size()) : path;
    std::optional<Fault> chosen;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        auto& rule = rules_[i];
        const bool fits = (rule.method.empty() ||
                           lowercase(rule.method) == lowercase(http::name(request.method))) &&
                          (path.rfind(rule.prefix, 0) == 0 || below.rfind(rule.prefix, 0) == 0) &&
                          (!rule.pattern || std::regex_search(path, *rule.pattern));
        if (!fits) {
            continue;
        }
        ++rule.matches;
        bool applies = rule.nth == 0 || rule.nth == rule.matches;
        if (rule.probability) {
            const auto draw = mixed(seed_ + i, static_cast<std::uint64_t>(rule.matches));
            applies = applies && static_cast<double>(draw >> 11) * 0x1.0p-53 < *rule.probability;
        }
        if (applies && !chosen) {
            chosen = rule.fault;
        }
    }
    return chosen;
}

std::optional<http::Response> answer(Platform& platform, const http::Request& request,
                                     const std::optional<Fault>& fault) {
    if (!fault) {
        return platform.handle(request);
    }
    if (fault->drop == Drop::before_commit) {
        return std::nullopt;
    }
    if (fault->answer && !fault->commit) {
        return fault->answer;
    }
    auto response = platform.handle(request, fault->list_lag);
    if (fault->drop == Drop::after_commit) {
        return std::nullopt;
    }
    if (fault->answer) {
        return fault->answer;
    }
    return response;
}

} // namespace penstock::emulator
