#include "cli/shard_choice.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <string>
#include <utility>

namespace penstock::cli {

namespace {

/// As many as a Job may have pods at the same time.
constexpr std::size_t most_shards = 100'000;

constexpr const char* index_variable = "JOB_COMPLETION_INDEX";

/// Digits and nothing else.
std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    return error == std::errc{} && end == last ? std::optional(value) : std::nullopt;
}

Error wrong(std::string message, std::string hint) {
    return {ErrorKind::invalid_input, std::move(message), std::move(hint), {}};
}

} // namespace

Result<ShardChoice> parse_shard(std::string_view text) {
    const auto slash = text.find('/');
    const auto count = number(slash == std::string_view::npos ? text : text.substr(slash + 1));
    const auto index = number(text.substr(0, slash));
    if (!count || !index || *count < 1 || *count > most_shards || *index < 1 || *index > *count) {
        return fail(wrong(fmt::format("--shard takes I/N or N, with N from 1 to {} and I from 1 to "
                                      "N, not {}",
                                      most_shards, text.empty() ? "nothing" : printable(text)),
                          "--shard 2/4 is the second of four"));
    }
    return ShardChoice{slash == std::string_view::npos ? std::nullopt : index, *count};
}

Result<std::optional<model::Shard>> chosen_shard(const Arguments& arguments, const Host& host) {
    if (!arguments.shard) {
        return std::nullopt;
    }
    const auto count = arguments.shard->count;
    if (arguments.shard->index) {
        return model::Shard{*arguments.shard->index, count};
    }
    const auto variable = host.variable(index_variable);
    if (!variable || variable->empty()) {
        return fail(wrong(fmt::format("--shard {} does not say which of the {} this is", count,
                                      counted(count, "shard")),
                          fmt::format("write --shard I/{}, or set {} to a number from 0 to {}, as "
                                      "an Indexed Job of Kubernetes does",
                                      count, index_variable, count - 1)));
    }
    const auto index = number(*variable);
    if (!index || *index >= count) {
        return fail(wrong(fmt::format("{} is {}, and --shard {} needs a number from 0 to {}",
                                      index_variable, printable(*variable), count, count - 1),
                          fmt::format("write --shard I/{}, or as many shards as the Job has "
                                      "completions",
                                      count)));
    }
    return model::Shard{*index + 1, count};
}

} // namespace penstock::cli
