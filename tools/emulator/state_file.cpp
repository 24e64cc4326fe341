#include "emulator/server.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>

namespace penstock::emulator {

namespace fs = std::filesystem;

Result<json::Value> read_state(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) {
        return json::Value();
    }
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.good() && !stream.eof()) {
        return fail(ErrorKind::general, fmt::format("cannot read {}", file.string()));
    }
    // It is our own, and may be as large as the sandbox is.
    json::ParseLimits limits;
    limits.bytes = std::numeric_limits<std::size_t>::max();
    limits.values = std::numeric_limits<std::size_t>::max();
    auto parsed = json::parse(text, limits);
    if (!parsed || (*parsed)["format"].as_integer() != 1) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("{} does not hold the emulator's state", file.string()));
    }
    return parsed;
}

Result<void> write_state(const fs::path& file, const json::Value& state) {
    auto beside = file;
    beside += ".new";
    {
        std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
        stream << json::write(state) << '\n';
        stream.close();
        if (!stream) {
            return fail(ErrorKind::general, fmt::format("cannot write {}", beside.string()));
        }
    }
    std::error_code error;
    fs::rename(beside, file, error);
    if (error) {
        return fail(ErrorKind::general,
                    fmt::format("cannot replace {}: {}", file.string(), error.message()));
    }
    return {};
}

} // namespace penstock::emulator
