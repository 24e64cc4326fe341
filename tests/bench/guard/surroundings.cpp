#include "bench/guard/surroundings.hpp"

#include "base/text.hpp"
#include "support/process.hpp"

#include <fmt/format.h>
#include <openssl/opensslv.h>
#include <rapidjson/rapidjson.h>

#include <exception>
#include <gnu/libc-version.h>
#include <string>
#include <string_view>
#include <sys/sysinfo.h>

/// What std::thread::hardware_concurrency() asks: in this program it is the same number on every
/// machine, so that as many threads are counted.
extern "C" int get_nprocs() noexcept {
    return 2;
}

namespace penstock::bench {

namespace {

std::string valgrind_version() {
    test::Command command;
    command.argv = {"valgrind", "--version"};
    try {
        return std::string(trimmed(test::run_program(command).out));
    } catch (const std::exception&) {
        return {};
    }
}

/// 12.2 of `GNU 12.2.0`: what a distribution mends in a library or a compiler stays within the
/// margin, and must not silence the guard.
std::string without_patch_level(std::string_view version) {
    const auto minor = version.find('.');
    return std::string(
        version.substr(0, minor == std::string_view::npos ? minor : version.find('.', minor + 1)));
}

/// The C library takes other functions where these are there.
std::string processor_features() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0 ? "x86-64 avx2" : "x86-64";
#else
    return "other";
#endif
}

} // namespace

std::optional<json::Object> surroundings() {
    const auto valgrind = valgrind_version();
    if (valgrind.empty()) {
        return std::nullopt;
    }
    return json::Object{
        {"compiler", without_patch_level(PENSTOCK_COMPILER)},
        {"flags", std::string(trimmed(PENSTOCK_FLAGS))},
        {"libc", without_patch_level(gnu_get_libc_version())},
        {"fmt", fmt::format("{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100)},
        {"openssl", fmt::format("{}.{}", OPENSSL_VERSION_MAJOR, OPENSSL_VERSION_MINOR)},
        {"rapidjson", without_patch_level(RAPIDJSON_VERSION_STRING)},
        {"yaml-cpp", without_patch_level(PENSTOCK_YAML_CPP)},
        {"valgrind", without_patch_level(valgrind)},
        {"processor", processor_features()}};
}

} // namespace penstock::bench
