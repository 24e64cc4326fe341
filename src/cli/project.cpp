#include "cli/project.hpp"

#include "catalogue/catalogue.hpp"
#include "cli/shard_choice.hpp"
#include "desired/desired.hpp"
#include "manifest/load.hpp"
#include "render/diagnostics.hpp"

#include <utility>

namespace penstock::cli {

namespace {

tl::expected<Project, Outcome> check(manifest::LoadResult loaded, const plan::Narrowing& narrowing,
                                     const Arguments& arguments, const Host& host, Hints hints) {
    const bool colour = use_colour(colour_facts(host, arguments.colour, host.err_is_terminal));
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
    live::Expected described;
    if (narrowing.chooses()) {
        described =
            live::expect(desired::build(*loaded.manifests, catalogue::Catalogue::embedded()));
    }
    auto selection = select(std::move(*loaded.manifests), narrowing);
    if (!selection) {
        return tl::unexpected<Outcome>(failed(selection.error(), ExitCode::invalid));
    }
    selection->described = std::move(described);
    std::vector<manifest::NamedText> texts;
    for (const auto& source : loaded.sources) {
        texts.push_back({source->name(), std::string(source->text())});
    }
    return Project{std::move(*selection), loaded.files, std::move(loaded.diagnostics),
                   std::move(texts)};
}

} // namespace

tl::expected<Project, Outcome> open_project(const Arguments& arguments, const Host& host,
                                            Hints hints) {
    const auto shard = chosen_shard(arguments, host);
    if (!shard) {
        return tl::unexpected<Outcome>(failed(shard.error()));
    }
    return check(manifest::load(arguments.folder, catalogue::Catalogue::embedded()),
                 {arguments.operands, arguments.selectors, arguments.targets, *shard}, arguments,
                 host, hints);
}

tl::expected<Project, Outcome> open_project(const Arguments& arguments, const Host& host,
                                            std::vector<manifest::NamedText> texts,
                                            const plan::Narrowing& narrowing) {
    return check(
        manifest::load(std::move(texts), arguments.folder, catalogue::Catalogue::embedded()),
        narrowing, arguments, host, Hints::left_out);
}

} // namespace penstock::cli
