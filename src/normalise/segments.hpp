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

/// Columns of a mapping set as canonical content has them: {destination: {source, sourceType}}
/// (reference, section 4.6). A second column of one name gets a number.
json::Object columns(const json::Value& mapping_set);

/// Adds what a dataflow of segments has to its canonical content (reference, sections 4.5, 4.7).
void add_segments(json::Object& content, const model::LiveEntity& live);

/// normalise::align() for what add_segments() adds.
void align_segments(json::Object& content, const model::DesiredEntity& desired);

} // namespace penstock::normalise
