#include "support/golden.hpp"

#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace penstock::test {

namespace fs = std::filesystem;

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
