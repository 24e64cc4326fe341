#pragma once

#include <filesystem>

namespace penstock::bench {

/// Reads every byte of a project's YAML files once with yaml-cpp's event parser, document by
/// document as it has to be read, and throws the events away.
void read_manifests(const std::filesystem::path& folder);

/// Reads every kept answer once with RapidJSON's SAX reader and throws the events away.
void read_answers_as_events(const std::filesystem::path& answers);

/// Reads every kept answer once into a rapidjson::Document.
void read_answers_as_documents(const std::filesystem::path& answers);

} // namespace penstock::bench
