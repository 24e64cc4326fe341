#pragma once

#include "base/result.hpp"
#include "flow/sender.hpp"
#include "json/value.hpp"

#include <string_view>
#include <vector>

namespace penstock::flow {

/// The JSON object that a 2xx answer must be. Otherwise ErrorKind::bad_answer: names the content
/// type, and quotes at most the first 80 bytes.
Result<json::Value> read_object(const Answer& answer);

/// The `items` of a list answer, taken out of `body`: an array of objects, each with a string id
/// (reference, section 3.1). Otherwise ErrorKind::bad_answer, which says what was expected and what
/// came.
Result<std::vector<json::Value>> take_items(const Answer& answer, json::Value& body);

/// The one entity of a by-id answer, which has the same envelope. No item: ErrorKind::not_found;
/// another id than `id`: ErrorKind::bad_answer.
Result<json::Value> read_single(const Answer& answer, std::string_view id);

/// An Error of kind bad_answer about `answer`.
Error bad_answer(const Answer& answer, std::string message, std::string hint = {});

} // namespace penstock::flow
