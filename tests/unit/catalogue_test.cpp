#include "catalogue/catalogue.hpp"
#include "catalogue/embedded.hpp"
#include "json/pointer.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "manifest/schemas.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <regex>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using catalogue::Catalogue;
using catalogue::Workflow;

namespace {

std::vector<std::string> names(const std::vector<const catalogue::Parameter*>& parameters) {
    std::vector<std::string> result;
    for (const auto* parameter : parameters) {
        result.push_back(parameter->name);
    }
    return result;
}

const catalogue::Destination& destination(std::string_view slug) {
    const auto* found = Catalogue::embedded().find(slug);
    REQUIRE(found != nullptr);
    return *found;
}

bool target_is_valid(std::string_view slug, std::string_view text) {
    const auto& found = destination(slug);
    auto schema =
        json::Schema::compile(found.target_variants.front().target_schema(Workflow::datasets));
    REQUIRE(schema.has_value());
    auto document = json::parse(text);
    REQUIRE(document.has_value());
    return schema->check(*document).empty();
}

} // namespace

TEST_CASE("the six storage destinations have the platform's ids") {
    struct Ids {
        std::string slug;
        std::string connection_spec;
        std::string datasets;
        std::string segments;
    };
    const std::vector<Ids> expected{
        {"adls-gen2", "be2c3209-53bc-47e7-ab25-145db8b873e1",
         "17be2013-2549-41ce-96e7-a70363bec293", "db060570-a155-418a-a6d3-b4d97698e5dc"},
        {"amazon-s3", "4fce964d-3f37-408f-9778-e597338a21ee",
         "269ba276-16fc-47db-92b0-c1049a3c131f", "1a0514a6-33d4-4c7f-aff8-594799c47549"},
        {"azure-blob", "6d6b59bf-fb58-4107-9064-4d246c0e5bb2",
         "95bd8965-fc8a-4119-b9c3-944c2c2df6d2", "752d422f-b16f-4f0d-b1c6-26e448e3b388"},
        {"data-landing-zone", "10440537-2a7b-4583-ac39-ed38d4b848e8",
         "cd2fc47e-e838-4f38-a581-8fff2f99b63a", "7e635b9f-e59b-4546-8ba8-fce6496693c8"},
        {"google-cloud-storage", "c5d93acb-ea8b-4b14-8f53-02138444ae99",
         "585c15c4-6cbf-4126-8f87-e26bff78b657", "976d663b-80b4-4193-be6b-2d0487516623"},
        {"sftp", "36965a81-b1c6-401b-99f8-22508f1e6a26", "354d6aad-4754-46e4-a576-1b384561c440",
         "fd36aaa4-bf2b-43fb-9387-43785eeeb799"}};
    const auto& catalogue = Catalogue::embedded();
    CHECK(std::count_if(catalogue.all().begin(), catalogue.all().end(), [](const auto& found) {
              return found.takes(Workflow::datasets);
          }) == static_cast<std::ptrdiff_t>(expected.size()));
    for (const auto& ids : expected) {
        const auto& found = destination(ids.slug);
        CHECK(found.connection_spec_id == ids.connection_spec);
        CHECK(found.connection_spec_version == "1.0");
        CHECK(found.dataset_flow_spec_id == ids.datasets);
        CHECK(found.segment_flow_spec_id == ids.segments);
        REQUIRE(found.target_variants.size() == 1);
        CHECK(json::write(found.target_variants[0].constants) == R"({"mode":"Server-to-server"})");
        CHECK(found.target_data.is_null());
        CHECK(found.columns == catalogue::Columns::mapping_set);
        CHECK_FALSE(found.shares_profile_store);
        CHECK(catalogue.find_by_connection_spec(ids.connection_spec) == &found);
    }
    CHECK(catalogue.slugs().front() == "adls-gen2");
    CHECK(catalogue.find("snowflake") == nullptr);
    CHECK(catalogue.find_by_connection_spec("x") == nullptr);
}

TEST_CASE("another flow spec of segments is known where the documents disagree") {
    for (const auto& found : Catalogue::embedded().all()) {
        CAPTURE(found.slug);
        const bool disputed = found.slug == "adls-gen2" || found.slug == "data-landing-zone" ||
                              found.slug == "google-cloud-storage";
        CHECK(found.other_segment_flow_spec_id == (disputed ? found.dataset_flow_spec_id
                                                   : found.slug == "adobe-campaign"
                                                       ? "71471eba-b620-49e4-90fd-23f1fa0174d8"
                                                       : ""));
    }
}

TEST_CASE("all storage destinations but the landing zone can encrypt, on their connection") {
    for (const auto& found : Catalogue::embedded().all()) {
        CAPTURE(found.slug);
        CHECK(found.encryption.has_value() ==
              (found.takes(Workflow::datasets) && found.slug != "data-landing-zone"));
        if (!found.encryption) {
            continue;
        }
        CHECK(found.encryption->place == catalogue::EncryptionPlace::connection);
        CHECK(found.encryption->spec_name == "Encryption spec");
        REQUIRE(found.encryption->parameters.size() == 2);
        const auto& algorithm = found.encryption->parameters[0];
        CHECK(algorithm.name == "encryptionAlgo");
        CHECK(algorithm.default_value == json::Value("PGPGPG"));
        CHECK_FALSE(algorithm.secret);
        const auto& key = found.encryption->parameters[1];
        CHECK(key.name == "publicKey");
        CHECK(key.secret);
        CHECK(json::Schema::compile(found.encryption->schema).has_value());
    }
}

TEST_CASE("an encryption without place or spec is refused") {
    std::string text(catalogue::embedded_destinations().front().text);
    REQUIRE(Catalogue::read({text}).has_value());
    const auto at = text.find("\"place\": \"connection\"");
    REQUIRE(at != std::string::npos);
    const auto refused = Catalogue::read({text.replace(at, 21, "\"place\": \"somewhere\"")});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find("`encryption` needs the place") != std::string::npos);
}

TEST_CASE("weekly and monthly exports are for all destinations but ADLS Gen2") {
    for (const auto& found : Catalogue::embedded().all()) {
        CAPTURE(found.slug);
        CHECK(found.long_frequencies == (found.slug == "adls-gen2"
                                             ? std::vector<std::string>{}
                                             : std::vector<std::string>{"WEEKLY", "MONTHLY"}));
    }
}

namespace {

/// A legacy destination as the documents have it (reference, section 5.5).
struct Legacy {
    std::string slug;
    std::string connection_spec;
    std::string flow_spec; ///< empty: found by its name
    std::vector<std::string> auth_specs;
    std::vector<std::string> modes; ///< by auth spec
};

const std::vector<Legacy>& legacy_destinations() {
    static const std::string cloud = "71471eba-b620-49e4-90fd-23f1fa0174d8";
    static const std::vector<std::string> sftp{"SFTP with Password", "SFTP with SSH Key"};
    static const std::vector<Legacy> all{
        {"adobe-campaign",
         "0b23e41a-cb4a-4321-a78f-3b654f5d7d97",
         "",
         {"S3", "SFTP with Password", "SFTP with SSH Key", "Azure Blob"},
         {"S3", "FTP", "FTP", "AZURE_BLOB"}},
        {"amazon-s3-legacy", "4890fc95-5a1f-4983-94bb-e060c08e3f81", cloud, {"Access Key"}, {"S3"}},
        {"azure-blob-legacy",
         "e258278b-a4cf-43ac-b158-4fa0ca0d948b",
         cloud,
         {"ConnectionString"},
         {"AZURE_BLOB"}},
        {"oracle-eloqua", "c1e44b6b-e7c8-404b-9031-58f0ef760604", cloud, sftp, {"FTP", "FTP"}},
        {"oracle-responsys",
         "a5e28ddf-e265-426e-83a1-9d03a3a6822b",
         "51d675ce-e270-408d-91fc-22717bdf2148",
         sftp,
         {"FTP", "FTP"}},
        {"salesforce-marketing-cloud",
         "f599a5b3-60a7-4951-950a-cc4115c7ea27",
         "493b2bd6-26e4-4167-ab3b-5e910bba44f0",
         sftp,
         {"FTP", "FTP"}},
        {"sftp-legacy",
         "64ef4b8b-a6e0-41b5-9677-3805d1ee5dd0",
         cloud,
         {"Basic Authentication for sftp", "SFTP with SSH Key"},
         {"FTP", "FTP"}}};
    return all;
}

std::vector<std::string> required_of(const json::Value& schema) {
    std::vector<std::string> result;
    for (const auto& name : schema["required"].as_array()) {
        result.push_back(name.as_string());
    }
    return result;
}

} // namespace

TEST_CASE("the seven legacy destinations are as the documents have them") {
    const auto& catalogue = Catalogue::embedded();
    CHECK(catalogue.all().size() == 6 + legacy_destinations().size());
    for (const auto& expected : legacy_destinations()) {
        CAPTURE(expected.slug);
        const auto& found = destination(expected.slug);
        CHECK(found.connection_spec_id == expected.connection_spec);
        CHECK(found.segment_flow_spec_id == expected.flow_spec);
        CHECK(found.segment_flow_spec_name == (expected.flow_spec.empty() ? "upsToCampaign" : ""));
        CHECK(found.takes(Workflow::segments));
        CHECK_FALSE(found.takes(Workflow::datasets));
        CHECK(found.columns == catalogue::Columns::profile_selectors);
        CHECK(found.shares_profile_store);
        CHECK(json::write(found.target_data) ==
              R"({"format":"json","schema":{"id":"1.0","version":"1.0"}})");
        CHECK(found.filename_tokens.required ==
              std::vector<std::string>{"DESTINATION_NAME", "SEGMENT_ID"});
        REQUIRE(found.auth_specs.size() == expected.auth_specs.size());
        for (std::size_t i = 0; i < expected.auth_specs.size(); ++i) {
            CHECK(found.auth_specs[i].name == expected.auth_specs[i]);
            const auto& variant = found.variant(expected.auth_specs[i], json::Object{});
            CHECK(variant.constants.find("mode")->as_string() == expected.modes[i]);
            CHECK(variant.constants.find("format")->as_string() == "CSV");
            auto required = required_of(variant.target_schema(Workflow::segments));
            CHECK(std::is_permutation(required.begin(), required.end(), variant.parameters.begin(),
                                      variant.parameters.end()));
        }
    }
}

TEST_CASE("an account of others leads to the place whose parameters are written") {
    const auto& campaign = destination("adobe-campaign");
    const auto mode = [&](const json::Object& params) {
        return campaign.complete(params).find("mode")->as_string();
    };
    CHECK(mode({{"bucketName", "b"}, {"path", "p"}}) == "S3");
    CHECK(mode({{"container", "c"}, {"path", "p"}}) == "AZURE_BLOB");
    CHECK(mode({{"remotePath", "/p"}}) == "FTP");
    CHECK(mode({{"remotePath", "/p"}, {"path", "p"}}) == "FTP");
    // The auth spec of an account of our own wins: what is written beside it is a mistake.
    CHECK(campaign.complete({{"remotePath", "/p"}}, "S3").find("mode")->as_string() == "S3");
}

TEST_CASE("a target's parameters are completed, and freed of what may be left out") {
    const auto& eloqua = destination("oracle-eloqua");
    CHECK(json::write(eloqua.complete({{"remotePath", "/p"}, {"includeFileManifest", false}})) ==
          R"({"remotePath":"/p","mode":"FTP","format":"CSV"})");
    CHECK(json::write(eloqua.complete({{"remotePath", "/p"}, {"includeFileManifest", true}})) ==
          R"({"remotePath":"/p","includeFileManifest":true,"mode":"FTP","format":"CSV"})");
    // What the service says is not overruled.
    CHECK(json::write(eloqua.complete({{"remotePath", "/p"}, {"mode", "S3"}})) ==
          R"({"remotePath":"/p","mode":"S3","format":"CSV"})");
}

TEST_CASE("target parameters are those of the workflow") {
    const auto& s3 = destination("amazon-s3");
    CHECK(names(s3.target_parameters_for(Workflow::datasets)) ==
          std::vector<std::string>{"bucketName", "path", "datasetFileType", "compression"});
    CHECK(names(s3.target_parameters_for(Workflow::segments)) ==
          std::vector<std::string>{"bucketName", "path", "fileType", "csvOptions", "compression"});
    CHECK(names(destination("sftp").target_parameters_for(Workflow::datasets)) ==
          std::vector<std::string>{"remotePath", "datasetFileType", "compression"});
    CHECK(names(destination("azure-blob").target_parameters_for(Workflow::datasets)) ==
          std::vector<std::string>{"container", "path", "datasetFileType", "compression"});
    const auto* type = s3.find_target_parameter("datasetFileType");
    REQUIRE(type != nullptr);
    CHECK(type->values == std::vector<std::string>{"JSON", "PARQUET"});
    CHECK(type->only_for == Workflow::datasets);
}

TEST_CASE("auth specs know what is secret and what is required") {
    const auto& s3 = destination("amazon-s3");
    REQUIRE(s3.auth_specs.size() == 2);
    const auto* key = s3.find_auth_spec("Access Key");
    REQUIRE(key != nullptr);
    CHECK(key->type == "KeyBased");
    REQUIRE(key->parameters.size() == 2);
    CHECK_FALSE(key->parameters[0].secret);
    CHECK(key->parameters[1].secret);
    CHECK(key->parameters[1].required);
    CHECK(s3.find_auth_spec("access key") == nullptr);
    CHECK(destination("data-landing-zone").auth_specs.empty());
    const auto* ssh = destination("sftp").find_auth_spec("SFTP with SSH Key");
    REQUIRE(ssh != nullptr);
    CHECK_FALSE(ssh->parameters.back().required);
    CHECK(ssh->parameters.back().type == "integer");
}

TEST_CASE("every auth spec has exactly one secret, and a schema that can be used") {
    for (const auto& found : Catalogue::embedded().all()) {
        for (const auto& spec : found.auth_specs) {
            CAPTURE(spec.name);
            std::size_t secrets = 0;
            for (const auto& parameter : spec.parameters) {
                secrets += parameter.secret ? 1 : 0;
                CHECK_FALSE(parameter.description.empty());
            }
            CHECK(secrets == 1);
            CHECK(json::Schema::compile(spec.schema).has_value());
        }
    }
}

TEST_CASE("the schema of a target is closed and knows every rule of its parameters") {
    CHECK(target_is_valid("amazon-s3", R"({"bucketName": "acme-exports", "path": "a/b",
        "datasetFileType": "JSON", "compression": "GZIP"})"));
    for (
        const auto* wrong :
        {R"({"path": "a", "datasetFileType": "JSON", "compression": "GZIP"})",
         R"({"bucketName": "192.168.0.1", "path": "a", "datasetFileType": "JSON", "compression": "GZIP"})",
         R"({"bucketName": "acme", "path": "a b", "datasetFileType": "JSON", "compression": "GZIP"})",
         R"({"bucketName": "acme", "path": "a", "datasetFileType": "CSV", "compression": "GZIP"})",
         R"({"bucketName": "acme", "path": "a", "datasetFileType": "JSON", "compression": "ZIP"})",
         R"({"bucketName": "acme", "path": "a", "datasetFileType": "JSON", "compression": "GZIP",
              "fileType": "CSV"})",
         R"({"bucketName": "acme", "path": "a", "datasetFileType": "JSON", "compression": "GZIP",
              "mode": "Server-to-server"})"}) {
        CAPTURE(wrong);
        CHECK_FALSE(target_is_valid("amazon-s3", wrong));
    }
    CHECK_FALSE(target_is_valid("azure-blob", R"({"container": "a--b", "path": "a",
        "datasetFileType": "JSON", "compression": "GZIP"})"));
    CHECK_FALSE(target_is_valid("google-cloud-storage", R"({"bucketName": "my-g00gle", "path": "a",
        "datasetFileType": "JSON", "compression": "GZIP"})"));
}

TEST_CASE("the path pattern accepts exactly what the service's own accepts") {
    // The service's pattern may match nothing again and again, so it is only tried on short text.
    const std::regex theirs(R"(^[0-9a-zA-Z\/\!\-_\.\*\''\(\)]*((\%SEGMENT_(NAME|ID)\%)?\/?)+$)");
    const std::regex ours(destination("amazon-s3").find_target_parameter("path")->pattern);
    const std::vector<std::string> pieces{"a",  "/", "%", "SEGMENT_NAME", "%SEGMENT_NAME%", " ",
                                          "-.", "'", "(", "%SEGMENT_ID%", "%SEGMENT_IDX%",  "ü"};
    std::mt19937 random(7);
    std::size_t accepted = 0;
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        for (auto left = random() % 6; left > 0; --left) {
            text += pieces[random() % pieces.size()];
        }
        CAPTURE(text);
        const bool accepts = std::regex_search(text, ours);
        accepted += accepts ? 1 : 0;
        CHECK(accepts == std::regex_search(text, theirs));
    }
    CHECK(accepted > 300);
    CHECK(accepted < 2700);
}

TEST_CASE("the manifest schema offers the destinations of the catalogue") {
    for (const auto& file : manifest::embedded_schemas()) {
        if (file.name == "manifest.json") {
            const auto schema = json::parse(file.text);
            REQUIRE(schema.has_value());
            const auto* offered = json::find(*schema, "/definitions/destinationType/enum");
            REQUIRE(offered != nullptr);
            std::vector<std::string> slugs;
            for (const auto& slug : offered->as_array()) {
                slugs.push_back(slug.as_string());
            }
            CHECK(slugs == Catalogue::embedded().slugs());
        }
    }
}

TEST_CASE("a destination that is not usable is refused with a reason") {
    CHECK_FALSE(Catalogue::read({"not json"}).has_value());
    const auto incomplete = Catalogue::read({R"({"slug": "x", "title": "X"})"});
    REQUIRE_FALSE(incomplete.has_value());
    CHECK(incomplete.error().message.find("connectionSpec.id") != std::string::npos);
    const auto text = catalogue::embedded_destinations().front().text;
    CHECK_FALSE(Catalogue::read({text, text}).has_value());
}
