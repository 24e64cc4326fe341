#include "base/text.hpp"
#include "manifest/readers.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::manifest {

namespace {

constexpr std::string_view params_path = "spec.auth.params";

void rewrite_fault(const Document& document, Fault& fault) {
    if (fault.path == "spec.destination" && fault.code == "bad-value") {
        const Node& spec = *document.root->find("spec");
        const auto& slug = spec.find("destination")->string();
        fault.code = "unknown-destination";
        fault.message = fmt::format("there is no destination `{}`", shortened(slug));
    }
}

/// New dataflows of a card that the platform has moved the accounts of are probably refused
/// (reference, section 5.5).
void hint_at_move(const Document& document, Span place, const catalogue::Destination& destination,
                  Complaints& complaints) {
    complaints.add(
        document.place(place),
        {"legacy-destination",
         fmt::format("the platform moved the accounts of {} to its new card by 26 July 2023: it "
                     "probably refuses new dataflows here",
                     destination.title),
         fmt::format("make an Account with `destination: {}`; its exports have `mapping` in the "
                     "place of `attributes`",
                     destination.moved_to),
         Severity::hint});
}

/// Hides what is written in the place of a reference, but not the reference itself.
void hide_literal(const Document& document, const Node& value) {
    if (value.is_string() || value.is_sequence) {
        document.source->hide(value.span);
    }
    for (const auto& [key, span, inner] : value.entries) {
        if (key != "env" && key != "file" && key != "command") {
            document.source->hide(inner.span);
        }
    }
}

std::vector<std::string> parameter_names(const catalogue::AuthSpec& spec) {
    std::vector<std::string> names;
    for (const auto& parameter : spec.parameters) {
        names.push_back(parameter.name);
    }
    return names;
}

/// What to write into a required parameter.
std::string wanted(const catalogue::Parameter& parameter) {
    return fmt::format("{}: {}{}", parameter.name, parameter.description,
                       parameter.secret ? "; a secret, so write a reference" : "");
}

std::vector<std::string> spec_names(const catalogue::Destination& destination) {
    std::vector<std::string> names;
    for (const auto& spec : destination.auth_specs) {
        names.push_back(fmt::format("`{}`", spec.name));
    }
    return names;
}

/// Reads `spec.auth` and `spec.connectionId` of an account whose destination is known.
class CredentialsReader {
  public:
    CredentialsReader(const Document& document, const catalogue::Destination& destination,
                      Complaints& complaints)
        : document_(document), destination_(destination), complaints_(complaints) {}

    AccountAuth read(const Entry* auth, Span destination_span) {
        AccountAuth result;
        if (destination_.auth_specs.empty()) {
            if (auth != nullptr) {
                add(auth->span, "auth-not-allowed",
                    fmt::format("{} takes no credentials", destination_.title), "remove `auth`");
            }
            return result;
        }
        if (auth == nullptr) {
            add(destination_span, "missing-auth",
                fmt::format("an account of {} needs `auth`, or the `connectionId` of a base "
                            "connection that others manage",
                            destination_.title),
                fmt::format("auth specs of {}: {}", destination_.slug,
                            enumerate(spec_names(destination_), "and")));
            return result;
        }
        if (const auto* spec = choose(*auth)) {
            result.spec_name = spec->name;
            if (const Entry* params = auth->value.entry("params");
                params != nullptr && params->value.is_mapping) {
                read_params(*spec, *params, result);
            }
        }
        return result;
    }

  private:
    void add(Span span, std::string code, std::string message, std::string suggestion) {
        complaints_.add(document_.place(span),
                        {std::move(code), std::move(message), std::move(suggestion)});
    }

    const catalogue::AuthSpec* choose(const Entry& auth) {
        const Entry* written = auth.value.entry("specName");
        if (written == nullptr) {
            if (destination_.auth_specs.size() == 1) {
                return &destination_.auth_specs.front();
            }
            if (auth.value.is_mapping) {
                add(auth.span, "missing-field",
                    fmt::format(
                        "`spec.auth` needs the field `specName`: {} has more than one way to "
                        "sign in",
                        destination_.title),
                    fmt::format("use {}", enumerate(spec_names(destination_), "or")));
            }
            return nullptr;
        }
        if (!written->value.is_string() || written->value.string().empty()) {
            return nullptr; // the schema has complained
        }
        const auto& name = written->value.string();
        if (const auto* spec = destination_.find_auth_spec(name)) {
            return spec;
        }
        std::vector<std::string> names;
        for (const auto& spec : destination_.auth_specs) {
            names.push_back(spec.name);
        }
        const auto near = nearest(name, names);
        add(written->value.span, "unknown-auth-spec",
            fmt::format("{} has no auth spec `{}`", destination_.title, shortened(name)),
            near ? fmt::format("did you mean `{}`?", *near)
                 : fmt::format("auth specs of {}: {}", destination_.slug,
                               enumerate(spec_names(destination_), "and")));
        return nullptr;
    }

    void read_params(const catalogue::AuthSpec& spec, const Entry& params, AccountAuth& result) {
        const auto names = parameter_names(spec);
        std::vector<std::string> misspelt;
        for (const auto& entry : params.value.entries) {
            const auto parameter =
                std::find_if(spec.parameters.begin(), spec.parameters.end(),
                             [&](const auto& candidate) { return candidate.name == entry.key; });
            if (parameter == spec.parameters.end()) {
                misspelt.push_back(nearest(entry.key, names).value_or(""));
                document_.source->hide(entry.value.span);
                add(entry.span, "unknown-field",
                    fmt::format("the auth spec `{}` has no parameter `{}`", spec.name,
                                shortened(entry.key)),
                    unknown_help(entry.key, misspelt.back(), names));
                continue;
            }
            read_param(spec, *parameter, entry, result);
        }
        for (const auto& parameter : spec.parameters) {
            if (parameter.required && params.value.entry(parameter.name) == nullptr &&
                std::find(misspelt.begin(), misspelt.end(), parameter.name) == misspelt.end()) {
                add(params.span, "missing-field",
                    fmt::format("the auth spec `{}` needs the parameter `{}`", spec.name,
                                parameter.name),
                    wanted(parameter));
            }
        }
    }

    /// What to do about a parameter that is none; `near` may be empty.
    [[nodiscard]] std::string unknown_help(const std::string& key, const std::string& near,
                                           const std::vector<std::string>& names) const {
        if (key == "publicKey" && destination_.encryption) {
            return "the key that files are encrypted with stands in `spec.encryption.publicKey`";
        }
        return near.empty() ? fmt::format("its parameters are {}", enumerate(quoted(names)))
                            : fmt::format("did you mean `{}`?", near);
    }

    void read_param(const catalogue::AuthSpec& spec, const catalogue::Parameter& parameter,
                    const Entry& entry, AccountAuth& result) {
        const auto path = fmt::format("{}.{}", params_path, parameter.name);
        const Node& value = entry.value;
        if (value.is_mapping) {
            read_param_reference(parameter, entry, path, result);
            return;
        }
        if (parameter.secret && !value.is_absent()) {
            document_.source->hide(value.span);
            add(value.span, "literal-secret",
                fmt::format("`{}` is a secret and must not stand in a manifest", parameter.name),
                "write a reference: {env: NAME}, {file: PATH} or {command: [PROGRAM, ...]}; if the "
                "value was ever committed, replace it at the destination");
            return;
        }
        auto faults = check_structure(spec.schema["properties"][parameter.name], spec.schema, value,
                                      {path, entry.span, {}});
        for (auto& fault : faults) {
            if (fault.code ==
                "bad-pattern") { // perhaps a secret in the wrong field: do not show it
                fault.message = fmt::format("`{}` does not have the form of its kind", path);
            } else if (fault.code == "wrong-type") {
                fault.suggestion = value.is_string() ? fault.suggestion : "write it in quotes";
            } else if (value.is_absent() && parameter.required) {
                fault.suggestion = wanted(parameter);
            }
            complain(document_, fault, complaints_);
        }
        if (faults.empty()) {
            result.params.push_back({parameter.name, to_json(value)});
        }
    }

    void read_param_reference(const catalogue::Parameter& parameter, const Entry& entry,
                              const std::string& path, AccountAuth& result) {
        const auto& root = manifest_schema();
        const auto faults = check_structure(root["definitions"]["reference"], root, entry.value,
                                            {path, entry.span, {}});
        for (const auto& fault : faults) {
            complain(document_, fault, complaints_);
        }
        if (auto reference = read_reference(entry.value); reference && faults.empty()) {
            result.params.push_back({parameter.name, std::move(*reference)});
        }
    }

    const Document& document_;
    const catalogue::Destination& destination_;
    Complaints& complaints_;
};

/// Every text below `auth` and `encryption` may be a secret that somebody put into the wrong field,
/// so none is shown.
void hide_literals(const Document& document, const Entry* auth, const Entry* encryption) {
    const Node* params = auth == nullptr ? nullptr : auth->value.find("params");
    for (const Node* mapping : {auth == nullptr ? nullptr : &auth->value, params,
                                encryption == nullptr ? nullptr : &encryption->value}) {
        if (mapping == nullptr) {
            continue;
        }
        if (!mapping->is_mapping) {
            document.source->hide(mapping->span);
        }
        for (const auto& [key, span, value] : mapping->entries) {
            if (key != "params" && key != "specName" && key != "encryptionAlgo") {
                hide_literal(document, value);
            }
        }
    }
}

/// `spec.encryption` of an account whose destination is known (reference, section 5.4).
std::optional<Encryption> read_encryption(const Document& document, const Entry& entry,
                                          const catalogue::Destination& destination,
                                          Complaints& complaints) {
    if (!destination.encryption) {
        complaints.add(document.place(entry.span),
                       {"encryption-not-allowed",
                        fmt::format("{} does not encrypt files", destination.title),
                        "remove `encryption`"});
        return std::nullopt;
    }
    const Node* algorithm = entry.value.find("encryptionAlgo");
    if (algorithm != nullptr && algorithm->string() == "NONE") {
        complaints.add(document.place(algorithm->span),
                       {"no-encryption", "with `NONE` files are not encrypted",
                        "leave `encryption` out, or write `encryptionAlgo: PGPGPG`",
                        Severity::warning});
    }
    const Node* key = entry.value.find("publicKey");
    auto reference = key == nullptr ? std::nullopt : read_reference(*key);
    if (!reference) {
        return std::nullopt; // the schema has complained
    }
    Encryption encryption;
    encryption.public_key = std::move(*reference);
    if (algorithm != nullptr) {
        encryption.algorithm = algorithm->string();
    } else {
        for (const auto& parameter : destination.encryption->parameters) {
            if (parameter.name == "encryptionAlgo") {
                encryption.algorithm = parameter.default_value.as_string();
            }
        }
    }
    return encryption;
}

/// What is wrong with `auth` or `encryption` beside the `connectionId` of others.
void complain_about_extra(const Document& document, const Entry& connection, const Entry& extra,
                          Complaints& complaints) {
    complaints.add(
        document.place(connection.span),
        {fmt::format("connection-and-{}", extra.key),
         fmt::format("`connectionId` names a base connection that others manage, so `{}` has no "
                     "meaning beside it",
                     extra.key),
         "keep one of the two"},
        document.place(extra.span), fmt::format("`{}` is here", extra.key));
}

} // namespace

Read<Account> read_account(const Document& document, const catalogue::Catalogue& catalogue,
                           Complaints& complaints) {
    Read<Account> read{document, {}};
    Account& account = read.value;
    const Node* spec = document.root->find("spec");
    const Entry* auth = spec == nullptr ? nullptr : spec->entry("auth");
    const Entry* encryption = spec == nullptr ? nullptr : spec->entry("encryption");
    hide_literals(document, auth, encryption);
    check_schema(document, params_path, rewrite_fault, complaints);
    account.metadata = read_metadata(document);
    account.connection = AccountAuth{};
    if (spec != nullptr) {
        account.description = read_description(document, *spec, complaints);
        const Node* slug = spec->find("destination");
        account.destination = slug == nullptr ? "" : slug->string();
        const Entry* connection = spec->entry("connectionId");
        const auto* destination = catalogue.find(account.destination);
        if (destination != nullptr && !destination->moved_to.empty()) {
            hint_at_move(document, slug->span, *destination, complaints);
        }
        if (connection != nullptr) {
            account.connection = ExternalConnection{connection->value.string()};
            for (const Entry* extra : {auth, encryption}) {
                if (extra != nullptr) {
                    complain_about_extra(document, *connection, *extra, complaints);
                }
            }
        } else if (destination != nullptr) {
            auto read_auth =
                CredentialsReader(document, *destination, complaints).read(auth, slug->span);
            if (encryption != nullptr) {
                read_auth.encryption =
                    read_encryption(document, *encryption, *destination, complaints);
            }
            account.connection = std::move(read_auth);
        }
    }
    return read;
}

} // namespace penstock::manifest
