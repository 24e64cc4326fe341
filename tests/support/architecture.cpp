#include "support/architecture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace penstock::test {

namespace {

constexpr int longest_file = 500;

/// The folders of src/, in the direction of flow, and the modules that each may include besides
/// itself and base.
const std::map<std::string_view, std::set<std::string_view>>& modules() {
    static const std::map<std::string_view, std::set<std::string_view>> table{
        {"base", {}},
        {"json", {}},
        {"secrets", {}},
        {"http", {}},
        {"model", {"json", "secrets"}},
        {"auth", {"json", "http", "secrets"}},
        {"catalogue", {"json", "model"}},
        {"manifest", {"json", "model", "catalogue", "secrets"}},
        {"flow", {"json", "model", "http", "auth"}},
        {"desired", {"json", "model", "catalogue", "manifest", "secrets"}},
        {"live", {"json", "http", "model", "catalogue", "flow"}},
        {"normalise", {"json", "model", "catalogue"}},
        {"diff", {"json", "model"}},
        {"plan", {"json", "model", "catalogue", "normalise", "diff"}},
        {"render", {"json", "model", "diff", "plan"}},
        {"execute",
         {"json", "secrets", "http", "model", "catalogue", "flow", "live", "normalise", "diff",
          "plan"}},
        {"cli",
         {"json", "secrets", "http", "model", "auth", "catalogue", "manifest", "flow", "desired",
          "live", "normalise", "diff", "plan", "render", "execute"}},
    };
    return table;
}

/// A library and the folders whose .cpp files may include it; headers never do.
struct Library {
    std::string_view header_prefix;
    std::vector<std::string_view> folders;
};

const std::vector<Library>& libraries() {
    static const std::vector<Library> table{
        // What is measured stands beside the bare libraries in the bench.
        {"yaml-cpp/", {"src/manifest/", "tests/bench/"}},
        {"curl/", {"src/http/", "tests/bench/"}},
        {"rapidjson/", {"src/json/", "tests/bench/"}},
        {"valijson/", {"src/json/"}},
        {"openssl/", {"src/json/", "src/secrets/", "tests/bench/"}},
        {"CLI/", {"src/cli/", "tools/emulator/main.cpp", "tests/bench/"}},
        {"httplib.h", {"tools/emulator/", "tests/"}},
    };
    return table;
}

/// Names that only cli and main may use: the rest of the house is told what it needs.
constexpr std::array<std::string_view, 5> process_names{"std::getenv", "std::cout", "std::cerr",
                                                        "::getenv(", " getenv("};

bool ends_with_cpp(std::string_view path) {
    return path.ends_with(".cpp");
}

/// "plan" for "src/plan/order.cpp"; empty for what lies directly in src/ or elsewhere.
std::string_view module_of(std::string_view path) {
    if (!path.starts_with("src/")) {
        return {};
    }
    path.remove_prefix(4);
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

/// The text between the delimiters of an #include line, `closing` being '"' or '>'.
std::optional<std::string_view> included(std::string_view line, char opening, char closing) {
    const auto hash = line.find_first_not_of(" \t");
    if (hash == std::string_view::npos || line[hash] != '#') {
        return std::nullopt;
    }
    const auto word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string_view::npos || !line.substr(word).starts_with("include")) {
        return std::nullopt;
    }
    const auto begin = line.find(opening, word);
    const auto end = line.find(closing, begin == std::string_view::npos ? begin : begin + 1);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    return line.substr(begin + 1, end - begin - 1);
}

std::optional<std::string> module_fault(std::string_view path, std::string_view header) {
    const auto module = module_of(path);
    const auto target = header.substr(0, header.find('/'));
    if (path == "src/main.cpp" || !path.starts_with("src/")) {
        return std::nullopt;
    }
    if (!modules().contains(target)) {
        return fmt::format("includes \"{}\", which is no module", header);
    }
    const auto allowed = modules().find(module);
    if (target == module || target == "base" ||
        (allowed != modules().end() && allowed->second.contains(target))) {
        return std::nullopt;
    }
    return fmt::format("{} may not include {}", module, target);
}

std::optional<std::string> library_fault(std::string_view path, std::string_view header) {
    const auto library =
        std::find_if(libraries().begin(), libraries().end(), [&](const Library& candidate) {
            return header.starts_with(candidate.header_prefix);
        });
    if (library == libraries().end()) {
        return std::nullopt;
    }
    const auto& folders = library->folders;
    const bool at_home = std::any_of(folders.begin(), folders.end(),
                                     [&](auto folder) { return path.starts_with(folder); });
    if (at_home && ends_with_cpp(path)) {
        return std::nullopt;
    }
    return fmt::format("<{}> belongs into .cpp files of {}", header, fmt::join(folders, ", "));
}

std::optional<std::string> process_fault(std::string_view path, std::string_view line) {
    if (!path.starts_with("src/") || path.starts_with("src/cli/") || path == "src/main.cpp") {
        return std::nullopt;
    }
    const auto found = std::find_if(process_names.begin(), process_names.end(), [&](auto name) {
        return line.find(name) != std::string_view::npos;
    });
    if (found == process_names.end()) {
        return std::nullopt;
    }
    return fmt::format("only cli and main use {}", *found);
}

std::optional<std::string> line_fault(std::string_view path, std::string_view line) {
    if (const auto header = included(line, '"', '"')) {
        return module_fault(path, *header);
    }
    if (const auto header = included(line, '<', '>')) {
        return library_fault(path, *header);
    }
    return process_fault(path, line.substr(0, line.find("//")));
}

} // namespace

std::vector<std::string> architecture_faults(const SourceFile& file) {
    std::vector<std::string> faults;
    const auto module = module_of(file.path);
    if (!module.empty() && !modules().contains(module)) {
        faults.push_back(fmt::format("{}:1: src/{} is not in the table", file.path, module));
    }
    int number = 0;
    for (std::string_view rest = file.text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        ++number;
        if (const auto fault = line_fault(file.path, rest.substr(0, end))) {
            faults.push_back(fmt::format("{}:{}: {}", file.path, number, *fault));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (number > longest_file) {
        faults.push_back(
            fmt::format("{}:{}: longer than {} lines", file.path, number, longest_file));
    }
    return faults;
}

} // namespace penstock::test
