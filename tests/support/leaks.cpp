#include "support/leaks.hpp"

#include "catalogue/catalogue.hpp"
#include "http/url.hpp"
#include "json/text.hpp"
#include "json/value.hpp"
#include "support/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <sstream>
#include <system_error>

namespace penstock::test {

namespace {

/// Shorter values would be found everywhere.
constexpr std::size_t shortest_secret = 6;
constexpr std::string_view token_beginning = "eyJ"; // as the emulator makes them
constexpr std::size_t token_digits = 16;

/// What base64 makes of the value wherever it stands in a longer text: for each place within three
/// bytes the part that nothing around it changes.
std::array<std::string, 3> in_base64(const std::string& value, std::string_view last_two) {
    const std::string alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + std::string(last_two);
    std::array<std::string, 3> forms;
    for (std::size_t offset = 0; offset < forms.size(); ++offset) {
        std::string text;
        const auto padded = std::string(offset, ' ') + value;
        for (std::size_t i = 0; i + 3 <= padded.size(); i += 3) {
            const auto byte = [&](std::size_t n) {
                return static_cast<std::uint32_t>(static_cast<unsigned char>(padded[i + n]));
            };
            const auto bits = byte(0) << 16U | byte(1) << 8U | byte(2);
            for (const auto shift : {18U, 12U, 6U, 0U}) {
                text += alphabet[bits >> shift & 63U];
            }
        }
        // The first letters hold bits of what stands before.
        forms[offset] = text.substr(offset == 0 ? 0 : offset + 1);
    }
    return forms;
}

std::vector<std::string> forms_of(const std::string& value) {
    const auto quoted = json::write(json::Value(value));
    auto for_form = http::percent_encode(value);
    for (auto at = for_form.find("%20"); at != std::string::npos; at = for_form.find("%20")) {
        for_form.replace(at, 3, "+");
    }
    std::vector<std::string> forms{value, quoted.substr(1, quoted.size() - 2),
                                   http::percent_encode(value), for_form};
    for (const std::string_view last_two : {"+/", "-_"}) {
        for (const auto& form : in_base64(value, last_two)) {
            forms.push_back(form);
        }
    }
    std::istringstream lines(value);
    for (std::string line; std::getline(lines, line);) {
        forms.push_back(line);
    }
    std::erase_if(forms, [](const auto& form) { return form.size() < shortest_secret; });
    return forms;
}

/// As the emulator makes them; their letters are digits of base 16.
bool holds_token(std::string_view text) {
    for (auto at = text.find(token_beginning); at != std::string_view::npos;
         at = text.find(token_beginning, at + 1)) {
        const auto digits = text.substr(at + token_beginning.size(), token_digits);
        if (digits.size() == token_digits &&
            digits.find_first_not_of("0123456789abcdef") == std::string_view::npos) {
            return true;
        }
    }
    return false;
}

bool is_place_for_secrets(std::string_view path) {
    return path.starts_with("/auth/params") || path.starts_with("/encryptionSpecs/params") ||
           path.starts_with("/params/encryptionSpecs");
}

using IsSecret = std::function<bool(std::string_view)>;

bool leaks_below(const json::Value& value, const std::string& path, const IsSecret& is_secret) {
    if (is_place_for_secrets(path)) {
        return false;
    }
    if (value.is_string()) {
        return is_secret(value.as_string());
    }
    const auto& list = value.as_array();
    const auto& members = value.as_object();
    return std::any_of(
               list.begin(), list.end(),
               [&](const auto& item) { return leaks_below(item, path + "/#", is_secret); }) ||
           std::any_of(members.begin(), members.end(), [&](const auto& member) {
               return is_secret(member.first) ||
                      leaks_below(member.second, path + "/" + member.first, is_secret);
           });
}

std::uint64_t content_of(const std::filesystem::path& file) {
    return std::hash<std::string>{}(read_file(file));
}

template <class Visit>
void for_each_file(const std::filesystem::path& folder, const Visit& visit) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, ignored)) {
        if (entry.is_regular_file(ignored) && !entry.is_symlink(ignored)) {
            visit(entry.path());
        }
    }
}

} // namespace

const std::vector<OpenVariable>& open_variables() {
    static const std::vector<OpenVariable> all{
        {"*CLIENT_ID", "the API key: every request shows it, and audits name clients by it"},
        {"PENSTOCK_*", "a setting"},
        {"*_PROXY", "an address; the tests on proxies look for its password"},
        {"*_proxy", "the same"},
        {"ASAN_OPTIONS", "a setting of the sanitizer"},
        {"CI", "a sign of the surroundings"},
        {"CI_*", "a sign of the surroundings"},
        {"PULL_REQUEST", "its number"},
        {"GITHUB_*", "a sign of the surroundings"},
        {"HOME", "a folder"},
        {"NO_COLOR", "a setting of the terminal"},
        {"TERM", "a setting of the terminal"},
    };
    return all;
}

bool is_open_variable(std::string_view name) {
    const auto& all = open_variables();
    return std::any_of(all.begin(), all.end(), [&](const OpenVariable& open) {
        auto pattern = open.name;
        if (pattern.starts_with('*')) {
            return name.ends_with(pattern.substr(1));
        }
        if (pattern.ends_with('*')) {
            return name.starts_with(pattern.substr(0, pattern.size() - 1));
        }
        return name == pattern;
    });
}

void Confidences::add(const std::string& name, const std::string& value) {
    if (value.empty()) {
        return;
    }
    if (value.size() < shortest_secret) {
        throw std::logic_error(
            fmt::format("{}: a secret of less than {} characters cannot be told from other text",
                        name, shortest_secret));
    }
    for (auto& form : forms_of(value)) {
        names_.emplace(std::move(form), name);
    }
}

void Confidences::add(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) {
        if (!is_open_variable(name)) {
            add("environment variable " + name, value);
        }
    }
}

std::string Confidences::found_in(std::string_view text) const {
    const auto found = std::find_if(names_.begin(), names_.end(), [&](const auto& entry) {
        return text.find(entry.first) != std::string_view::npos;
    });
    if (found != names_.end()) {
        return found->second;
    }
    return holds_token(text) ? "an access token" : "";
}

void Confidences::check(const std::string& place, std::string_view text) const {
    if (const auto name = found_in(text); !name.empty()) {
        throw Leak(fmt::format("{} tells a secret: {}", place, name));
    }
}

void Confidences::check(const http::Request& request) const {
    if (leaks(request, [&](std::string_view text) { return !found_in(text).empty(); })) {
        // The address may be what tells it.
        throw Leak(
            fmt::format("a {} tells a secret where none belongs", http::name(request.method)));
    }
}

bool leaks(const http::Request& request, const IsSecret& is_secret) {
    if (is_secret(request.url)) {
        return true;
    }
    for (const auto& [name, value] : request.headers.fields()) {
        if (name != "Authorization" && is_secret(value)) {
            return true;
        }
    }
    if (!is_secret(request.body) || request.url.find("/ims/token/") != std::string::npos) {
        return false;
    }
    const auto body = json::parse(request.body);
    if (!body) {
        return true;
    }
    const auto& operations = body->as_array();
    return body->is_array()
               ? std::any_of(operations.begin(), operations.end(),
                             [&](const auto& operation) {
                                 return leaks_below(operation["value"],
                                                    operation["path"].as_string(), is_secret);
                             })
               : leaks_below(*body, {}, is_secret);
}

bool is_shown_to_everybody(const std::string& connection_spec, const std::string& auth_spec,
                           const std::string& parameter) {
    const auto* destination =
        catalogue::Catalogue::embedded().find_by_connection_spec(connection_spec);
    const auto* spec = destination == nullptr ? nullptr : destination->find_auth_spec(auth_spec);
    return spec != nullptr && std::any_of(spec->parameters.begin(), spec->parameters.end(),
                                          [&](const catalogue::Parameter& known) {
                                              return known.name == parameter && !known.secret;
                                          });
}

FolderState::FolderState(const std::filesystem::path& folder) : folder_(folder) {
    for_each_file(folder_, [&](const auto& file) { contents_[file] = content_of(file); });
}

std::vector<std::filesystem::path> FolderState::written_since() const {
    std::vector<std::filesystem::path> files;
    for_each_file(folder_, [&](const auto& file) {
        const auto before = contents_.find(file);
        if (before == contents_.end() || before->second != content_of(file)) {
            files.push_back(file);
        }
    });
    return files;
}

} // namespace penstock::test
