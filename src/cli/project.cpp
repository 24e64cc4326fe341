#include "cli/project.hpp"

#include "catalogue/catalogue.hpp"
#include "manifest/load.hpp"
#include "render/diagnostics.hpp"

#include <utility>

namespace penstock::cli {

tl::expected<Project, Outcome> open_project(const Arguments& arguments, const Host& host,
                                            Hints hints) {
    const bool colour = use_colour(colour_facts(host, arguments.colour, host.err_is_terminal));
    auto loaded = manifest::load(arguments.folder, catalogue::Catalogue::embedded());
    if (hints == Hints::left_out) {
        std::erase_if(loaded.diagnostics,
                      [](const auto& diagnostic) { return diagnostic.severity == Severity::hint; });
    }
    if (!loaded.manifests) {
        return tl::unexpected<Outcome>(invalid(loaded.diagnostics, colour));
    }
    if (!loaded.diagnostics.empty() && !arguments.quiet) {
        host.err(render::diagnostics_text(loaded.diagnostics, colour));
    }
    auto selection = select(std::move(*loaded.manifests), arguments.operands);
    if (!selection) {
        return tl::unexpected<Outcome>(failed(selection.error()));
    }
    return Project{std::move(*selection), loaded.files, std::move(loaded.diagnostics)};
}

} // namespace penstock::cli
