#include "emulator/page_cache.hpp"

#include <cstddef>
#include <utility>

namespace penstock::emulator {

namespace {

/// More than the pages of 20,000 exports, and less memory than their entities take.
constexpr std::size_t most_pages = 1'000;

} // namespace

void PageCache::forget_older_than(std::uint64_t revision, const Settings& settings) {
    if (revision_ != revision || settings_ != settings) {
        pages_.clear();
        revision_ = revision;
        if (settings_ != settings) {
            settings_ = settings;
        }
    }
}

const std::string* PageCache::find(const std::string& name, std::int64_t as_of) const {
    const auto found = pages_.find(name);
    return found == pages_.end() || found->second.as_of > as_of ? nullptr : &found->second.body;
}

void PageCache::keep(const std::string& name, std::int64_t as_of, std::string body) {
    if (pages_.size() < most_pages) {
        pages_[name] = {as_of, std::move(body)};
    }
}

} // namespace penstock::emulator
