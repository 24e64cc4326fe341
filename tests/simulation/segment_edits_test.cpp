#include "json/text.hpp"
#include "support/random.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace penstock;
using test::World;

namespace {

constexpr const char* schedules[][6] = {
    {"DAILY_FULL_EXPORT", "DAILY", "AFTER_SEGMENT_EVAL", "2026-12-01", "", "2027-12-01"},
    {"DAILY_FULL_EXPORT", "DAILY", "SCHEDULED", "2026-12-01", "12:00", "2027-12-01"},
    {"DAILY_FULL_EXPORT", "ONCE", "SCHEDULED", "2026-12-02", "01:00", ""},
    {"DAILY_FULL_EXPORT", "ONCE", "AFTER_SEGMENT_EVAL", "2026-12-02", "", ""},
    {"FIRST_FULL_THEN_INCREMENTAL", "EVERY_6_HOURS", "SCHEDULED", "2026-12-01", "00:00",
     "2027-06-01"},
    {"FIRST_FULL_THEN_INCREMENTAL", "EVERY_12_HOURS", "SCHEDULED", "2026-12-01", "03:00",
     "2027-06-01"},
};

json::Value parsed(const std::string& text) {
    auto value = json::parse(text);
    REQUIRE(value);
    return *std::move(value);
}

/// A segment as the service has to hold it, less what the service adds.
json::Object expected_selector(const manifest::Segment& segment) {
    const auto& wanted = segment.schedule;
    json::Object schedule{{"frequency", wanted.frequency},
                          {"triggerType", wanted.trigger_type},
                          {"startDate", wanted.start_date}};
    if (!wanted.start_time.empty()) {
        schedule["startTime"] = wanted.start_time;
    }
    if (!wanted.end_date.empty()) {
        schedule["endDate"] = wanted.end_date;
    }
    return {{"id", segment.id},
            {"name", segment.name},
            {"filenameTemplate", segment.filename_template},
            {"exportMode", wanted.export_mode},
            {"schedule", std::move(schedule)}};
}

/// One export that is edited at random, in git and behind git's back.
class Edits {
  public:
    explicit Edits(std::uint64_t seed) : random_(seed), world_(settings()) {
        project_ = test::segment_project();
        document().segments.clear();
        document().mapping.clear();
        add_segments(random_.number(1, random_.one_in(4) ? 250 : 20));
        add_columns(random_.number(1, random_.one_in(4) ? 49 : 8));
        choose_keys();
        test::check_done(world_.apply(project_));
        check_service();
    }

    void go_on() {
        for (int i = random_.number(1, 4); i > 0; --i) {
            edit();
        }
        if (random_.one_in(2)) {
            edit_behind_git();
        }
        const auto live_before = selectors();
        const auto run = world_.apply(project_);
        INFO(test::complaints(run));
        test::check_done(run);
        check_service();
        check_patch(run, live_before);
        test::check_unchanged(world_.apply(project_));
    }

  private:
    manifest::SegmentExport& document() { return project_.segments[0]; }

    emulator::Settings settings() {
        emulator::Settings chosen;
        for (const auto& option : emulator::switches()) {
            // Where accounts or flows lose their description, other tests look.
            if (random_.one_in(3) && option.name.find("description") == std::string_view::npos &&
                option.name != "disabled_flow_patch") {
                option.set(chosen, static_cast<std::size_t>(random_.number(
                                       0, static_cast<int>(option.values.size()) - 1)));
            }
        }
        chosen.long_frequencies = emulator::LongFrequencies::accept;
        return chosen;
    }

    void reschedule(manifest::Segment& segment) {
        const auto& row = schedules[static_cast<std::size_t>(random_.number(0, 5))];
        segment.schedule = {row[0], row[1], row[2], row[3], row[4], row[5]};
    }

    void add_segments(int count) {
        for (; count > 0 && document().segments.size() < 250; --count) {
            auto segment = test::segment(++made_);
            reschedule(segment);
            auto& list = document().segments;
            list.insert(list.begin() + random_.number(0, static_cast<int>(list.size())), segment);
        }
    }

    void add_columns(int count) {
        auto& mapping = document().mapping;
        if (mapping.empty()) {
            mapping.push_back({"identityMap.Email", "Email"});
        }
        for (; count > 0 && mapping.size() < 50; --count) {
            ++columns_;
            mapping.push_back({fmt::format("_acme.attributes.a{:02}", random_.number(1, 60)),
                               fmt::format("c{}", columns_)});
        }
    }

    void choose_keys() {
        document().mandatory_fields.clear();
        document().deduplication_keys.clear();
        const auto& columns = document().mapping;
        if (random_.one_in(2)) {
            document().mandatory_fields.push_back(random_.any(columns).destination);
        }
        if (random_.one_in(3)) {
            document().deduplication_keys = {{manifest::DeduplicationKey::Kind::attribute_path,
                                              random_.any(columns).destination}};
        } else if (random_.one_in(2)) {
            document().deduplication_keys = {
                {manifest::DeduplicationKey::Kind::identity_namespace, "Email"}};
        }
    }

    void edit() {
        auto& segments = document().segments;
        auto& mapping = document().mapping;
        switch (random_.number(0, 8)) {
        case 0:
            add_segments(random_.number(1, 10));
            break;
        case 1:
            for (int i = random_.number(1, 10); i > 0 && segments.size() > 1; --i) {
                segments.erase(segments.begin() +
                               random_.number(0, static_cast<int>(segments.size()) - 1));
            }
            break;
        case 2:
            for (int i = random_.number(1, 10); i > 0; --i) {
                reschedule(random_.any(segments));
            }
            break;
        case 3:
            random_.any(segments).filename_template =
                fmt::format("%SEGMENT_ID%_{}_%TIMESTAMP%", random_.number(1, 1000));
            break;
        case 4:
            std::shuffle(segments.begin(), segments.end(), random_.engine());
            std::shuffle(mapping.begin(), mapping.end(), random_.engine());
            break;
        case 5:
            add_columns(random_.number(1, 5));
            break;
        case 6:
            if (const auto& column = random_.any(mapping); column.source != "identityMap.Email") {
                mapping.erase(mapping.begin() + (&column - mapping.data()));
                choose_keys();
            }
            break;
        case 7:
            // The identity column stays.
            if (auto& column = random_.any(mapping); column.source != "identityMap.Email") {
                column.source = fmt::format("_acme.attributes.a{:02}", random_.number(1, 60));
            }
            break;
        default:
            choose_keys();
            document().description = fmt::format("Edition {}", random_.number(1, 1000));
            break;
        }
    }

    std::string flow_path() const { return "/flows/" + world_.id_of("flow", "loyalty"); }

    /// Somebody changes, removes and adds segments in the platform, and clears keys or the mapping.
    void edit_behind_git() {
        const std::string list = "/transformations/0/params/segmentSelectors/selectors/";
        json::Array operations;
        const auto live = shown()["segmentSelectors"]["selectors"].as_array();
        for (auto i = live.size(); i-- > 0;) {
            if (random_.one_in(10)) {
                auto other = test::segment(0);
                reschedule(other);
                other.id = live[i]["value"]["id"].as_string();
                operations.emplace_back(
                    json::Object{{"op", "replace"},
                                 {"path", fmt::format("{}{}", list, i)},
                                 {"value", json::Object{{"type", "PLATFORM_SEGMENT"},
                                                        {"value", expected_selector(other)}}}});
            } else if (random_.one_in(10) && live.size() > 1) {
                operations.emplace_back(
                    json::Object{{"op", "remove"},
                                 {"path", fmt::format("{}{}", list, i)},
                                 {"value", json::Object{{"type", "PLATFORM_SEGMENT"},
                                                        {"value", json::Object{}}}}});
            }
        }
        if (random_.one_in(2)) {
            auto stranger = test::segment(100'000 + ++made_);
            operations.emplace_back(
                json::Object{{"op", "add"},
                             {"path", list + "-"},
                             {"value", json::Object{{"type", "PLATFORM_SEGMENT"},
                                                    {"value", expected_selector(stranger)}}}});
        }
        if (random_.one_in(3)) {
            operations.emplace_back(
                json::Object{{"op", "add"},
                             {"path", "/transformations/0/params/primaryFields"},
                             {"value", json::Array{}}});
        }
        if (random_.one_in(3)) {
            ++cleared_;
            operations.emplace_back(
                json::Object{{"op", "replace"},
                             {"path", "/transformations/0/params/profileMapping"},
                             {"value", json::Object{}}});
            operations.emplace_back(
                json::Object{{"op", "add"},
                             {"path", "/transformations/0/params/primaryFields"},
                             {"value", json::Array{}}});
            operations.emplace_back(
                json::Object{{"op", "add"},
                             {"path", "/transformations/0/params/mandatoryFields"},
                             {"value", json::Array{}}});
        }
        if (!operations.empty()) {
            const auto answer = world_.as_somebody(http::Method::patch, flow_path(),
                                                   json::write(json::Value(operations)));
            INFO(answer.body);
            REQUIRE(answer.status / 100 == 2);
            world_.clock.advance(Milliseconds{10'000});
            world_.platform.settle();
        }
    }

    /// The transformation's params as a GET shows them.
    json::Value shown() {
        const auto answer = world_.as_somebody(http::Method::get, flow_path());
        return parsed(answer.body)["items"].as_array().at(0)["transformations"].as_array().at(
            0)["params"];
    }

    /// The params as stored, whatever a GET shows of them.
    json::Value stored() const {
        const auto& entity = world_.platform.store().entities().at(world_.id_of("flow", "loyalty"));
        return json::Value(entity.body)["transformations"].as_array().at(0)["params"];
    }

    /// The stored selectors, by id, less the times.
    std::map<std::string, std::string> selectors() const {
        std::map<std::string, std::string> result;
        const auto params = stored();
        for (const auto& selector : params["segmentSelectors"]["selectors"].as_array()) {
            auto value = selector["value"].as_object();
            value.erase("createTime");
            value.erase("updateTime");
            value.erase("description");
            value.erase("name"); // informative
            const auto id = value["id"].as_string();
            result[id] = json::write_canonical(value);
        }
        return result;
    }

    /// The service holds what the manifest says, compared without any code of the tool.
    void check_service() const {
        std::map<std::string, std::string> wanted;
        for (const auto& segment : project_.segments[0].segments) {
            auto selector = expected_selector(segment);
            selector.erase("name");
            wanted[segment.id] = json::write_canonical(selector);
        }
        const auto live = selectors();
        for (const auto& [id, text] : wanted) {
            const auto found = live.find(id);
            CHECK((found == live.end() ? id + " is missing" : found->second) == text);
        }
        CHECK(live.size() == wanted.size());
        CHECK(stored()["segmentSelectors"]["selectors"].as_array().size() == wanted.size());

        const auto params = stored();
        const auto& sets = world_.platform.data_prep().mapping_sets();
        const auto set = sets.find(params["profileMapping"]["mappingId"].as_string());
        REQUIRE(set != sets.end());
        const auto version = params["profileMapping"]["mappingVersion"].as_integer();
        std::set<std::string> live_columns;
        const json::Value body(set->second.versions.at(static_cast<std::size_t>(version)).body);
        for (const auto& mapping : body["mappings"].as_array()) {
            live_columns.insert(mapping["source"].as_string() + " -> " +
                                mapping["destination"].as_string());
        }
        std::set<std::string> wanted_columns;
        for (const auto& column : project_.segments[0].mapping) {
            wanted_columns.insert(column.source + " -> " + column.destination);
        }
        CHECK(live_columns == wanted_columns);
        // Every change was another version of one set, unless somebody took it off the dataflow.
        CHECK(sets.size() <= 1 + cleared_);
        json::Array mandatory;
        for (const auto& field : project_.segments[0].mandatory_fields) {
            mandatory.emplace_back(field);
        }
        CHECK(json::sorted(params["mandatoryFields"].as_array()) == json::sorted(mandatory));
        CHECK(keys_in_effect(params["primaryFields"].as_array()) == keys_in_effect(wanted_keys()));
    }

    json::Array wanted_keys() const {
        json::Array keys;
        for (const auto& key : project_.segments[0].deduplication_keys) {
            const bool identity = key.kind == manifest::DeduplicationKey::Kind::identity_namespace;
            keys.emplace_back(
                json::Object{{"fieldType", identity ? "IDENTITY" : "ATTRIBUTE"},
                             {identity ? "identityNamespace" : "attributePath", key.name}});
        }
        return keys;
    }

    /// Without a key the only identity is the key (reference, section 6.4).
    static json::Value keys_in_effect(json::Array keys) {
        if (keys.empty()) {
            keys.emplace_back(
                json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", "Email"}});
        }
        return keys;
    }

    /// All changes travelled in one PATCH, and it wrote no selector that was right already.
    void check_patch(const test::Run& run, const std::map<std::string, std::string>& before) {
        const auto patches = test::bodies(run, "PATCH", "flowservice/flows");
        CHECK(patches.size() == (run.plan.empty() ? 0 : 1));
        const auto after = selectors();
        for (const auto& body : patches) {
            const auto operations = parsed(body);
            std::size_t last_index = 1000;
            bool added = false;
            for (const auto& operation : operations.as_array()) {
                const auto& path = operation["path"].as_string();
                if (path.find("/selectors/") == std::string::npos) {
                    continue;
                }
                if (operation["op"].as_string() == "remove") {
                    const auto index = std::stoul(path.substr(path.rfind('/') + 1));
                    CHECK_FALSE(added);
                    CHECK(index < last_index);
                    last_index = index;
                    continue;
                }
                added = added || operation["op"].as_string() == "add";
                const auto& id = operation["value"]["value"]["id"].as_string();
                const auto old = before.find(id);
                CHECK((old == before.end() || old->second != after.at(id)));
            }
        }
    }

    test::Random random_;
    int made_ = 0;
    int columns_ = 0;
    std::size_t cleared_ = 0; ///< how often somebody took the mapping off
    World world_;
    manifest::Manifests project_;
};

} // namespace

TEST_CASE("random edits of segments and columns end in what git says, by one patch each") {
    // One failing seed: PENSTOCK_SEED=17 PENSTOCK_SEEDS=1; a long search: PENSTOCK_SEEDS=5000.
    const auto first = test::environment_number("PENSTOCK_SEED", 1);
    const auto count = test::environment_number("PENSTOCK_SEEDS", 30);
    for (auto seed = first; seed < first + count; ++seed) {
        INFO("seed ", seed);
        Edits edits(seed);
        for (int i = 0; i < 5; ++i) {
            edits.go_on();
        }
    }
}
