#pragma once

#include "base/result.hpp"
#include "json/value.hpp"
#include "model/entity_key.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::plan {

/// Which project and which sandbox a plan was made for.
struct Origin {
    std::string project;
    std::string environment;
    std::string endpoint;
    std::string organization;
    std::string sandbox;

    bool operator==(const Origin&) const = default;
};

json::Value origin_json(const Origin& origin);

/// A live entity of the project as it was when the plan was made.
struct Pin {
    model::EntityKey key;
    std::string id;
    std::string etag;
    std::string content; ///< dataflows only: digest of what people can change in it
    bool stays = false;  ///< the plan goes on with it

    bool operator==(const Pin&) const = default;
};

/// The pin of an entity of ours.
Pin pin_of(const model::LiveEntity& entity, bool stays);

/// The pins of all our live entities that the plan was made on, by name and kind.
std::vector<Pin> pins_of(const Plan& plan, const model::LiveGraph& live);

/// Whether only the service has touched the entity since: it refreshes dataflows by itself, for
/// instance after each run, which changes the etag, too (reference, section 3.2).
bool is_only_refreshed(const Pin& pin, const model::LiveEntity& entity);

/// A file of manifests as it was when the plan was made.
struct SavedManifest {
    std::string file;
    std::string text;

    bool operator==(const SavedManifest&) const = default;
};

/// What narrowed a plan, as somebody wrote it; empty: nothing did.
struct Narrowing {
    std::vector<std::string> paths;     ///< files and folders of manifests
    std::vector<std::string> selectors; ///< of labels
    std::vector<std::string> targets;   ///< addresses
    std::optional<model::Shard> shard = {};

    /// Whether some manifests only are chosen. A shard chooses none: it has a part in all.
    [[nodiscard]] bool chooses() const {
        return !paths.empty() || !selectors.empty() || !targets.empty();
    }
    bool operator==(const Narrowing&) const = default;
};

/// A plan in a file: what was shown to those who approve it, and what it takes to make the same
/// plan again. It holds no request: what a file says is never sent.
struct SavedPlan {
    json::Object shown; ///< the plan JSON, with the version of penstock that wrote it
    Origin origin;
    Narrowing narrowing;
    std::optional<std::size_t> allowed_deletes; ///< so many exports were approved to go
    std::vector<SavedManifest> manifests;       ///< penstock.yaml first
    std::vector<Pin> pins;                      ///< every live entity of the project
    std::string created_at;                     ///< ISO 8601

    [[nodiscard]] const std::string& penstock_version() const;
    /// Whether a guard has refused it when it was made.
    [[nodiscard]] bool refused() const;
    /// `resource_changes` and `notes` of the plan JSON.
    [[nodiscard]] const json::Array& changes() const;
    [[nodiscard]] const json::Array& notes() const;
};

/// What is shown of a plan file: the plan JSON, and where it came from.
json::Object saved_json(const SavedPlan& saved);

/// The text of a plan file. Ends with the digest of everything before it.
std::string write_saved(const SavedPlan& saved);

/// Reads a plan file of any content. Fails with ErrorKind::refused if it is none, or not as it was
/// written; never quotes it.
Result<SavedPlan> read_saved(std::string_view text);

/// Fails with ErrorKind::refused if another version of penstock made the plan: the same manifests
/// may come to another plan.
Result<void> check_version(const SavedPlan& saved, std::string_view version);

/// Fails with ErrorKind::refused, naming what differs, unless the plan was made for `here`.
Result<void> check_origin(const SavedPlan& saved, const Origin& here);

} // namespace penstock::plan
