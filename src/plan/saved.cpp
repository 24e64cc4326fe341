#include "plan/saved.hpp"

#include "base/text.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>

namespace penstock::plan {

namespace {

using json::Array;
using json::Object;
using json::Value;
using model::EntityKey;

constexpr std::string_view format_version = "1.0";

/// Members of the file that are not part of the plan JSON.
constexpr std::array<const char*, 9> additions{"created_at", "origin",  "paths",
                                               "selectors",  "targets", "allow_deletes",
                                               "manifests",  "pins",    "digest"};

/// What narrows a plan, as the file names it.
constexpr std::array<std::pair<const char*, std::vector<std::string> Narrowing::*>, 3>
    narrowing_members{{
        {"paths", &Narrowing::paths},
        {"selectors", &Narrowing::selectors},
        {"targets", &Narrowing::targets},
    }};

/// What the service writes into an entity on its own.
constexpr std::array<const char*, 7> refreshed{"etag",          "version",       "updatedAt",
                                               "updatedBy",     "updatedClient", "lastOperation",
                                               "lastRunDetails"};

constexpr std::array<std::pair<const char*, std::string Origin::*>, 5> origin_members{{
    {"project", &Origin::project},
    {"environment", &Origin::environment},
    {"endpoint", &Origin::endpoint},
    {"organization", &Origin::organization},
    {"sandbox", &Origin::sandbox},
}};

Error refusal(std::string message, std::string hint = "plan again") {
    return {ErrorKind::refused, std::move(message), std::move(hint), {}};
}

Value pin_json(const Pin& pin) {
    return Object{{"address", model::address(pin.key)},
                  {"kind", model::name(pin.key.kind)},
                  {"id", pin.id},
                  {"etag", pin.etag},
                  {"content", pin.content},
                  {"stays", pin.stays}};
}

/// Whether the values are there that the rest relies on. What is not as it was written is found by
/// the digest; this is for files that somebody has made, digest and all.
class Reader {
  public:
    explicit Reader(const Value& document) : document_(document) {}

    SavedPlan read() {
        for (const auto& [name, value] : document_.as_object()) {
            if (std::find(additions.begin(), additions.end(), name) == additions.end()) {
                saved_.shown.append(name, value);
            }
        }
        require(document_["penstock_version"].is_string(), "penstock_version");
        require(document_["resource_changes"].is_array(), "resource_changes");
        saved_.created_at = text(document_["created_at"], "created_at");
        for (const auto& [name, member] : origin_members) {
            saved_.origin.*member = text(document_["origin"][name], "origin");
        }
        for (const auto& [name, member] : narrowing_members) {
            require(document_[name].is_array(), name);
            for (const auto& word : document_[name].as_array()) {
                (saved_.narrowing.*member).push_back(text(word, name));
            }
        }
        read_shard();
        read_allowance();
        read_manifests();
        read_pins();
        return std::move(saved_);
    }

    /// The member that is wrong; null: none is.
    [[nodiscard]] const char* wrong() const { return wrong_; }

  private:
    void require(bool holds, const char* member) {
        if (!holds && wrong_ == nullptr) {
            wrong_ = member;
        }
    }

    std::string text(const Value& value, const char* member) {
        require(value.is_string(), member);
        return value.as_string();
    }

    /// Part of the plan JSON.
    void read_shard() {
        const auto& shard = document_["shard"];
        const auto index = shard["index"].as_integer();
        const auto count = shard["count"].as_integer();
        require(shard.is_null() || (shard.is_object() && index >= 1 && index <= count), "shard");
        if (shard.is_object() && wrong_ == nullptr) {
            saved_.narrowing.shard =
                model::Shard{static_cast<std::size_t>(index), static_cast<std::size_t>(count)};
        }
    }

    void read_allowance() {
        const auto& allowed = document_["allow_deletes"];
        require(allowed.is_null() || (allowed.is_integer() && allowed.as_integer() >= 0),
                "allow_deletes");
        if (allowed.is_integer()) {
            saved_.allowed_deletes = static_cast<std::size_t>(allowed.as_integer());
        }
    }

    void read_manifests() {
        std::set<std::string> files;
        for (const auto& manifest : document_["manifests"].as_array()) {
            saved_.manifests.push_back(
                {text(manifest["file"], "manifests"), text(manifest["text"], "manifests")});
            require(files.insert(saved_.manifests.back().file).second, "manifests");
        }
        require(!files.empty(), "manifests");
    }

    void read_pins() {
        require(document_["pins"].is_array(), "pins");
        for (const auto& pin : document_["pins"].as_array()) {
            const auto kind = model::parse_entity_kind(text(pin["kind"], "pins"));
            const auto address = text(pin["address"], "pins");
            EntityKey key{kind.value_or(model::EntityKind::base),
                          address.substr(0, address.rfind('.'))};
            require(kind && model::address(key) == address && pin["stays"].is_bool(), "pins");
            saved_.pins.push_back({std::move(key), text(pin["id"], "pins"),
                                   text(pin["etag"], "pins"), text(pin["content"], "pins"),
                                   pin["stays"].as_bool()});
        }
    }

    const Value& document_;
    SavedPlan saved_;
    const char* wrong_ = nullptr;
};

const Array& list(const Object& shown, std::string_view member) {
    static const Array none;
    const auto* value = shown.find(member);
    return value == nullptr ? none : value->as_array();
}

} // namespace

json::Value origin_json(const Origin& origin) {
    Object object;
    for (const auto& [name, member] : origin_members) {
        object[name] = origin.*member;
    }
    return object;
}

Pin pin_of(const model::LiveEntity& entity, bool stays) {
    Pin pin{entity.key.value_or(EntityKey{}), entity.id, entity.etag, {}, stays};
    if (entity.kind == model::EntityKind::flow) {
        auto content = entity.document;
        for (const auto* name : refreshed) {
            content.make_object().erase(name);
        }
        pin.content = json::digest(content);
    }
    return pin;
}

std::vector<Pin> pins_of(const Plan& plan, const model::LiveGraph& live) {
    std::set<std::string> staying;
    for (const auto& [key, id] : plan.bound) {
        staying.insert(id);
    }
    std::vector<Pin> pins;
    for (const auto& entity : live.entities) {
        if (entity.key) {
            pins.push_back(pin_of(entity, staying.contains(entity.id)));
        }
    }
    std::sort(pins.begin(), pins.end(), [](const auto& a, const auto& b) {
        return std::tie(a.key.name, a.key.kind, a.id) < std::tie(b.key.name, b.key.kind, b.id);
    });
    return pins;
}

bool is_only_refreshed(const Pin& pin, const model::LiveEntity& entity) {
    // Credentials that somebody has sent anew leave no other trace in a connection than its etag.
    return pin.key.kind == model::EntityKind::flow && pin.key == entity.key &&
           pin_of(entity, pin.stays).content == pin.content;
}

const std::string& SavedPlan::penstock_version() const {
    static const std::string none;
    const auto* version = shown.find("penstock_version");
    return version == nullptr ? none : version->as_string();
}

const Array& SavedPlan::changes() const {
    return list(shown, "resource_changes");
}

const Array& SavedPlan::notes() const {
    return list(shown, "notes");
}

bool SavedPlan::refused() const {
    const auto* refused = shown.find("refused");
    return refused != nullptr && refused->as_bool();
}

json::Object saved_json(const SavedPlan& saved) {
    Object document = saved.shown;
    document["created_at"] = saved.created_at;
    document["origin"] = origin_json(saved.origin);
    for (const auto& [name, member] : narrowing_members) {
        Array words;
        for (const auto& word : saved.narrowing.*member) {
            words.emplace_back(word);
        }
        document[name] = std::move(words);
    }
    document["allow_deletes"] =
        saved.allowed_deletes ? Value(static_cast<std::int64_t>(*saved.allowed_deletes)) : Value{};
    return document;
}

std::string write_saved(const SavedPlan& saved) {
    Object document = saved_json(saved);
    Array manifests;
    for (const auto& manifest : saved.manifests) {
        manifests.push_back(Object{{"file", manifest.file}, {"text", manifest.text}});
    }
    document["manifests"] = std::move(manifests);
    Array pins;
    for (const auto& pin : saved.pins) {
        pins.push_back(pin_json(pin));
    }
    document["pins"] = std::move(pins);
    // As it will be read: a file's name need not be UTF-8.
    const auto as_read = json::parse(json::write_pretty(document));
    document["digest"] = json::full_digest(as_read ? *as_read : Value(document));
    return json::write_pretty(document) + "\n";
}

Result<SavedPlan> read_saved(std::string_view text) {
    json::ParseLimits limits;
    limits.bytes = std::size_t{64} * 1024 * 1024;
    limits.depth = 100;
    limits.repeated_names = false;
    auto document = json::parse(text, limits);
    if (!document) {
        return fail(refusal("the file is no plan: " + document.error().message,
                            "`penstock plan --out FILE` writes one"));
    }
    if (!document->is_object() || !(*document)["digest"].is_string()) {
        return fail(refusal("the file is no saved plan", "`penstock plan --out FILE` writes one"));
    }
    if ((*document)["format_version"] != Value(format_version)) {
        return fail(refusal("the file has a format that this penstock does not know",
                            "plan again, or use the penstock that wrote it"));
    }
    const auto digest = (*document)["digest"].as_string();
    document->make_object().erase("digest");
    if (json::full_digest(*document) != digest) {
        return fail(refusal("the plan was changed after it was written: its digest does not fit",
                            "plan again; a plan file cannot be edited"));
    }
    Reader reader(*document);
    auto saved = reader.read();
    if (reader.wrong() != nullptr) {
        return fail(
            refusal(fmt::format("the file is no saved plan: `{}` is wrong", reader.wrong())));
    }
    return saved;
}

Result<void> check_version(const SavedPlan& saved, std::string_view version) {
    if (saved.penstock_version() == version) {
        return {};
    }
    return fail(refusal(fmt::format("the plan was made by penstock {}, and this is {}",
                                    printable(saved.penstock_version()), version)));
}

Result<void> check_origin(const SavedPlan& saved, const Origin& here) {
    for (const auto& [name, member] : origin_members) {
        if (saved.origin.*member != here.*member) {
            return fail(
                refusal(fmt::format("the plan was made for {} {}, and here it is {}", name,
                                    printable(saved.origin.*member), printable(here.*member)),
                        "apply it where it was made for, or plan again"));
        }
    }
    return {};
}

} // namespace penstock::plan
