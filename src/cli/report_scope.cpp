#include "cli/report_scope.hpp"

#include "base/text.hpp"
#include "cli/outcome.hpp"
#include "render/plan_text.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>

namespace penstock::cli {

namespace {

namespace fs = std::filesystem;

/// `-C DIR` as readers of a repository count: from the working directory, where it is below that.
std::string prefix_of(const std::string& folder) {
    std::error_code error;
    fs::path path = fs::path(folder).lexically_normal();
    if (path.is_absolute()) {
        const auto here = fs::current_path(error);
        const auto relative = error ? fs::path() : path.lexically_relative(here);
        if (!relative.empty() && *relative.begin() != "..") {
            path = relative;
        }
    }
    const auto text = path.generic_string();
    if (text.empty() || text == "." || text == "./") {
        return {};
    }
    return text.back() == '/' ? text : text + '/';
}

} // namespace

render::Scope bare_scope(const Arguments& arguments, const Host& host) {
    render::Scope scope;
    scope.version = version();
    scope.time =
        std::chrono::duration_cast<std::chrono::seconds>(host.clock->now().time_since_epoch())
            .count();
    scope.prefix = prefix_of(arguments.folder);
    return scope;
}

void add_units(render::Scope& scope, const Selection& selection) {
    const auto add = [&](model::EntityKind kind, const manifest::Metadata& metadata) {
        const model::EntityKey key{kind, metadata.name};
        if (selection.covers(key)) {
            scope.units[render::manifest_title(key)] =
                metadata.positions ? metadata.positions->at("") : SourcePosition{};
        }
    };
    scope.everything = selection.everything && !selection.narrowing.shard;
    scope.shard = selection.narrowing.shard;
    for (const auto& account : selection.manifests.accounts) {
        add(model::EntityKind::base, account.metadata);
    }
    for (const auto* document : selection.manifests.exports()) {
        add(model::EntityKind::flow, document->metadata);
    }
}

render::Scope scope_of(const Arguments& arguments, const Host& host, const Selection& selection,
                       Context& context) {
    auto scope = bare_scope(arguments, host);
    scope.project = printable(selection.manifests.project.metadata.name);
    scope.environment = printable(context.environment());
    const auto& site = context.client().site();
    scope.organization = printable(site.organization);
    scope.sandbox = printable(site.sandbox);
    add_units(scope, selection);
    return scope;
}

} // namespace penstock::cli
