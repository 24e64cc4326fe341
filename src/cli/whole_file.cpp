#include "cli/whole_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace penstock::cli {

namespace {

namespace fs = std::filesystem;

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// A file that goes away unless it becomes what it was made for. All of its functions return false
/// with errno set if they fail.
class TemporaryFile {
  public:
    explicit TemporaryFile(const fs::path& beside)
        : name_(beside.string() + ".XXXXXX"), descriptor_(::mkstemp(name_.data())) {}
    ~TemporaryFile() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
            ::unlink(name_.c_str());
        }
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] bool write(std::string_view text) const {
        return write_all(descriptor_, text) && ::fsync(descriptor_) == 0;
    }
    [[nodiscard]] bool open_to(Readers readers) const {
        if (readers == Readers::owner) {
            return true;
        }
        const auto mask = ::umask(0); // it can only be read by setting it
        ::umask(mask);
        return ::fchmod(descriptor_, 0666 & ~mask) == 0;
    }
    bool become(const fs::path& path) {
        if (std::rename(name_.c_str(), path.c_str()) != 0) {
            return false;
        }
        ::close(descriptor_);
        descriptor_ = -1;
        return true;
    }

  private:
    std::string name_;
    int descriptor_;
};

std::optional<std::string> write_through(const fs::path& path, std::string_view text) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return std::strerror(errno);
    }
    const bool written = write_all(descriptor, text);
    std::optional<std::string> why;
    if (!written) {
        why = std::strerror(errno);
    }
    ::close(descriptor);
    return why;
}

} // namespace

std::optional<std::string> write_whole_file(const fs::path& path, std::string_view text,
                                            Readers readers) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
        return write_through(path, text);
    }
    auto place = path;
    if (fs::is_symlink(path, error) && fs::exists(status)) {
        place = fs::canonical(path, error); // what the link leads to is replaced, not the link
    }
    TemporaryFile file(place);
    if (!file.is_open() || !file.write(text) || !file.open_to(readers) || !file.become(place)) {
        return std::strerror(errno);
    }
    return std::nullopt;
}

} // namespace penstock::cli
