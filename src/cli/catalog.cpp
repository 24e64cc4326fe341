#include "base/text.hpp"
#include "cli/catalog_listing.hpp"
#include "cli/commands.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

namespace penstock::cli {

Outcome catalog(const Arguments& arguments, const Host&) {
    const auto& catalogue = catalogue::Catalogue::embedded();
    Outcome outcome;
    outcome.document = render::document(version());
    if (arguments.operands.empty()) {
        outcome.text = destinations_text(catalogue.all());
        outcome.document["destinations"] = destinations_json(catalogue.all());
        return outcome;
    }
    const auto& slug = arguments.operands.front();
    if (const auto* destination = catalogue.find(slug)) {
        outcome.text = destination_text(*destination);
        outcome.document["destination"] = destination_json(*destination);
        return outcome;
    }
    const auto slugs = catalogue.slugs();
    const auto near = nearest(slug, slugs);
    return failed({ErrorKind::invalid_input,
                   fmt::format("there is no destination {}", printable(slug)),
                   near ? fmt::format("did you mean {}?", *near)
                        : fmt::format("known are {}", enumerate(slugs)),
                   {}});
}

} // namespace penstock::cli
