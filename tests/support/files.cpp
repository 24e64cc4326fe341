#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace penstock::test {

namespace fs = std::filesystem;

fs::path source_folder() {
    return PENSTOCK_SOURCE_DIR;
}

fs::path test_data_folder() {
    return PENSTOCK_TEST_DATA;
}

fs::path program_folder() {
    return PENSTOCK_BINARY_DIR;
}

std::string read_file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    INFO("reading ", path.string());
    REQUIRE(stream.good());
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    INFO("writing ", path.string());
    REQUIRE(stream.good());
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "penstock-test-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void check_golden(const std::string& name, std::string_view actual) {
    const fs::path path = test_data_folder() / "golden" / name;
    const char* accept = std::getenv("PENSTOCK_ACCEPT");
    if (accept != nullptr && std::string_view(accept) == "1") {
        write_file(path, actual);
        fmt::print("golden files accepted: {}\n", name);
        return;
    }
    INFO("golden file ", path.string());
    REQUIRE(fs::exists(path));
    CHECK(std::string(actual) == read_file(path));
}

} // namespace penstock::test
