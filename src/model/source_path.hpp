#pragma once

#include "json/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::model {

/// The steps of a column's source, `person.name.firstName`; `//.` is a dot inside of a step
/// (reference, section 3.11).
std::vector<std::string> source_steps(std::string_view path);

/// The code of the namespace if a path leads to an identity: `Phone_E.164` for
/// `identityMap.Phone_E//.164`.
std::optional<std::string> identity_of_path(std::string_view path);
/// The same for a column of canonical content, {`source`, `sourceType`}.
std::optional<std::string> identity_namespace(const json::Value& column);
/// The path that leads to the identity of a namespace.
std::string path_of_identity(std::string_view identity);

/// The namespace of the only identity among the columns or attributes of a dataflow's canonical
/// content; nothing if there is none, or more than one.
std::optional<std::string> single_identity(const json::Value& content);

} // namespace penstock::model
