#pragma once

#include <filesystem>
#include <string>

namespace penstock::bench {

/// Makes the input that everything is counted on: manifests, and the answers of an emulated sandbox
/// with its own seed and clock. Equal each time, but for the salts of credentials.
void prepare_input(const std::filesystem::path& folder);

/// Runs one of the commands that are counted; its exit code. No network, no secret but the
/// client's: what scrypt costs is meant to stay as it is.
int run_counted(const std::string& command, const std::filesystem::path& folder);

/// Counts the instructions of each command, in all threads of its process, and compares them with
/// those in `file`: 1 if one is off by more than the margin, in either direction; 77, which ctest
/// takes for skipped, if they were counted with other tools and cannot be compared; else 0. With
/// PENSTOCK_ACCEPT=1 in the environment `file` is written instead.
int check_instructions(const std::filesystem::path& file);

} // namespace penstock::bench
