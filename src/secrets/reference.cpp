#include "secrets/reference.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace penstock::secrets {

namespace {

struct Describe {
    std::string operator()(const EnvironmentVariable& variable) const {
        return fmt::format("environment variable {}", printable(variable.name));
    }
    std::string operator()(const SecretFile& file) const {
        return fmt::format("file {}", printable(file.path));
    }
    std::string operator()(const SecretCommand& command) const {
        return fmt::format("command {}",
                           command.argv.empty() ? "(empty)" : printable(command.argv.front()));
    }
};

} // namespace

std::string describe(const SecretReference& reference) {
    return std::visit(Describe{}, reference);
}

} // namespace penstock::secrets
