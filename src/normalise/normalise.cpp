#include "normalise/normalise.hpp"

#include "base/time_text.hpp"
#include "normalise/segments.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace penstock::normalise {

namespace {

using json::Object;
using json::Value;
using model::EntityKind;
using model::LiveEntity;

Value reference(const std::string& id, const KnownIds& known) {
    const auto found = known.find(id);
    return found != known.end() ? model::reference_to(found->second) : model::reference_to_id(id);
}

/// The single reference of a flow; several or none are kept as they are, so that they differ from
/// what penstock would write.
Value single_reference(const Value& ids, const KnownIds& known) {
    const auto& list = ids.as_array();
    if (list.size() == 1) {
        return reference(list.front().as_string(), known);
    }
    return ids;
}

/// Some answers hold numbers as strings (reference, section 4.7).
Value number(const Value& value) {
    const auto& text = value.as_string();
    std::int64_t parsed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (!text.empty() && error == std::errc{} && end == text.data() + text.size()) {
        return parsed;
    }
    return value;
}

void set_text(Object& content, std::string_view name, const std::string& text) {
    if (!text.empty()) {
        content[name] = text;
    }
}

/// True if `end` is what the service fills in when a schedule has no end: six months after the
/// flow was created, or 1 May 2025 for flows from before September 2024 (reference, section 6.1).
/// How it counts months is not documented: two days either way are allowed.
bool is_default_end(std::int64_t end, std::int64_t created_at_ms) {
    constexpr std::int64_t first_of_may_2025 = 1746057600;
    constexpr std::int64_t two_days = 2 * 86'400;
    const std::int64_t created = created_at_ms / 1000;
    // `end` may be any number that the service sends: nothing is added to it.
    const auto is_near = [end](std::int64_t time) {
        return end >= time - two_days && end <= time + two_days;
    };
    return is_near(first_of_may_2025) || is_near(add_months(created, 6)) ||
           is_near(created + 180 * std::int64_t{86'400});
}

/// `scheduleParams` (reference, sections 4.7 and 6.1).
Value schedule(const Value& params) {
    Object result;
    const Value interval = number(params["interval"]);
    const auto& mode = params["exportMode"].as_string();
    result["exportMode"] = !mode.empty()          ? mode
                           : interval == Value(0) ? std::string("DAILY_FULL_EXPORT")
                                                  : std::string("FIRST_FULL_THEN_INCREMENTAL");
    result["timeUnit"] = params["timeUnit"];
    result["interval"] = interval;
    result["startTime"] = number(params["startTime"]);
    const Value end = number(params["endTime"]);
    if (!end.is_null()) {
        result["endTime"] = end;
    }
    // Both spellings occur (reference, section 10.1, row 9).
    set_text(result, "foldernameTemplate", params["foldernameTemplate"].as_string());
    set_text(result, "foldernameTemplate", params["folderNameTemplate"].as_string());
    return result;
}

/// Written under one name and returned under another (reference, section 4.7).
Value encryption_algorithm(const Value& name) {
    return name == Value("PGP/GPG") ? Value("PGPGPG") : name;
}

/// How a base connection encrypts files; null if it does not say.
Value encryption(const Value& document) {
    for (const char* name : {"encryption", "encryptionSpecs"}) {
        const auto& algorithm = document[name]["params"]["encryptionAlgo"];
        if (!algorithm.is_null()) {
            return encryption_algorithm(algorithm);
        }
    }
    return {};
}

Object base(const LiveEntity& live) {
    Object content{{"name", live.name}};
    set_text(content, "description", live.description);
    content["connectionSpec"] = live.document["connectionSpec"]["id"];
    const auto& auth = live.document["auth"];
    if (!auth["specName"].as_string().empty()) {
        content["auth"] =
            Object{{"specName", auth["specName"]}, {"params", auth["params"].as_object()}};
    }
    if (auto algorithm = encryption(live.document); !algorithm.is_null()) {
        content["encryption"] = Object{{"encryptionAlgo", std::move(algorithm)}};
    }
    return content;
}

/// The base connection of a source is content where it is ours; other sources have one that the
/// service made or picked by itself (reference, section 4.3).
Object source(const LiveEntity& live, const KnownIds& known) {
    const auto& spec = live.document["connectionSpec"]["id"];
    Object content{{"connectionSpec", spec}};
    if (const auto& base = model::base_id(live.document); known.contains(base)) {
        content["base"] = reference(base, known);
    }
    if (spec == Value(catalogue::data_lake_spec_id)) {
        Object datasets;
        for (const auto& dataset : live.document["params"]["datasets"].as_array()) {
            datasets[dataset["dataSetId"].as_string()] = dataset["name"];
        }
        content["datasets"] = std::move(datasets);
    }
    return content;
}

Object target(const LiveEntity& live, const KnownIds& known,
              const catalogue::Catalogue& catalogue) {
    const auto& spec = live.document["connectionSpec"]["id"];
    Object params = live.document["params"].as_object();
    if (const auto* destination = catalogue.find_by_connection_spec(spec.as_string())) {
        params = destination->complete(destination->known(params));
    }
    if (auto* encryption = params.find("encryptionSpecs")) {
        *encryption =
            Object{{"encryptionAlgo", encryption_algorithm((*encryption)["encryptionAlgo"])}};
    }
    return {{"name", live.name},
            {"connectionSpec", spec},
            {"base", reference(model::base_id(live.document), known)},
            {"params", std::move(params)}};
}

/// By what a dataflow holds: not every spec is known by its id, and a sandbox may give both kinds
/// one spec (reference, sections 5.1 and 5.5). An empty one is known by its spec.
bool carries_segments(const LiveEntity& flow, const catalogue::Catalogue& catalogue) {
    const auto& spec = flow.document["flowSpec"]["id"];
    const auto& all = catalogue.all();
    return transforms(flow.document) ||
           std::any_of(all.begin(), all.end(), [&](const auto& destination) {
               return spec == Value(destination.segment_flow_spec_id);
           });
}

Object flow(const LiveEntity& live, const KnownIds& known, const catalogue::Catalogue& catalogue) {
    Object content{{"name", live.name}};
    set_text(content, "description", live.description);
    content["flowSpec"] = live.document["flowSpec"]["id"];
    content["source"] = single_reference(live.document["sourceConnectionIds"], known);
    content["target"] = single_reference(live.document["targetConnectionIds"], known);
    if (carries_segments(live, catalogue)) {
        add_segments(content, live);
    } else {
        content["schedule"] = schedule(live.document["scheduleParams"]);
    }
    // Only "disabled" stops exports; every other state is enabled or on its way (section 2.4).
    content["enabled"] = live.state != "disabled" && live.state != "disabling";
    return content;
}

void align_auth(Object& content, const model::DesiredEntity& desired, bool last_written) {
    auto* auth = content.find("auth");
    const auto& wanted = desired.content["auth"];
    if (auth == nullptr) {
        // A GET that leaves the whole block out tells nothing about it.
        if (last_written && wanted.is_object()) {
            content["auth"] = wanted;
        }
        return;
    }
    auto& params = auth->make_object()["params"].make_object();
    for (const auto& secret : desired.secrets) {
        params.erase(secret.name);
    }
    for (const auto& [name, value] : wanted["params"].as_object()) {
        if (!params.contains(name) && last_written) {
            params[name] = value;
        }
    }
}

/// A GET that leaves the block out tells nothing about it, but for connections that are known to
/// have been given a key: files must not go out in plain unnoticed.
void align_encryption(Object& content, const LiveEntity& live, const model::DesiredEntity& desired,
                      bool last_written) {
    const auto& wanted = desired.content["encryption"];
    const bool given = live.marker && live.marker->encryption;
    if (!content.contains("encryption") && given && last_written && !wanted.is_null()) {
        content["encryption"] = wanted;
    }
}

void align_dataset_names(Object& content, const model::DesiredEntity& desired, bool last_written) {
    if (!last_written || !content.contains("datasets")) {
        return;
    }
    auto& datasets = content["datasets"].make_object();
    for (const auto& [id, name] : desired.content["datasets"].as_object()) {
        if (datasets.contains(id)) {
            datasets[id] = name;
        }
    }
}

} // namespace

model::Content canonical(const LiveEntity& live, const KnownIds& known,
                         const catalogue::Catalogue& catalogue) {
    switch (live.kind) {
    case EntityKind::base:
        return base(live);
    case EntityKind::source:
        return source(live, known);
    case EntityKind::target:
        return target(live, known, catalogue);
    case EntityKind::flow:
        return flow(live, known, catalogue);
    }
    return {};
}

model::Content fixed(const LiveEntity& live, const KnownIds& known,
                     const catalogue::Catalogue& catalogue) {
    if (live.kind != EntityKind::flow) {
        return canonical(live, known, catalogue);
    }
    // The rest of a dataflow is large.
    return Object{{"flowSpec", live.document["flowSpec"]["id"]},
                  {"target", single_reference(live.document["targetConnectionIds"], known)}};
}

model::Content without_default_end(model::Content content, const LiveEntity& live) {
    auto& members = content.make_object();
    const auto& end = content["schedule"]["endTime"];
    if (end.is_integer() && is_default_end(end.as_integer(), live.audit.created_at)) {
        members["schedule"].make_object().erase("endTime");
    }
    return content;
}

bool was_last_written(const LiveEntity& live, const model::DesiredEntity& desired) {
    return !live.marker || live.marker->digest.empty() || live.marker->digest == desired.digest;
}

model::Content align(model::Content content, const LiveEntity& live,
                     const model::DesiredEntity& desired) {
    const bool last_written = was_last_written(live, desired);
    switch (desired.key.kind) {
    case EntityKind::base:
        align_auth(content.make_object(), desired, last_written);
        align_encryption(content.make_object(), live, desired, last_written);
        break;
    case EntityKind::source:
        align_dataset_names(content.make_object(), desired, last_written);
        if (!desired.content.as_object().contains("base")) {
            content.make_object().erase("base"); // the service may have picked ours
        }
        break;
    case EntityKind::target:
        break;
    case EntityKind::flow:
        if (model::carries_segments(content)) {
            align_segments(content.make_object(), live, desired);
        } else if (!desired.content["schedule"].as_object().contains("endTime")) {
            content = without_default_end(std::move(content), live);
        }
        break;
    }
    // Ours without a marker: this kind comes back without its description.
    if (!live.marker && desired.content.as_object().contains("description")) {
        content.make_object()["description"] = desired.content["description"];
    }
    return content;
}

} // namespace penstock::normalise
