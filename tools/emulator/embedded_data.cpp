#include "emulator/embedded_data.hpp"

#include "base/embedded_file.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <span>
#include <stdexcept>
#include <string_view>

namespace penstock::emulator {

std::span<const penstock::EmbeddedFile> embedded_data();

namespace {

/// An unreadable file is a mistake of the build.
json::Value read(std::string_view name) {
    for (const auto& file : embedded_data()) {
        const std::string_view path = file.name;
        if (path.substr(path.rfind('/') + 1) != name) {
            continue;
        }
        auto parsed = json::parse(file.text);
        if (!parsed) {
            throw std::logic_error(fmt::format("{}: {}", file.name, parsed.error().message));
        }
        return std::move(*parsed);
    }
    throw std::logic_error(fmt::format("{} is not embedded", name));
}

} // namespace

const json::Value& union_schema() {
    static const json::Value schema = read("union_schema.json");
    return schema;
}

const json::Value& identity_namespaces() {
    static const json::Value namespaces = read("identities.json");
    return namespaces;
}

const json::Value& partner_schema() {
    static const json::Value schema = read("partner_schema.json");
    return schema;
}

} // namespace penstock::emulator
