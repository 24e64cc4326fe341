#include "catalogue/catalogue.hpp"
#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// Accounts of the project, with how many exports each has of datasets and of segments.
struct Share {
    std::string account;
    std::string slug;
    std::string auth_spec;
    int datasets = 0;
    int segments = 0;
};

const std::vector<Share>& shares() {
    static const std::vector<Share> all{
        {"s3", "amazon-s3", "Access Key", 10, 10},
        {"blob", "azure-blob", "ConnectionString", 4, 4},
        {"sftp", "sftp", "SFTP with Password", 4, 4},
        {"landing", "data-landing-zone", "", 2, 2},
        {"campaign-s3", "adobe-campaign", "S3", 0, 5},
        {"campaign-sftp", "adobe-campaign", "SFTP with SSH Key", 0, 5},
        {"eloqua", "oracle-eloqua", "SFTP with Password", 0, 4},
        {"responsys", "oracle-responsys", "SFTP with SSH Key", 0, 4},
        {"old-s3", "amazon-s3-legacy", "Access Key", 0, 2},
    };
    return all;
}

void add_account(manifest::Manifests& project, const Share& share) {
    auto sample = test::segment_project_for(share.slug, share.auth_spec);
    auto account = sample.accounts[0];
    account.metadata.name = share.account;
    project.accounts.push_back(account);
    for (int i = 0; i < share.segments; ++i) {
        auto document = sample.segments[0];
        document.metadata.name = fmt::format("{}-segments-{}", share.account, i);
        document.account = share.account;
        project.segments.push_back(document);
    }
    for (int i = 0; i < share.datasets; ++i) {
        auto document = test::dataset_export(fmt::format("{}-datasets-{}", share.account, i));
        document.account = share.account;
        document.slug = share.slug;
        document.destination = sample.segments[0].destination;
        document.destination.erase("fileType");
        document.destination["datasetFileType"] = "JSON";
        project.datasets.push_back(document);
    }
}

/// Sixty exports of all three workflows through nine accounts.
manifest::Manifests mixed_project() {
    auto project = test::small_project();
    project.accounts.clear();
    project.datasets.clear();
    for (const auto& share : shares()) {
        add_account(project, share);
    }
    const auto by_name = [](const auto& a, const auto& b) {
        return a.metadata.name < b.metadata.name;
    };
    std::sort(project.accounts.begin(), project.accounts.end(), by_name);
    std::sort(project.datasets.begin(), project.datasets.end(), by_name);
    std::sort(project.segments.begin(), project.segments.end(), by_name);
    return project;
}

/// Names of stored base connections that carry a marker of ours.
std::set<std::string> bases(const World& world) {
    std::set<std::string> names;
    for (const auto& [id, entity] : world.platform.store().entities()) {
        if (entity.kind == emulator::Kind::connection) {
            names.insert(entity.body.find("name")->as_string());
        }
    }
    return names;
}

/// How many stored flows use each source connection.
std::map<std::string, int> flows_by_source(const World& world) {
    std::map<std::string, int> flows;
    for (const auto& [id, entity] : world.platform.store().entities()) {
        if (entity.kind == emulator::Kind::flow) {
            ++flows[entity.body.find("sourceConnectionIds")->as_array().front().as_string()];
        }
    }
    return flows;
}

/// Every request was answered well: what is used goes after its users, so that nothing is refused.
void check_nothing_refused(const test::Run& run) {
    INFO(test::complaints(run));
    for (const auto& request : run.requests) {
        INFO(request.method << " " << request.path);
        CHECK(request.status < 300);
    }
}

void keep_exports(manifest::Manifests& project, const std::set<std::string>& accounts) {
    const auto goes = [&](const auto& document) { return !accounts.contains(document.account); };
    std::erase_if(project.datasets, goes);
    std::erase_if(project.segments, goes);
    std::erase_if(project.accounts,
                  [&](const auto& account) { return !accounts.contains(account.metadata.name); });
}

} // namespace

TEST_CASE("mixed: sixty exports of three workflows share nine accounts and the Profile Store") {
    const auto project = mixed_project();
    REQUIRE(project.exports().size() == 60);
    REQUIRE(project.accounts.size() == 9);
    World world;
    const auto first = world.apply(project);
    test::check_done(first);
    check_nothing_refused(first);
    CHECK(world.count(emulator::Kind::flow) == 60);
    CHECK(world.count(emulator::Kind::target_connection) == 60);
    CHECK(bases(world).size() == 10); // nine accounts and the Profile Store
    CHECK(world.count(emulator::Kind::connection) == 10);
    const auto shared = world.id_of("source", "ProfileStore");
    CHECK(flows_by_source(world).at(shared) == 20);
    CHECK(world.count(emulator::Kind::source_connection) == 41);
    test::check_unchanged(world.plan(project));

    const auto destroyed = world.apply(model::DesiredGraph{project.project.metadata.name, {}, {}});
    test::check_done(destroyed);
    check_nothing_refused(destroyed);
    CHECK(world.state().empty());
}

TEST_CASE("mixed: an account goes with its last export, the Profile Store with the last of all") {
    auto project = mixed_project();
    World world;
    test::check_done(world.apply(project));
    std::set<std::string> accounts;
    for (const auto& share : shares()) {
        accounts.insert(share.account);
    }
    for (const char* leaving : {"campaign-s3", "s3", "old-s3", "responsys", "landing", "eloqua"}) {
        INFO(leaving);
        const auto base = fmt::format("acme/{}", leaving);
        CHECK(bases(world).contains(base));
        // All exports but one go first: what they share stays for that one.
        auto last = project;
        std::erase_if(last.segments, [&](const auto& document) {
            return document.account == leaving && !document.metadata.name.ends_with("-0");
        });
        std::erase_if(last.datasets,
                      [&](const auto& document) { return document.account == leaving; });
        test::check_done(world.apply(last));
        CHECK(bases(world).contains(base));
        CHECK(bases(world).contains("acme/ProfileStore"));

        accounts.erase(leaving);
        keep_exports(project, accounts);
        const auto run = world.apply(project);
        test::check_done(run);
        check_nothing_refused(run);
        CHECK_FALSE(bases(world).contains(base));
        CHECK(bases(world).contains("acme/ProfileStore"));
        test::check_unchanged(world.plan(project));
    }
    accounts.erase("campaign-sftp");
    keep_exports(project, accounts);
    const auto run = world.apply(project);
    test::check_done(run);
    check_nothing_refused(run);
    CHECK(bases(world) == std::set<std::string>{"acme/blob", "acme/sftp"});
    CHECK(world.count(emulator::Kind::source_connection) == world.count(emulator::Kind::flow));

    // It comes back with the first that needs it.
    test::check_done(world.apply(mixed_project()));
    CHECK(bases(world).contains("acme/ProfileStore"));
    test::check_unchanged(world.plan(mixed_project()));
}
