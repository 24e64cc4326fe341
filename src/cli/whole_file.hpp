#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::cli {

/// Who may read a new file.
enum class Readers {
    owner,
    as_usual, ///< as the process' umask has it
};

/// Writes a file as a whole or not at all: it takes the place of an older one once all of it is on
/// the disk. What is no regular file, such as a pipe, is written to as it is. Returns why it could
/// not be written, if it could not.
std::optional<std::string> write_whole_file(const std::filesystem::path& path,
                                            std::string_view text, Readers readers);

} // namespace penstock::cli
