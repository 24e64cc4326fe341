#include "support/architecture.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace penstock;
using penstock::test::architecture_faults;
using penstock::test::SourceFile;

namespace {

std::vector<SourceFile> source_files() {
    std::vector<SourceFile> files;
    for (const char* top : {"src", "tools", "tests"}) {
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(test::source_folder() / top)) {
            const auto extension = entry.path().extension();
            if (extension == ".cpp" || extension == ".hpp") {
                const auto path = std::filesystem::relative(entry.path(), test::source_folder());
                files.push_back({path.generic_string(), test::read_file(entry.path())});
            }
        }
    }
    std::sort(files.begin(), files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

/// The only complaint about a file with this text; empty if there is none.
std::string fault(const std::string& path, const std::string& text) {
    const auto faults = architecture_faults({path, text});
    REQUIRE(faults.size() <= 1);
    return faults.empty() ? "" : faults.front();
}

std::string lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += "\n";
    }
    return text;
}

} // namespace

TEST_CASE("the sources keep to the table of modules") {
    const auto files = source_files();
    REQUIRE(files.size() > 20);
    std::vector<std::string> faults;
    for (const auto& file : files) {
        for (const auto& found : architecture_faults(file)) {
            faults.push_back(found);
        }
    }
    CHECK_MESSAGE(faults.empty(), fmt::format("\n{}", fmt::join(faults, "\n")));
}

TEST_CASE("yaml-cpp and libcurl are included by one file each") {
    const auto files = source_files();
    for (const std::string header : {"<yaml-cpp/", "<curl/"}) {
        std::vector<std::string> users;
        for (const auto& file : files) {
            if (file.path.starts_with("src/") &&
                file.text.find("#include " + header) != std::string::npos) {
                users.push_back(file.path);
            }
        }
        CHECK_MESSAGE(users.size() <= 1,
                      fmt::format("{} is included by {}", header, fmt::join(users, ", ")));
    }
}

TEST_CASE("an include against the flow is found with its line") {
    CHECK(fault("src/diff/tree.cpp", "#include \"diff/tree.hpp\"\n#include \"plan/plan.hpp\"\n") ==
          "src/diff/tree.cpp:2: diff may not include plan");
    CHECK(fault("src/base/text.cpp", "  #  include \"json/value.hpp\"") ==
          "src/base/text.cpp:1: base may not include json");
    CHECK(fault("src/plan/plan.cpp", "#include \"utils/text.hpp\"\n") ==
          "src/plan/plan.cpp:1: includes \"utils/text.hpp\", which is no module");
    CHECK(fault("src/plan/plan.hpp", "#include \"diff/tree.hpp\"\n#include \"base/text.hpp\"\n") ==
          "");
    CHECK(fault("src/main.cpp", "#include \"cli/run.hpp\"\n") == "");
}

TEST_CASE("a folder outside the table is found") {
    CHECK(fault("src/core/thing.cpp", "int x;\n") == "src/core/thing.cpp:1: src/core is not in the "
                                                     "table");
}

TEST_CASE("a library outside its home is found") {
    CHECK(fault("src/plan/plan.cpp", "#include <yaml-cpp/yaml.h>\n") ==
          "src/plan/plan.cpp:1: <yaml-cpp/yaml.h> belongs into .cpp files of src/manifest/, "
          "tests/bench/");
    CHECK(fault("src/http/transport.hpp", "#include <curl/curl.h>\n") ==
          "src/http/transport.hpp:1: <curl/curl.h> belongs into .cpp files of src/http/, "
          "tests/bench/");
    CHECK(fault("src/flow/client.cpp", "#include <rapidjson/document.h>\n") != "");
    CHECK(fault("src/manifest/check.cpp", "#include <valijson/schema.hpp>\n") != "");
    CHECK(fault("src/http/client.cpp", "#include <openssl/ssl.h>\n") != "");
    CHECK(fault("src/main.cpp", "#include <CLI/CLI.hpp>\n") != "");
    CHECK(fault("src/http/server.cpp", "#include <httplib.h>\n") != "");
    CHECK(fault("src/secrets/fingerprint.cpp", "#include <openssl/evp.h>\n") == "");
    CHECK(fault("tools/emulator/main.cpp", "#include <CLI/CLI.hpp>\n") == "");
    CHECK(fault("tests/unit/transport_test.cpp", "#include <httplib.h>\n") == "");
}

TEST_CASE("the process's surroundings are reached from cli and main only") {
    CHECK(fault("src/auth/tokens.cpp", "auto x = std::getenv(\"TOKEN\");\n") ==
          "src/auth/tokens.cpp:1: only cli and main use std::getenv");
    CHECK(fault("src/auth/tokens.cpp", "auto x = getenv(\"TOKEN\");\n") != "");
    CHECK(fault("src/render/text.cpp", "std::cout << 1;\n") != "");
    CHECK(fault("src/render/text.cpp", "// std::cout is for cli\n") == "");
    CHECK(fault("src/cli/run.cpp", "std::cout << std::getenv(\"HOME\");\n") == "");
}

TEST_CASE("a file beyond 500 lines is found") {
    CHECK(fault("src/plan/plan.cpp", lines(500)) == "");
    CHECK(fault("src/plan/plan.cpp", lines(501)) == "src/plan/plan.cpp:501: longer than 500 lines");
}
