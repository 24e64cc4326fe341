#include "manifest/yaml.hpp"

#include "base/text.hpp"
#include "manifest/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace penstock::manifest {

namespace {

bool is_forbidden_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

/// Where text that is not UTF-8 stops being it.
std::size_t first_bad_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto line = text.substr(at, std::min(text.find('\n', at), text.size() - 1) + 1 - at);
        if (!is_utf8(line)) {
            break;
        }
        at += line.size();
    }
    for (std::size_t length = 1; at < text.size(); length = 1) {
        while (length <= 4 && !is_utf8(text.substr(at, length))) {
            ++length;
        }
        if (length > 4) {
            break;
        }
        at += length;
    }
    return at;
}

/// Complains if the file is not text at all. yaml-cpp would take a few control bytes for the end of
/// the file, and lets bytes that are not UTF-8 through.
bool is_text(const std::shared_ptr<const Source>& source, const YamlLimits& limits,
             Complaints& complaints) {
    const auto text = source->text();
    if (text.size() > limits.bytes) {
        complaints.add(source->name(),
                       {"file-too-large",
                        fmt::format("the file has {} bytes; a manifest has at most {}", text.size(),
                                    limits.bytes),
                        "split it into several files"});
        return false;
    }
    if (text.find('\0') != std::string_view::npos) {
        complaints.add(source->name(),
                       {"binary-file", "this is not a text file: it contains NUL bytes",
                        "manifests are YAML in UTF-8; keep other files out of the folders that "
                        "`spec.manifests` names"});
        return false;
    }
    if (!is_utf8(text)) {
        const std::size_t at = first_bad_byte(text);
        complaints.add(
            {source, {at, at}},
            {"bad-encoding",
             fmt::format("byte 0x{:02x} is not UTF-8 here",
                         static_cast<unsigned char>(text[std::min(at, text.size() - 1)])),
             "save the file as UTF-8"});
        return false;
    }
    const auto control = std::find_if(text.begin(), text.end(), is_forbidden_control);
    if (control != text.end()) {
        const auto at = static_cast<std::size_t>(control - text.begin());
        complaints.add({source, {at, at + 1}},
                       {"control-character",
                        fmt::format("control character 0x{:02x} in the file",
                                    static_cast<unsigned char>(*control)),
                        "YAML allows none but tab and line ends; write it as an escape in a quoted "
                        "string if it is meant"});
        return false;
    }
    return true;
}

bool starts_document(std::string_view line) {
    return line.substr(0, 3) == "---" &&
           (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

/// True if the part holds nothing but blank lines, comments and directives.
bool is_blank(std::string_view part) {
    while (!part.empty()) {
        const auto end = std::min(part.find('\n'), part.size());
        auto line = trimmed(part.substr(0, end));
        if (starts_document(part.substr(0, end))) {
            line = trimmed(line.substr(3));
        }
        if (!line.empty() && line.front() != '#' && part.front() != '%' && line != "...") {
            return false;
        }
        part.remove_prefix(std::min(end + 1, part.size()));
    }
    return true;
}

/// The parts of the text between document markers. A marker cannot stand inside a scalar, so each
/// part parses by itself: a fault in one leaves the others readable, and yaml-cpp never gets to
/// look for a next document, which it cannot do safely.
std::vector<Span> split(std::string_view text) {
    std::vector<Span> parts;
    std::size_t part = 0;
    std::size_t line = 0;
    while (line < text.size()) {
        const std::size_t end = std::min(text.find('\n', line), text.size());
        if (line > part && starts_document(text.substr(line, end - line))) {
            parts.push_back({part, line});
            part = line;
        }
        line = end + 1;
    }
    parts.push_back({part, text.size()});
    return parts;
}

} // namespace

YamlFile read_yaml(const std::shared_ptr<const Source>& source, const YamlLimits& limits) {
    YamlFile file;
    if (!is_text(source, limits, file.complaints)) {
        return file;
    }
    std::size_t alias_nodes = limits.alias_nodes;
    for (const Span part : split(source->text())) {
        if (!is_blank(source->text().substr(part.begin, part.end - part.begin))) {
            read_part(source, part, limits, alias_nodes, file);
        }
    }
    return file;
}

} // namespace penstock::manifest
