#include "cli/export_list.hpp"
#include "cli/selection.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using model::EntityKind;

namespace {

class OneFile final : public manifest::Positions {
  public:
    explicit OneFile(std::string file) : file_(std::move(file)) {}
    SourcePosition at(std::string_view) const override { return {file_, 1, 1}; }

  private:
    std::string file_;
};

template <class Document>
Document document(const char* name, const char* file) {
    Document result;
    result.metadata.name = name;
    result.metadata.positions = std::make_shared<OneFile>(file);
    return result;
}

template <class Document>
Document export_of(const char* name, const char* account) {
    auto result = document<Document>(name, "exports/all.yaml");
    result.account = account;
    result.slug = "amazon-s3";
    return result;
}

/// Accounts s3, sftp and idle; the exports of datasets and segments stand in turns by name.
manifest::Manifests project() {
    manifest::Manifests result;
    result.project.metadata.name = "acme";
    for (const char* name : {"idle", "s3", "sftp"}) {
        result.accounts.push_back(document<manifest::Account>(name, "accounts.yaml"));
    }
    result.datasets = {export_of<manifest::DatasetExport>("devices", "s3"),
                       export_of<manifest::DatasetExport>("orders", "sftp")};
    result.segments = {export_of<manifest::SegmentExport>("churn", "s3"),
                       export_of<manifest::SegmentExport>("loyalty", "sftp")};
    result.segments[1].metadata.positions = std::make_shared<OneFile>("segments/loyalty.yaml");
    return result;
}

std::vector<std::string> names(const manifest::Manifests& manifests) {
    std::vector<std::string> result;
    for (const auto* document : manifests.exports()) {
        result.push_back(document->metadata.name);
    }
    return result;
}

model::LiveEntity live_flow(const char* id, const char* name) {
    model::LiveEntity flow;
    flow.kind = EntityKind::flow;
    flow.id = id;
    flow.state = "enabled";
    flow.name = std::string("acme/") + name;
    return flow;
}

} // namespace

TEST_CASE("a path chooses exports of both kinds and the accounts that they need") {
    const auto all = cli::select(project(), {{"exports"}, {}, {}});
    REQUIRE(all);
    CHECK(names(all->manifests) == std::vector<std::string>{"churn", "devices", "orders"});
    CHECK(all->manifests.accounts.size() == 2);

    const auto one = cli::select(project(), {{"segments/loyalty.yaml"}, {}, {}});
    REQUIRE(one);
    CHECK(names(one->manifests) == std::vector<std::string>{"loyalty"});
    REQUIRE(one->manifests.accounts.size() == 1);
    CHECK(one->manifests.accounts[0].metadata.name == "sftp");
    CHECK(one->covers({EntityKind::flow, "loyalty"}));
    CHECK(one->covers({EntityKind::target, "loyalty"}));
    CHECK_FALSE(one->covers({EntityKind::flow, "churn"}));
    CHECK_FALSE(one->covers({EntityKind::base, "sftp"}));
}

TEST_CASE("a folder chooses nothing of another one whose name only begins like it") {
    auto both = project();
    both.segments[0].metadata.positions = std::make_shared<OneFile>("exports-old/all.yaml");
    both.segments[1].metadata.positions = std::make_shared<OneFile>("exports/all.yaml-1/x.yaml");
    for (const char* path : {"exports", "exports/"}) {
        const auto chosen = cli::select(both, {{path}, {}, {}});
        REQUIRE(chosen);
        CHECK(names(chosen->manifests) == std::vector<std::string>{"devices", "loyalty", "orders"});
    }
    const auto file = cli::select(both, {{"exports/all.yaml"}, {}, {}});
    REQUIRE(file);
    CHECK(names(file->manifests) == std::vector<std::string>{"devices", "orders"});
    CHECK_FALSE(cli::select(both, {{"export"}, {}, {}}));
}

TEST_CASE("a path that nothing comes from names one that something does") {
    const auto result = cli::select(project(), {{"segments/loyalti.yaml"}, {}, {}});
    REQUIRE_FALSE(result);
    CHECK(result.error().hint == "did you mean segments/loyalty.yaml?");
}

TEST_CASE("exports of both kinds are listed by name, as the sandbox has them or not") {
    cli::Selection selection;
    selection.manifests = project();
    model::LiveGraph live;
    live.project = "acme";
    live.entities = {live_flow("f-1", "loyalty"), live_flow("f-2", "churn"),
                     live_flow("f-3", "gone")};
    live.entities[0].key = {EntityKind::flow, "loyalty"};
    live.entities[2].key = {EntityKind::flow, "gone"};
    const auto list = cli::list_exports(selection, live);
    REQUIRE(list.size() == 5);

    CHECK(list[0].name == "churn");
    CHECK(list[0].flow_id.empty());
    CHECK(list[0].absence == render::Absence::name_taken);
    CHECK(list[0].unowned_flow_id == "f-2");
    CHECK(list[0].account == "s3");
    CHECK(list[0].destination == "amazon-s3");

    CHECK(list[1].name == "devices");
    CHECK(list[1].absence == render::Absence::not_applied);

    CHECK(list[2].name == "gone");
    CHECK_FALSE(list[2].in_manifests);

    CHECK(list[3].name == "loyalty");
    CHECK(list[3].flow_id == "f-1");
    CHECK(list[3].state == "enabled");
    CHECK(list[3].in_manifests);

    CHECK(list[4].name == "orders");
}
