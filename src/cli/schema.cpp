#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/schema_names.hpp"
#include "manifest/schemas.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

namespace penstock::cli {

std::string schema_name(const EmbeddedFile& file) {
    constexpr std::string_view extension = ".json";
    auto name = file.name;
    if (name.size() > extension.size() &&
        name.substr(name.size() - extension.size()) == extension) {
        name.remove_suffix(extension.size());
    }
    return std::string(name);
}

std::vector<std::string> schema_names() {
    std::vector<std::string> names;
    for (const auto& file : manifest::embedded_schemas()) {
        names.push_back(schema_name(file));
    }
    return names;
}

Outcome schema(const Arguments& arguments) {
    const auto names = schema_names();
    Outcome outcome;
    if (arguments.operands.empty()) {
        outcome.document = render::document(version());
        json::Array list;
        for (const auto& name : names) {
            outcome.text += name + "\n";
            list.emplace_back(name);
        }
        outcome.document["schemas"] = std::move(list);
        return outcome;
    }
    const auto& wanted = arguments.operands.front();
    for (const auto& file : manifest::embedded_schemas()) {
        if (schema_name(file) == wanted || file.name == wanted) {
            outcome.text = file.text;
            outcome.text_is_json = true;
            return outcome;
        }
    }
    const auto near = nearest(wanted, names);
    return failed({ErrorKind::invalid_input,
                   fmt::format("there is no schema {}", printable(wanted)),
                   near ? fmt::format("did you mean {}?", *near)
                        : fmt::format("known are {}", enumerate(names)),
                   {}});
}

} // namespace penstock::cli
