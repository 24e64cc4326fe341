#include "support/catalogues.hpp"

#include "json/text.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::test {

const catalogue::Catalogue& encrypting_targets() {
    static const catalogue::Catalogue changed = [] {
        std::vector<std::string> texts;
        for (const auto& file :
             std::filesystem::directory_iterator(source_folder() / "schemas/destinations")) {
            auto document = *json::parse(read_file(file.path()));
            if (document["encryption"].is_object()) {
                document.make_object()["encryption"].make_object()["place"] = "target";
            }
            texts.push_back(json::write(document));
        }
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        auto read = catalogue::Catalogue::read(views);
        REQUIRE(read);
        return *std::move(read);
    }();
    return changed;
}

} // namespace penstock::test
