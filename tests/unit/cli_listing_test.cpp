#include "cli/catalog_listing.hpp"
#include "cli/exit_codes.hpp"
#include "cli/help_text.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::check_golden;

TEST_CASE("the catalogue in one table") {
    check_golden("cli/catalog.txt", cli::destinations_text(catalogue::Catalogue::embedded().all()));
}

TEST_CASE("a destination with all that a manifest may say about it") {
    const auto* destination = catalogue::Catalogue::embedded().find("amazon-s3");
    REQUIRE(destination != nullptr);
    check_golden("cli/catalog_amazon-s3.txt", cli::destination_text(*destination));
    const auto document = cli::destination_json(*destination);
    const auto& secret = (*document.find("auth_specs")).as_array()[0]["parameters"].as_array()[1];
    CHECK(secret["name"].as_string() == "s3SecretKey");
    CHECK(secret["secret"].as_bool());
    CHECK(secret["required"].as_bool());
}

TEST_CASE("help lists commands, flags and exit codes") {
    check_golden("cli/help.txt", cli::overview_text());
    check_golden("cli/help_status.txt", cli::command_text(cli::entry(cli::Command::status)));
}
