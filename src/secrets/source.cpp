#include "secrets/source.hpp"

#include "base/text.hpp"
#include "secrets/command.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

namespace penstock::secrets {

namespace {

constexpr std::size_t most_bytes = std::size_t{1024} * 1024;

struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

class SystemSecrets final : public SecretSource {
  public:
    SystemSecrets(EnvironmentLookup environment, std::string project_folder,
                  std::function<bool()> interrupted, Milliseconds limit)
        : environment_(std::move(environment)), folder_(std::move(project_folder)),
          interrupted_(std::move(interrupted)), limit_(limit) {}

    Result<SecretString> resolve(const SecretReference& reference) override {
        for (const auto& [known, result] : resolved_) {
            if (known == reference) {
                return result;
            }
        }
        auto result =
            checked(reference, std::visit([this](const auto& r) { return read(r); }, reference));
        resolved_.emplace_back(reference, result);
        return result;
    }

  private:
    [[nodiscard]] Result<std::string> read(const EnvironmentVariable& variable) const {
        auto value = environment_(variable.name);
        if (!value) {
            return fail(ErrorKind::secret_unavailable,
                        fmt::format("{} is not set", describe(SecretReference(variable))));
        }
        return *std::move(value);
    }

    [[nodiscard]] Result<std::string> read(const SecretFile& file) const {
        const auto path = std::filesystem::path(folder_) / file.path;
        const auto cannot = [&](std::string_view why) {
            return fail(ErrorKind::secret_unavailable,
                        fmt::format("{} cannot be read: {}", describe(SecretReference(file)), why));
        };
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored)) {
            return cannot("it is a folder");
        }
        const std::unique_ptr<std::FILE, FileCloser> stream(std::fopen(path.c_str(), "rbe"));
        if (!stream) {
            return cannot(std::strerror(errno));
        }
        std::setvbuf(stream.get(), nullptr, _IONBF, 0); // no copy of the secret in a buffer
        std::string text;
        std::array<char, 4096> buffer{};
        std::size_t count = 0;
        while ((count = std::fread(buffer.data(), 1, buffer.size(), stream.get())) > 0 &&
               text.size() <= most_bytes) {
            text.append(buffer.data(), count);
        }
        OPENSSL_cleanse(buffer.data(), buffer.size());
        if (std::ferror(stream.get()) != 0) {
            return cannot(std::strerror(errno));
        }
        return without_newline(std::move(text));
    }

    [[nodiscard]] Result<std::string> read(const SecretCommand& reference) const {
        return run_command({reference.argv, folder_, limit_, most_bytes, interrupted_})
            .map(without_newline);
    }

    static std::string without_newline(std::string text) {
        if (text.ends_with('\n')) {
            text.pop_back();
            if (text.ends_with('\r')) {
                text.pop_back();
            }
        }
        return text;
    }

    static Result<SecretString> checked(const SecretReference& reference,
                                        Result<std::string> text) {
        if (!text) {
            return fail(std::move(text.error()));
        }
        std::string& secret = *text;
        const auto refuse = [&](std::string_view why) {
            OPENSSL_cleanse(secret.data(), secret.size());
            return fail(ErrorKind::secret_unavailable,
                        fmt::format("the secret from {} {}", describe(reference), why));
        };
        if (secret.empty()) {
            return refuse("is empty");
        }
        if (secret.size() > most_bytes) {
            return refuse(fmt::format("is larger than {} bytes", most_bytes));
        }
        if (secret.find('\0') != std::string::npos) {
            return refuse("holds a NUL character");
        }
        return SecretString(std::move(secret));
    }

    EnvironmentLookup environment_;
    std::string folder_;
    std::function<bool()> interrupted_;
    Milliseconds limit_;
    std::vector<std::pair<SecretReference, Result<SecretString>>> resolved_;
};

} // namespace

std::unique_ptr<SecretSource> make_system_secrets(EnvironmentLookup environment,
                                                  std::string project_folder,
                                                  std::function<bool()> interrupted,
                                                  Milliseconds command_limit) {
    return std::make_unique<SystemSecrets>(std::move(environment), std::move(project_folder),
                                           std::move(interrupted), command_limit);
}

} // namespace penstock::secrets
