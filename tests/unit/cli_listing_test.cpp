#include "cli/catalog_listing.hpp"
#include "cli/exit_codes.hpp"
#include "cli/help_text.hpp"
#include "json/text.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

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

TEST_CASE("a destination tells how its files can be encrypted, if they can") {
    auto destination = *catalogue::Catalogue::embedded().find("amazon-s3");
    destination.encryption.reset();
    CHECK(cli::destination_text(destination).find("encryption") == std::string::npos);
    CHECK(cli::destination_json(destination).find("encryption")->is_null());

    catalogue::Parameter algorithm;
    algorithm.name = "encryptionAlgo";
    algorithm.type = "string";
    algorithm.required = true;
    algorithm.values = {"PGPGPG", "NONE"};
    algorithm.default_value = "PGPGPG";
    catalogue::Parameter key;
    key.name = "publicKey";
    key.type = "string";
    key.required = true;
    key.secret = true;
    destination.encryption.emplace();
    destination.encryption->parameters = {algorithm, key};
    CHECK(cli::destination_text(destination)
              .find("\nAccount, spec.encryption: files are encrypted; may be left out\n"
                    "  encryptionAlgo  (string, optional)\n"
                    "      one of: PGPGPG, NONE\n"
                    "      default: PGPGPG\n"
                    "  publicKey  (string, required, secret)\n") != std::string::npos);
    const auto document = cli::destination_json(destination);
    CHECK((*document.find("encryption"))["parameters"].as_array().size() == 2);
}

TEST_CASE("a destination of one kind of export says nothing of the other") {
    auto destination = *catalogue::Catalogue::embedded().find("amazon-s3");
    std::erase_if(destination.target_parameters, [](const auto& parameter) {
        return parameter.only_for == catalogue::Workflow::datasets;
    });
    destination.dataset_flow_spec_id.clear();
    const auto text = cli::destination_text(destination);
    CHECK(text.find("DatasetExport alone") == std::string::npos);
    CHECK(text.find("flow spec for datasets") == std::string::npos);
    CHECK(text.find("SegmentExport alone") != std::string::npos);
}

TEST_CASE("a destination tells which parameters go with which way to sign in") {
    const auto& catalogue = catalogue::Catalogue::embedded();
    const auto* campaign = catalogue.find("adobe-campaign");
    REQUIRE(campaign != nullptr);
    check_golden("cli/catalog_adobe-campaign.txt", cli::destination_text(*campaign));
    const auto document = cli::destination_json(*campaign);
    CHECK(json::write(*document.find("takes")) == R"(["segments"])");
    CHECK(document.find("moved_to")->is_null());
    CHECK(*document.find("columns") == json::Value("attributes"));
    CHECK(json::write((*document.find("filename_tokens"))["required"]) ==
          R"(["DESTINATION_NAME","SEGMENT_ID"])");
    const auto& places = document.find("places")->as_array();
    REQUIRE(places.size() == 3);
    CHECK(json::write(places[1]) ==
          R"({"auth_specs":["Azure Blob"],"parameters":["container","path"],)"
          R"("constants":{"mode":"AZURE_BLOB","format":"CSV"}})");
    const auto& flow_specs = *document.find("flow_specs");
    CHECK(flow_specs["datasets"].is_null());
    CHECK(flow_specs["segments"].is_null());
    CHECK(flow_specs["segments_by_name"].as_string() == "upsToCampaign");
}

TEST_CASE("a destination tells where its accounts went") {
    const auto* legacy = catalogue::Catalogue::embedded().find("sftp-legacy");
    REQUIRE(legacy != nullptr);
    check_golden("cli/catalog_sftp-legacy.txt", cli::destination_text(*legacy));
    CHECK(*cli::destination_json(*legacy).find("moved_to") == json::Value("sftp"));
}

TEST_CASE("a storage destination takes both kinds, and maps columns") {
    const auto* destination = catalogue::Catalogue::embedded().find("amazon-s3");
    REQUIRE(destination != nullptr);
    const auto document = cli::destination_json(*destination);
    CHECK(json::write(*document.find("takes")) == R"(["datasets","segments"])");
    CHECK(*document.find("columns") == json::Value("mapping"));
    CHECK((*document.find("flow_specs"))["datasets"].as_string() ==
          destination->dataset_flow_spec_id);
    CHECK((*document.find("flow_specs"))["segments_by_name"].is_null());
}

TEST_CASE("help lists commands, flags and exit codes") {
    check_golden("cli/help.txt", cli::overview_text());
    check_golden("cli/help_status.txt", cli::command_text(cli::entry(cli::Command::status)));
}
