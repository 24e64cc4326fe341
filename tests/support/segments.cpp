#include "support/segments.hpp"

#include "catalogue/catalogue.hpp"
#include "support/graphs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

namespace penstock::test {

namespace {

/// A value that the parameter's pattern accepts.
json::Value sample(const catalogue::Parameter& parameter) {
    if (parameter.type == "integer") {
        return 22;
    }
    if (parameter.name == "s3AccessKey") {
        return "AKIAIOSFODNN7EXAMPLE";
    }
    return parameter.name == "url" ? "https://acme.dfs.core.windows.net" : "acme-value";
}

manifest::AccountAuth sample_auth(const catalogue::Destination& destination,
                                  const std::string& auth_spec) {
    manifest::AccountAuth auth;
    if (destination.auth_specs.empty()) {
        return auth;
    }
    const auto* named = destination.find_auth_spec(auth_spec);
    const auto& spec = named == nullptr ? destination.auth_specs.front() : *named;
    auth.spec_name = spec.name;
    for (const auto& parameter : spec.parameters) {
        if (parameter.secret) {
            auth.params.push_back({parameter.name, secrets::EnvironmentVariable{parameter.name}});
        } else if (parameter.required) {
            auth.params.push_back({parameter.name, sample(parameter)});
        }
    }
    return auth;
}

/// The sources of the columns, under which the keys know them then.
void take_attributes(manifest::SegmentExport& document) {
    std::map<std::string, std::string> sources;
    for (const auto& column : document.mapping) {
        document.attributes.push_back(column.source);
        sources[column.destination] = column.source;
    }
    document.mapping.clear();
    for (auto& field : document.mandatory_fields) {
        field = sources.at(field);
    }
    for (auto& segment : document.segments) {
        segment.filename_template = "%DESTINATION_NAME%_%SEGMENT_ID%_%TIMESTAMP%";
    }
}

} // namespace

manifest::Segment segment(int n) {
    manifest::Segment segment;
    segment.id = fmt::format("25768be6-ebd5-45cc-8913-{:012x}", n);
    segment.name = fmt::format("Segment {}", n);
    segment.filename_template = "%DESTINATION%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%";
    segment.schedule = {"DAILY_FULL_EXPORT", "DAILY", "AFTER_SEGMENT_EVAL",
                        "2026-12-01",        "",      "2027-12-01"};
    return segment;
}

manifest::SegmentExport segment_export(const std::string& name) {
    manifest::SegmentExport document;
    document.metadata.name = name;
    document.description = "For the CRM team";
    document.account = "s3";
    document.slug = "amazon-s3";
    document.destination = {{"bucketName", "acme-exports"},
                            {"path", "crm/" + name},
                            {"fileType", "CSV"},
                            {"compression", "GZIP"}};
    document.segments = {segment(1), segment(2)};
    document.mapping = {{"person.name.firstName", "firstName"}, {"identityMap.Email", "Email"}};
    document.mandatory_fields = {"firstName"};
    document.deduplication_keys = {{manifest::DeduplicationKey::Kind::identity_namespace, "Email"}};
    return document;
}

manifest::Manifests segment_project() {
    auto project = small_project();
    project.datasets.clear();
    project.segments = {segment_export("loyalty")};
    return project;
}

manifest::Manifests segment_project_of(int exports, char letter) {
    auto project = segment_project();
    project.segments.clear();
    for (int i = 0; i < exports; ++i) {
        project.segments.push_back(segment_export(fmt::format("{}{:03}", letter, i)));
    }
    return project;
}

manifest::Manifests segment_project_for(const std::string& slug, const std::string& auth_spec) {
    const auto* destination = catalogue::Catalogue::embedded().find(slug);
    REQUIRE(destination != nullptr);
    auto project = segment_project();
    project.accounts[0].destination = slug;
    project.accounts[0].connection = sample_auth(*destination, auth_spec);
    auto& document = project.segments[0];
    document.slug = slug;
    document.auth_spec = std::get<manifest::AccountAuth>(project.accounts[0].connection).spec_name;
    const auto& variant = destination->variant(document.auth_spec, json::Object{});
    const auto& schema = variant.target_schema(catalogue::Workflow::segments);
    document.destination = {};
    for (const auto& name : schema["required"].as_array()) {
        document.destination[name.as_string()] = "acme-exports";
    }
    for (const auto& [name, value] : json::Object{{"fileType", "CSV"}, {"compression", "GZIP"}}) {
        if (document.destination.contains(name)) {
            document.destination[name] = value;
        }
    }
    if (destination->columns == catalogue::Columns::profile_selectors) {
        take_attributes(document);
    }
    return project;
}

std::vector<std::string> auth_specs_of(const catalogue::Destination& destination) {
    std::vector<std::string> names;
    for (const auto& spec : destination.auth_specs) {
        names.push_back(spec.name);
    }
    if (names.empty()) {
        names.emplace_back();
    }
    return names;
}

} // namespace penstock::test
