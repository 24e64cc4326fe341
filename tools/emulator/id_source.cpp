#include "emulator/id_source.hpp"

#include <fmt/format.h>

namespace penstock::emulator {

std::uint64_t mixed(std::uint64_t seed, std::uint64_t index) {
    // splitmix64: a counter goes in, well-spread bits come out.
    std::uint64_t bits = seed * 0x2545F4914F6CDD1DULL + (index + 1) * 0x9E3779B97F4A7C15ULL;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ULL;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBULL;
    return bits ^ (bits >> 31);
}

std::uint64_t IdSource::next() {
    return mixed(seed_, counter_++);
}

std::string IdSource::uuid() {
    const std::uint64_t high = next();
    const std::uint64_t low = next();
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                       high & 0xFFF, ((low >> 48) & 0x3FFF) | 0x8000, low & 0xFFFFFFFFFFFFULL);
}

std::string IdSource::etag() {
    const std::uint64_t bits = next();
    return fmt::format("\"{:08x}-0000-0200-0000-{:08x}0000\"", bits >> 32, bits & 0xFFFFFFFF);
}

std::string IdSource::hex(int digits) {
    return fmt::format("{:016x}", next()).substr(0, static_cast<std::size_t>(digits));
}

std::int64_t epoch_ms(UtcTime time) {
    return time.time_since_epoch().count();
}

} // namespace penstock::emulator
