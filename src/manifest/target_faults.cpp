#include "manifest/target_faults.hpp"

#include "base/text.hpp"
#include "manifest/read_export.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace penstock::manifest {

namespace {

using catalogue::TargetVariant;
using catalogue::Workflow;

/// Where documents of the platform have the encryption of a target's files, or of parts of it.
constexpr std::array<std::string_view, 4> encryption_fields{"encryption", "encryptionSpecs",
                                                            "encryptionAlgo", "publicKey"};

/// What says in which form files are written, where there is a choice.
constexpr std::array<std::string_view, 4> format_fields{"fileType", "datasetFileType",
                                                        "compression", "csvOptions"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& fields, std::string_view field) {
    return std::find(fields.begin(), fields.end(), field) != fields.end();
}

/// The parameters of one place as a phrase.
std::string place_text(const TargetVariant& variant) {
    return enumerate(quoted(variant.parameters));
}

class TargetFaults {
  public:
    explicit TargetFaults(const TargetRules& rules) : rules_(rules) {}

    std::vector<Fault> explain(std::vector<Fault> faults) {
        is_elsewhere_ = std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
            return is_of_target(fault) && fault.code == "unknown-field" &&
                   is_of_another_place(fault.field);
        });
        std::vector<Fault> result;
        for (auto& fault : faults) {
            if (is_of_target(fault) && fault.code == "unknown-field") {
                explain_unknown(fault);
            } else if (is_of_target(fault) && fault.code == "missing-field") {
                if (follows_from_another(fault)) {
                    continue;
                }
                explain_missing(fault);
            } else if (fault.code == "empty-value") {
                explain_empty(fault);
            }
            result.push_back(std::move(fault));
        }
        return result;
    }

  private:
    static bool is_of_target(const Fault& fault) { return fault.path == target_path; }

    /// True if it is known where the account's credentials lead to.
    [[nodiscard]] bool is_place_known() const {
        return rules_.destination.target_variants.size() == 1 ||
               contains(rules_.variant.auth_specs, rules_.written.auth_spec);
    }

    [[nodiscard]] bool is_of_another_place(const std::string& field) const {
        const auto& variants = rules_.destination.target_variants;
        return !contains(rules_.variant.parameters, field) &&
               std::any_of(variants.begin(), variants.end(), [&](const TargetVariant& variant) {
                   return contains(variant.parameters, field);
               });
    }

    [[nodiscard]] bool has_parameter_of_place() const {
        return missing_parameters().size() < rules_.variant.parameters.size();
    }

    /// Parameters of the place that are not written.
    [[nodiscard]] std::vector<std::string> missing_parameters() const {
        std::vector<std::string> missing;
        for (const auto& name : rules_.variant.parameters) {
            if (!rules_.written.destination.contains(name)) {
                missing.push_back(name);
            }
        }
        return missing;
    }

    /// The places that a target of the destination may have.
    [[nodiscard]] std::string places_text() const {
        std::vector<std::string> places;
        for (const auto& variant : rules_.destination.target_variants) {
            places.push_back(place_text(variant));
        }
        return fmt::format("{}", fmt::join(places, ", or "));
    }

    /// What a parameter is about that belongs to the other workflow.
    void explain_foreign(Fault& fault) const {
        if (rules_.workflow == Workflow::segments) {
            fault.code = "dataset-parameter";
            fault.message = fmt::format("`{}` belongs to exports of datasets", fault.field);
            fault.suggestion = "the format of a segment export is `fileType`: CSV, JSON or PARQUET";
        } else {
            fault.code = "segment-parameter";
            fault.message = fmt::format("`{}` belongs to exports of segments", fault.field);
            fault.suggestion = fault.field == "fileType"
                                   ? "the format of a dataset export is `datasetFileType`"
                                   : "remove it; a dataset export writes no CSV";
        }
        if (rules_.other_kind) {
            fault.suggestion = belongs_to(*rules_.other_kind);
        }
    }

    /// A parameter of a place that the account's credentials do not lead to.
    void explain_other_place(Fault& fault) const {
        fault.code = "other-place";
        if (!is_place_known()) {
            fault.message = fmt::format("a target with {} has no `{}`", place_text(rules_.variant),
                                        fault.field);
            fault.suggestion = fmt::format("write {}", places_text());
            return;
        }
        fault.message = fmt::format("the auth spec `{}` of account `{}` leads to {}, not to `{}`",
                                    rules_.written.auth_spec, rules_.written.account,
                                    place_text(rules_.variant), fault.field);
        std::vector<std::string> specs;
        for (const auto& variant : rules_.destination.target_variants) {
            if (contains(variant.parameters, fault.field)) {
                specs.insert(specs.end(), variant.auth_specs.begin(), variant.auth_specs.end());
            }
        }
        const auto missing = missing_parameters();
        fault.suggestion = fmt::format(
            "{}, or choose an account with the auth spec {}",
            missing.empty() ? "remove it" : fmt::format("write {}", enumerate(quoted(missing))),
            enumerate(quoted(specs), "or"));
    }

    /// What a field that the target does not know is probably about.
    void explain_unknown(Fault& fault) const {
        const auto& destination = rules_.destination;
        const auto* parameter = destination.find_target_parameter(fault.field);
        const auto* format = rules_.variant.constants.find("format");
        if (parameter != nullptr && parameter->only_for && parameter->only_for != rules_.workflow) {
            explain_foreign(fault);
            return;
        }
        if (is_of_another_place(fault.field)) {
            explain_other_place(fault);
            return;
        }
        if (rules_.variant.constants.contains(fault.field)) {
            fault.suggestion = "remove it; penstock sends it with every target";
            return;
        }
        fault.message =
            fmt::format("{} has no target parameter `{}`", destination.title, fault.field);
        if (is_one_of(encryption_fields, fault.field)) {
            fault.suggestion =
                destination.encryption
                    ? "files are encrypted by the account: write `encryption` there"
                    : fmt::format("remove it; {} does not encrypt files", destination.title);
        } else if (format != nullptr && is_one_of(format_fields, fault.field)) {
            fault.suggestion =
                fmt::format("remove it; {} writes {} files, and there is nothing to choose",
                            destination.title, format->as_string());
        } else if (!is_place_known()) {
            std::vector<std::string> names;
            for (const auto* any : destination.target_parameters_for(rules_.workflow)) {
                names.push_back(any->name);
            }
            fault.suggestion = choices_text(fault.field, names);
        }
    }

    /// True if something else that is complained about has the place of the missing field.
    bool follows_from_another(const Fault& fault) {
        const auto other_type = file_type_of(
            rules_.workflow == Workflow::datasets ? Workflow::segments : Workflow::datasets);
        if (fault.field == file_type_of(rules_.workflow) &&
            (rules_.other_kind || rules_.written.destination.contains(other_type))) {
            return true; // the other workflow's field, or `kind`, is complained about
        }
        if (!contains(rules_.variant.parameters, fault.field)) {
            return false;
        }
        const bool is_told = is_elsewhere_ || has_no_place_;
        has_no_place_ = has_no_place_ || (!is_place_known() && !has_parameter_of_place());
        return is_told;
    }

    void explain_missing(Fault& fault) const {
        const auto& destination = rules_.destination;
        fault.message =
            fmt::format("a target of {} needs the field `{}`", destination.title, fault.field);
        if (!contains(rules_.variant.parameters, fault.field) ||
            destination.target_variants.size() == 1) {
            return;
        }
        if (is_place_known()) {
            fault.message += fmt::format(": the auth spec of account `{}` is `{}`",
                                         rules_.written.account, rules_.written.auth_spec);
        } else if (!has_parameter_of_place()) {
            fault.message =
                fmt::format("a target of {} needs a place for its files", destination.title);
            fault.suggestion = fmt::format("write {}", places_text());
        }
    }

    /// `null` in place of text is more often YAML's null than what somebody wants.
    static void explain_empty(Fault& fault) {
        if (fault.field == "nullValue" || fault.field == "emptyValue") {
            fault.suggestion = "without quotes YAML takes it for no value: write \"null\" or \"\"";
        }
    }

    const TargetRules& rules_;
    bool is_elsewhere_ = false; ///< parameters of another place are complained about
    bool has_no_place_ = false; ///< it was told that there are none of any place
};

} // namespace

std::string_view file_type_of(Workflow workflow) {
    return workflow == Workflow::datasets ? "datasetFileType" : "fileType";
}

std::vector<Fault> explain_target_faults(std::vector<Fault> faults, const TargetRules& rules) {
    return TargetFaults(rules).explain(std::move(faults));
}

} // namespace penstock::manifest
