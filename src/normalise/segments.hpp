#pragma once

#include "model/graph.hpp"

#include <string>
#include <vector>

namespace penstock::normalise {

/// True for the document of a dataflow that is made to carry segments: it has a transformation,
/// maybe still empty, and no schedule of its own (reference, section 3.8).
bool transforms(const json::Value& document);

/// The key of each selector of a live dataflow in canonical content, in the order in which the
/// service shows them: the segment's id; of a second selector for one segment, the id and a number.
std::vector<std::string> selector_keys(const json::Value& document);

/// The key of each profile selector of a live dataflow in canonical content, in the order in which
/// the service shows them: its path; of a second selector for one path, the path and a number. The
/// path of an identity comes back as it was sent or as its namespace (reference, section 4.5): the
/// way in which `wanted` has it is its key, else its path.
std::vector<std::string> attribute_keys(const json::Value& document, const json::Object& wanted);

/// Columns of a mapping set as canonical content has them: {destination: {source, sourceType}}
/// (reference, section 4.6). A second column of one name gets a number.
json::Object columns(const json::Value& mapping_set);

/// Adds what a dataflow of segments has to its canonical content (reference, sections 4.5, 4.7).
void add_segments(json::Object& content, const model::LiveEntity& live);

/// normalise::align() for what add_segments() adds.
void align_segments(json::Object& content, const model::LiveEntity& live,
                    const model::DesiredEntity& desired);

} // namespace penstock::normalise
