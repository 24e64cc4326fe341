#include "catalogue/catalogue.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "render/diagnostics.hpp"
#include "support/files.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> cases() {
    std::vector<fs::path> folders;
    for (const auto& entry :
         fs::directory_iterator(test::test_data_folder() / "golden" / "invalid")) {
        folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

/// The case as a project of its own; one that brings no penstock.yaml joins the standard project.
void lay_out(const fs::path& from, const fs::path& to) {
    if (fs::exists(from / "case.yaml")) {
        fs::copy(test::test_data_folder() / "golden" / "standard_project", to);
    }
    for (const auto& entry : fs::directory_iterator(from)) {
        if (entry.path().filename() != "diagnostics.txt") {
            fs::copy(entry.path(), to, fs::copy_options::overwrite_existing);
        }
    }
}

std::string without(std::string text, const std::string& folder) {
    for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
        text.replace(at, folder.size(), "<folder>");
    }
    return text;
}

} // namespace

TEST_CASE("each invalid manifest gets the diagnostics that its golden file shows") {
    const auto all = cases();
    CHECK(all.size() >= 60);
    for (const auto& from : all) {
        CAPTURE(from.filename().string());
        const test::TemporaryFolder folder;
        lay_out(from, folder.path());
        const auto result =
            manifest::load(folder.path().string(), catalogue::Catalogue::embedded());
        REQUIRE_FALSE(result.diagnostics.empty());
        const auto text =
            without(render::diagnostics_text(result.diagnostics, false), folder.path().string());
        test::check_golden("invalid/" + from.filename().string() + "/diagnostics.txt", text);

        const bool has_error = std::any_of(
            result.diagnostics.begin(), result.diagnostics.end(),
            [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
        CHECK(result.manifests.has_value() == !has_error);
        // What stands for a secret in these cases contains one of these words.
        const auto json = json::write(render::diagnostics_json(result.diagnostics));
        for (const std::string secret : {"sEcrEt", "wJalrXUtn"}) {
            CHECK(text.find(secret) == std::string::npos);
            CHECK(json.find(secret) == std::string::npos);
        }
    }
}

TEST_CASE("texts that were read before get the same diagnostics, at the same places") {
    // Whether a path leads to a file was found out when the texts were read.
    const std::vector<std::string> about_paths{"no-such-path", "unreadable-path", "no-project",
                                               "no-manifests", "file-too-large"};
    std::size_t compared = 0;
    for (const auto& from : cases()) {
        CAPTURE(from.filename().string());
        const test::TemporaryFolder folder;
        lay_out(from, folder.path());
        const auto read = manifest::load(folder.path().string(), catalogue::Catalogue::embedded());
        if (std::any_of(read.diagnostics.begin(), read.diagnostics.end(), [&](const auto& item) {
                return std::find(about_paths.begin(), about_paths.end(), item.code) !=
                       about_paths.end();
            })) {
            continue;
        }
        ++compared;
        std::vector<manifest::NamedText> texts;
        for (const auto& source : read.sources) {
            texts.push_back({source->name(), std::string(source->text())});
        }
        const auto again = manifest::load(std::move(texts), folder.path().string(),
                                          catalogue::Catalogue::embedded());
        CHECK(render::diagnostics_text(again.diagnostics, false) ==
              render::diagnostics_text(read.diagnostics, false));
        CHECK(again.files == read.files);
        CHECK(again.manifests.has_value() == read.manifests.has_value());
    }
    CHECK(compared >= 60);
}

TEST_CASE("without penstock.yaml in the first place texts are no project") {
    for (const char* file : {"other.yaml", ""}) {
        const auto result =
            manifest::load({{file, "kind: Project"}}, ".", catalogue::Catalogue::embedded());
        CHECK_FALSE(result.manifests);
        REQUIRE(result.diagnostics.size() == 1);
        CHECK(result.diagnostics[0].code == "no-project");
    }
    CHECK_FALSE(
        manifest::load(std::vector<manifest::NamedText>{}, ".", catalogue::Catalogue::embedded())
            .manifests);
}

TEST_CASE("the standard project of the invalid cases is itself valid") {
    const auto folder = test::test_data_folder() / "golden" / "standard_project";
    const auto result = manifest::load(folder.string(), catalogue::Catalogue::embedded());
    CHECK(render::diagnostics_text(result.diagnostics, false) == "");
}
