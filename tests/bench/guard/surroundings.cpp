#include "bench/guard/surroundings.hpp"

#include "base/text.hpp"
#include "support/process.hpp"

#include <curl/curlver.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <rapidjson/rapidjson.h>

#include <exception>
#include <gnu/libc-version.h>
#include <string>

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
    return json::Object{{"compiler", PENSTOCK_COMPILER},
                        {"flags", PENSTOCK_FLAGS},
                        {"libstdc++", fmt::format("{}", __GLIBCXX__)},
                        {"libc", gnu_get_libc_version()},
                        {"curl", LIBCURL_VERSION},
                        {"fmt", fmt::format("{}", FMT_VERSION)},
                        {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
                        {"rapidjson", RAPIDJSON_VERSION_STRING},
                        {"yaml-cpp", PENSTOCK_YAML_CPP},
                        {"valgrind", valgrind},
                        {"processor", processor_features()}};
}

} // namespace penstock::bench
