#include "cli/catalog_listing.hpp"

#include "base/text.hpp"
#include "json/text.hpp"
#include "render/table.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// The parameters of exports: what they share first, then what one kind alone has.
std::string export_parameters_text(const std::vector<Parameter>& parameters) {
    constexpr std::pair<std::optional<Workflow>, std::string_view> groups[] = {
        {std::nullopt, "DatasetExport and SegmentExport"},
        {Workflow::datasets, "DatasetExport alone"},
        {Workflow::segments, "SegmentExport alone"}};
    std::string text;
    for (const auto& [workflow, kinds] : groups) {
        std::string group;
        for (const auto& parameter : parameters) {
            if (parameter.only_for == workflow) {
                group += parameter_text(parameter);
            }
        }
        if (!group.empty()) {
            text += fmt::format("\n{}, spec.destination\n{}", kinds, group);
        }
    }
    return text;
}

Value parameters_json(const std::vector<Parameter>& parameters);

Value parameter_json(const Parameter& parameter) {
    Array values;
    for (const auto& value : parameter.values) {
        values.emplace_back(value);
    }
    return Object{
        {"name", parameter.name},
        {"title", parameter.title},
        {"description", parameter.description},
        {"type", parameter.type},
        {"required", parameter.required},
        {"secret", parameter.secret},
        {"pattern", parameter.pattern.empty() ? Value{} : Value(parameter.pattern)},
        {"values", parameter.values.empty() ? Value{} : Value(std::move(values))},
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
    return {{"slug", destination.slug},
            {"title", destination.title},
            {"description", destination.description},
            {"connection_spec_id", destination.connection_spec_id}};
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
    text += export_parameters_text(destination.target_parameters);
    text += "\nSent with every export\n";
    for (const auto& variant : destination.target_variants) {
        for (const auto& [name, value] : variant.constants) {
            text += fmt::format("  {}: {}\n", name, value.as_string());
        }
    }
    text +=
        fmt::format("\nIn the platform\n  connection spec: {}\n", destination.connection_spec_id);
    for (const auto& [workflow, id] :
         {std::pair(Workflow::datasets, &destination.dataset_flow_spec_id),
          std::pair(Workflow::segments, &destination.segment_flow_spec_id)}) {
        if (!id->empty()) {
            text += fmt::format("  flow spec for {}: {}\n", word(workflow), *id);
        }
    }
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
    return result;
}

} // namespace penstock::cli
