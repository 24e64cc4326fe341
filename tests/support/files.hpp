#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace penstock::test {

/// The folder of the sources, of the tests, and of the built programs.
std::filesystem::path source_folder();
std::filesystem::path test_data_folder();
std::filesystem::path program_folder();

/// The whole file; throws if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Writes the file, making its folder first.
void write_file(const std::filesystem::path& path, std::string_view text);

/// A fresh folder that goes away with this object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace penstock::test
