#pragma once

#include "http/message.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// Something told a secret. Says which and where, never the value.
class Leak : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The variables whose values are no secrets, with the reason; `*` stands for any beginning or end.
struct OpenVariable {
    std::string_view name;
    std::string_view reason;
};
const std::vector<OpenVariable>& open_variables();
bool is_open_variable(std::string_view name);

/// What a run was given and has to keep to itself, the access tokens of the emulator included.
class Confidences {
  public:
    /// `name` is how a failed test speaks of it. Throws std::logic_error for a value that is too
    /// short to be told from other text.
    void add(const std::string& name, const std::string& value);
    /// All but those with open names.
    void add(const std::map<std::string, std::string>& variables);

    /// The name of a secret that stands in `text`, as it is, in base64, for a URL, in JSON, or one
    /// of its lines; empty if there is none.
    [[nodiscard]] std::string found_in(std::string_view text) const;
    /// Throws Leak if there is one.
    void check(const std::string& place, std::string_view text) const;
    /// Throws Leak if the request holds one where no credentials belong.
    void check(const http::Request& request) const;

  private:
    std::map<std::string, std::string> names_; ///< by form
};

/// True if the request holds what `is_secret` finds in another place than credentials have:
/// parameters of auth and of encryption, the header Authorization, and the exchange for a token.
bool leaks(const http::Request& request, const std::function<bool(std::string_view)>& is_secret);

/// Whether the parameter of that destination's credentials is one that the platform shows to
/// everybody: a manifest may keep it elsewhere, and yet it is no secret.
bool is_shown_to_everybody(const std::string& connection_spec, const std::string& auth_spec,
                           const std::string& parameter);

/// What a folder held at a moment, all below it included.
class FolderState {
  public:
    explicit FolderState(const std::filesystem::path& folder);

    /// The files of now that are new or have other content.
    [[nodiscard]] std::vector<std::filesystem::path> written_since() const;

  private:
    std::filesystem::path folder_;
    std::map<std::filesystem::path, std::uint64_t> contents_;
};

} // namespace penstock::test
