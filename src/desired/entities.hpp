#pragma once

#include "catalogue/catalogue.hpp"
#include "manifest/documents.hpp"
#include "model/graph.hpp"

#include <string>
#include <utility>
#include <vector>

namespace penstock::desired {

/// Maps pointers into an entity's content to pointers into its manifest, longest prefix first.
using PointerMap = std::vector<std::pair<std::string, std::string>>;

/// An entity of that content, with its digest; the places of its values are where `map` leads.
model::DesiredEntity entity(model::EntityKey key, json::Object content,
                            const manifest::Metadata& metadata, PointerMap map);

model::DesiredEntity base_connection(const std::string& project, const manifest::Account& account,
                                     const manifest::AccountAuth& auth,
                                     const catalogue::Destination& destination);

/// What a target takes over from the account that it belongs to.
struct AccountOfTarget {
    json::Value base; ///< reference to its base connection
    /// Where files are encrypted by the target (reference, section 5.4).
    std::optional<manifest::Encryption> encryption;
};

model::DesiredEntity target_connection(const std::string& project, const manifest::Export& document,
                                       const AccountOfTarget& account,
                                       const catalogue::Destination& destination);

/// Source connection and dataflow of an export; the flow refers to the target of that name. No
/// source connection where the destination takes the one that the project shares.
std::vector<model::DesiredEntity> dataset_entities(const std::string& project,
                                                   const manifest::DatasetExport& document,
                                                   const catalogue::Destination& destination);
std::vector<model::DesiredEntity> segment_entities(const std::string& project,
                                                   const manifest::SegmentExport& document,
                                                   const catalogue::Destination& destination);

/// The base connection to the Profile Store and the source connection made from it, which a project
/// has once (reference, section 2.2).
std::vector<model::DesiredEntity> profile_store_entities(const std::string& project);

/// The beginning of every dataflow's content: what exports of all kinds have.
json::Object flow_content(const std::string& project, const manifest::Export& document,
                          const std::string& flow_spec_id);

} // namespace penstock::desired
