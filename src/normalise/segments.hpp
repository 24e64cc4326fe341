#pragma once

#include "model/graph.hpp"

#include <string>
#include <vector>

namespace penstock::normalise {

/// The key of each selector of a live dataflow in canonical content, in the order in which the
/// service shows them: the segment's id; of a second selector for one segment, the id and a number.
std::vector<std::string> selector_keys(const json::Value& document);

/// Columns of a mapping set as canonical content has them: {destination: {source, sourceType}}
/// (reference, section 4.6). A second column of one name gets a number.
json::Object columns(const json::Value& mapping_set);

/// Adds what a dataflow of segments has to its canonical content (reference, sections 4.5, 4.7).
void add_segments(json::Object& content, const model::LiveEntity& live);

/// normalise::align() for what add_segments() adds.
void align_segments(json::Object& content, const model::DesiredEntity& desired);

} // namespace penstock::normalise
