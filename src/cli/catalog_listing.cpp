#include "cli/catalog_listing.hpp"

#include "base/text.hpp"
#include "json/text.hpp"
#include "render/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace penstock::cli {

namespace {

using catalogue::Destination;
using catalogue::Parameter;
using catalogue::Workflow;
using json::Array;
using json::Object;
using json::Value;

std::string_view word(Workflow workflow) {
    switch (workflow) {
    case Workflow::datasets:
        return "datasets";
    case Workflow::segments:
        return "segments";
    }
    return "";
}

/// The kinds of exports that the destination takes.
std::string kinds_text(const Destination& destination) {
    std::vector<std::string> kinds;
    for (const auto& [workflow, kind] : {std::pair(Workflow::datasets, "DatasetExport"),
                                         std::pair(Workflow::segments, "SegmentExport")}) {
        if (destination.takes(workflow)) {
            kinds.emplace_back(kind);
        }
    }
    return enumerate(kinds);
}

std::string traits(const Parameter& parameter) {
    std::string text = parameter.type;
    text += parameter.required ? ", required" : ", optional";
    if (parameter.secret) {
        text += ", secret";
    }
    return text;
}

/// A value as it would be written in a manifest: in quotes where it would not be seen otherwise.
std::string shown(const Value& value) {
    const auto& text = value.as_string();
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    return plain ? text : json::write(value);
}

std::string values_text(const std::vector<std::string>& values) {
    std::vector<std::string> texts;
    for (const auto& value : values) {
        texts.push_back(shown(value));
    }
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string parameter_text(const Parameter& parameter, const std::string& indent = "  ") {
    std::string text = fmt::format("{}{}  ({})\n", indent, parameter.name, traits(parameter));
    const auto line = [&](std::string_view label, const std::string& value) {
        text += fmt::format("{}    {}{}\n", indent, label, value);
    };
    const auto& about = parameter.description.empty() ? parameter.title : parameter.description;
    if (!about.empty() && about != parameter.name) {
        line("", about);
    }
    if (!parameter.values.empty()) {
        line("one of: ", values_text(parameter.values));
    }
    if (!parameter.default_value.is_null()) {
        line("default: ", shown(parameter.default_value));
    }
    if (!parameter.pattern.empty()) {
        line("pattern: ", parameter.pattern);
    }
    for (const auto& member : parameter.members) {
        text += parameter_text(member, indent + "    ");
    }
    return text;
}

/// What a manifest may say about encryption: it need not repeat what has a default, though the
/// service wants to have it.
std::vector<Parameter> encryption_parameters(const Destination& destination) {
    auto parameters =
        destination.encryption ? destination.encryption->parameters : std::vector<Parameter>{};
    for (auto& parameter : parameters) {
        parameter.required = parameter.required && parameter.default_value.is_null();
    }
    return parameters;
}

std::string group_text(std::string_view heading, const std::vector<Parameter>& parameters) {
    std::string text;
    for (const auto& parameter : parameters) {
        text += parameter_text(parameter);
    }
    return text.empty() ? text : fmt::format("\n{}\n{}", heading, text);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_several_places(const Destination& destination) {
    return destination.target_variants.size() > 1;
}

/// Parameters that no place has for itself, with those of the only place if there is just one: then
/// nothing depends on the account, and these are required of each target.
std::vector<Parameter> parameters_of_each_target(const Destination& destination) {
    std::vector<Parameter> parameters;
    for (auto parameter : destination.target_parameters) {
        const bool is_of_a_place = std::any_of(
            destination.target_variants.begin(), destination.target_variants.end(),
            [&](const auto& variant) { return contains(variant.parameters, parameter.name); });
        if (is_of_a_place && has_several_places(destination)) {
            continue;
        }
        parameter.required = parameter.required || is_of_a_place;
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

/// The parameters of exports: those of each place first, then what exports share, then what one
/// kind alone has.
std::string export_parameters_text(const Destination& destination) {
    std::string text;
    if (has_several_places(destination)) {
        for (const auto& variant : destination.target_variants) {
            std::vector<Parameter> parameters;
            for (const auto& name : variant.parameters) {
                parameters.push_back(*destination.find_target_parameter(name));
                parameters.back().required = true;
            }
            text += group_text(fmt::format("{}, spec.destination for an account with specName: {}",
                                           kinds_text(destination),
                                           enumerate(variant.auth_specs, "or")),
                               parameters);
        }
    }
    const std::pair<std::optional<Workflow>, std::string> groups[] = {
        {std::nullopt, kinds_text(destination)},
        {Workflow::datasets, "DatasetExport alone"},
        {Workflow::segments, "SegmentExport alone"}};
    const auto parameters = parameters_of_each_target(destination);
    for (const auto& [workflow, kinds] : groups) {
        std::vector<Parameter> group;
        std::copy_if(
            parameters.begin(), parameters.end(), std::back_inserter(group),
            [&, only = workflow](const auto& parameter) { return parameter.only_for == only; });
        text += group_text(fmt::format("{}, spec.destination", kinds), group);
    }
    return text;
}

/// Each token as it stands in a template.
std::string tokens_text(const std::vector<std::string>& tokens) {
    std::vector<std::string> texts;
    for (const auto& token : tokens) {
        texts.push_back(fmt::format("%{}%", token));
    }
    return fmt::format("{}", fmt::join(texts, ", "));
}

/// What the destination asks of exports of segments beyond what all of them have.
std::string segments_text(const Destination& destination) {
    std::string text;
    if (destination.columns == catalogue::Columns::profile_selectors) {
        text += "\nSegmentExport, spec.attributes in the place of `mapping`\n"
                "  paths in the profile, such as person.name.firstName or identityMap.Email\n";
    }
    const auto& tokens = destination.filename_tokens;
    if (!tokens.required.empty()) {
        text += fmt::format("\nSegmentExport, tokens of filenameTemplate\n"
                            "  required: {}\n  optional: {}, %DATETIME(...)%\n",
                            tokens_text(tokens.required), tokens_text(tokens.optional));
    }
    return text;
}

std::string constants_text(const Destination& destination) {
    std::string text = "\nSent with every export\n";
    for (const auto& variant : destination.target_variants) {
        std::string indent = "  ";
        if (has_several_places(destination)) {
            text += fmt::format("  for an account with specName: {}\n",
                                enumerate(variant.auth_specs, "or"));
            indent = "    ";
        }
        for (const auto& [name, value] : variant.constants) {
            text += fmt::format("{}{}: {}\n", indent, name, value.as_string());
        }
    }
    return text;
}

std::string specs_text(const Destination& destination) {
    std::string text =
        fmt::format("\nIn the platform\n  connection spec: {}\n", destination.connection_spec_id);
    for (const auto& [workflow, id] :
         {std::pair(Workflow::datasets, &destination.dataset_flow_spec_id),
          std::pair(Workflow::segments, &destination.segment_flow_spec_id)}) {
        if (!id->empty()) {
            text += fmt::format("  flow spec for {}: {}\n", word(workflow), *id);
        }
    }
    if (!destination.segment_flow_spec_name.empty()) {
        text += fmt::format("  flow spec for segments: looked up by its name, {}\n",
                            destination.segment_flow_spec_name);
    }
    return text;
}

Value texts_json(const std::vector<std::string>& texts) {
    Array array;
    for (const auto& text : texts) {
        array.emplace_back(text);
    }
    return array;
}

Value text_or_null(const std::string& text) {
    return text.empty() ? Value{} : Value(text);
}

Value parameters_json(const std::vector<Parameter>& parameters);

Value parameter_json(const Parameter& parameter) {
    return Object{
        {"name", parameter.name},
        {"title", parameter.title},
        {"description", parameter.description},
        {"type", parameter.type},
        {"required", parameter.required},
        {"secret", parameter.secret},
        {"pattern", parameter.pattern.empty() ? Value{} : Value(parameter.pattern)},
        {"values", parameter.values.empty() ? Value{} : texts_json(parameter.values)},
        {"default", parameter.default_value},
        {"members", parameter.members.empty() ? Value{} : parameters_json(parameter.members)},
        {"only_for", parameter.only_for ? Value(word(*parameter.only_for)) : Value{}}};
}

Value parameters_json(const std::vector<Parameter>& parameters) {
    Array array;
    for (const auto& parameter : parameters) {
        array.push_back(parameter_json(parameter));
    }
    return array;
}

Object summary_json(const Destination& destination) {
    Array takes;
    for (const auto workflow : {Workflow::datasets, Workflow::segments}) {
        if (destination.takes(workflow)) {
            takes.emplace_back(word(workflow));
        }
    }
    return {{"slug", destination.slug},
            {"title", destination.title},
            {"description", destination.description},
            {"connection_spec_id", destination.connection_spec_id},
            {"takes", std::move(takes)},
            {"moved_to", text_or_null(destination.moved_to)}};
}

Value places_json(const Destination& destination) {
    Array places;
    for (const auto& variant : destination.target_variants) {
        places.push_back(Object{{"auth_specs", texts_json(variant.auth_specs)},
                                {"parameters", texts_json(variant.parameters)},
                                {"constants", variant.constants}});
    }
    return places;
}

} // namespace

std::string destinations_text(const std::vector<Destination>& destinations) {
    std::vector<std::vector<std::string>> rows{{"DESTINATION", "TITLE", "AUTHENTICATION"}};
    for (const auto& destination : destinations) {
        std::vector<std::string> names;
        for (const auto& spec : destination.auth_specs) {
            names.push_back(spec.name);
        }
        rows.push_back(
            {destination.slug, destination.title, names.empty() ? "none" : enumerate(names, "or")});
    }
    return render::table(rows);
}

std::string destination_text(const Destination& destination) {
    std::string text =
        fmt::format("{} ({})\n{}\n", destination.title, destination.slug, destination.description);
    if (!destination.takes(Workflow::datasets)) {
        text += "\nIt takes segments, and no datasets.\n";
    }
    if (!destination.moved_to.empty()) {
        text += fmt::format("\nThe platform moved its accounts to {} by 26 July 2023, and probably "
                            "refuses\nnew dataflows here.\n",
                            destination.moved_to);
    }
    if (destination.auth_specs.empty()) {
        text += "\nNo credentials: an Account of this destination has no `auth`.\n";
    }
    for (const auto& spec : destination.auth_specs) {
        text += fmt::format("\nAccount, spec.auth with specName: {}\n", spec.name);
        for (const auto& parameter : spec.parameters) {
            text += parameter_text(parameter);
        }
    }
    if (destination.encryption) {
        text += "\nAccount, spec.encryption: files are encrypted; may be left out\n";
        for (const auto& parameter : encryption_parameters(destination)) {
            text += parameter_text(parameter);
        }
    }
    text += export_parameters_text(destination);
    text += segments_text(destination);
    text += constants_text(destination);
    text += specs_text(destination);
    return text;
}

Value destinations_json(const std::vector<Destination>& destinations) {
    Array array;
    for (const auto& destination : destinations) {
        array.emplace_back(summary_json(destination));
    }
    return array;
}

Object destination_json(const Destination& destination) {
    Object result = summary_json(destination);
    Array specs;
    for (const auto& spec : destination.auth_specs) {
        specs.push_back(Object{{"name", spec.name},
                               {"type", spec.type},
                               {"description", spec.description},
                               {"parameters", parameters_json(spec.parameters)}});
    }
    result["auth_specs"] = std::move(specs);
    result["encryption"] =
        destination.encryption
            ? Value(Object{{"parameters", parameters_json(encryption_parameters(destination))}})
            : Value{};
    result["parameters"] = parameters_json(destination.target_parameters);
    result["places"] = places_json(destination);
    result["columns"] =
        destination.columns == catalogue::Columns::mapping_set ? "mapping" : "attributes";
    result["filename_tokens"] =
        Object{{"required", texts_json(destination.filename_tokens.required)},
               {"optional", texts_json(destination.filename_tokens.optional)}};
    result["flow_specs"] =
        Object{{"datasets", text_or_null(destination.dataset_flow_spec_id)},
               {"segments", text_or_null(destination.segment_flow_spec_id)},
               {"segments_by_name", text_or_null(destination.segment_flow_spec_name)}};
    return result;
}

} // namespace penstock::cli
