#include "catalogue/catalogue.hpp"
#include "manifest/load.hpp"
#include "render/diagnostics.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::manifest;

TEST_CASE("the worked examples load without any complaint") {
    const auto folder = test::source_folder() / "manifests";
    const auto result = load(folder.string(), catalogue::Catalogue::embedded());
    CHECK(render::diagnostics_text(result.diagnostics, false) == "");
    REQUIRE(result.manifests.has_value());
    CHECK(result.files == 7);
    CHECK(result.manifests->accounts.size() == 8);
    CHECK(result.manifests->datasets.size() == 9);
}
