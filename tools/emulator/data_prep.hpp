#pragma once

#include "emulator/call.hpp"
#include "emulator/id_source.hpp"
#include "emulator/refusal.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

/// A schema that mappings are checked against (section 3.11). It is never changed.
struct ConversionSchema {
    Scope scope;
    std::string id;
    std::string name;
    json::Value json_schema;
    std::int64_t sequence = 0;
    std::int64_t created_at = 0; ///< epoch ms
};

/// One version of a mapping set; it is never changed.
struct MappingSetVersion {
    json::Object body; ///< as the client wrote it
    std::vector<std::string> mapping_ids;
    std::int64_t modified_at = 0; ///< epoch ms
    std::string modified_by;      ///< client id
};

/// A mapping set with all its versions, counted from 0 (section 4.6).
struct MappingSet {
    Scope scope;
    std::string id;
    std::int64_t sequence = 0;
    std::int64_t created_at = 0; ///< epoch ms
    std::string created_by;      ///< client id
    std::vector<MappingSetVersion> versions;

    [[nodiscard]] const MappingSetVersion* version(std::int64_t number) const;
};

/// The Data Prep service: conversion schemas and mapping sets (section 3.11). The documents leave
/// its error body open; it answers with the platform's usual problem (section 9.1, body 7).
class DataPrep {
  public:
    DataPrep(const Settings& settings, IdSource& ids) : settings_(settings), ids_(ids) {}

    /// Answers a request below /data/foundation/conversion.
    Outcome<http::Response> answer(const Call& call);

    [[nodiscard]] const MappingSet* mapping_set(const Scope& scope, std::string_view id) const;
    [[nodiscard]] const ConversionSchema* schema(const Scope& scope, std::string_view id) const;

    /// Everything stored, by id.
    [[nodiscard]] const std::map<std::string, MappingSet>& mapping_sets() const { return sets_; }
    [[nodiscard]] const std::map<std::string, ConversionSchema>& schemas() const {
        return schemas_;
    }

    [[nodiscard]] json::Value save() const;
    void load(const json::Value& saved);

  private:
    using Answer = Outcome<http::Response>;

    Answer schemas(const Call& call);
    Answer make_schema(const Call& call);
    Answer list_schemas(const Call& call) const;
    Answer mapping_sets(const Call& call);
    Answer one_mapping_set(const Call& call);
    Answer make_mapping_set(const Call& call);
    Answer list_mapping_sets(const Call& call) const;
    Answer read_mapping_set(const Call& call, const MappingSet& set) const;
    Answer change_mapping_set(const Call& call, const std::string& id);
    Answer validate(const Call& call) const;

    /// The body of a mapping set with what it names, checked but for the single mappings.
    Outcome<json::Object> read_mapping_set_body(const Call& call) const;
    Outcome<void> check_mappings(const json::Object& body, const Scope& scope) const;
    [[nodiscard]] std::vector<std::string> faults_of(const json::Value& body,
                                                     const Scope& scope) const;
    [[nodiscard]] MappingSetVersion next_version(json::Object body, const Call& call);
    [[nodiscard]] json::Value shown(const MappingSet& set, std::int64_t number,
                                    const http::Query& query) const;
    [[nodiscard]] json::Value shown_mapping(const MappingSet& set, std::int64_t number,
                                            std::size_t index) const;
    [[nodiscard]] std::string new_id();

    const Settings& settings_;
    IdSource& ids_;
    std::map<std::string, ConversionSchema> schemas_;
    std::map<std::string, MappingSet> sets_;
    std::int64_t next_sequence_ = 1;
};

} // namespace penstock::emulator
