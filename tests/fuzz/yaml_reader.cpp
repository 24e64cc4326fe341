#include "base/text.hpp"
#include "desired/desired.hpp"
#include "fuzz/project.hpp"
#include "fuzz/property.hpp"
#include "json/text.hpp"
#include "manifest/readers.hpp"
#include "manifest/yaml.hpp"
#include "plan/planner.hpp"
#include "render/diagnostics.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

namespace penstock::fuzz {

namespace {

/// The texts of the project's two files.
struct Files {
    std::string_view project;
    std::string_view manifest;
};

/// Lines and columns count what stands in the file: a place may be just behind a line's end.
void require_inside(const SourcePosition& position, const Files& files) {
    if (position.line == 0) {
        return; // the file as a whole
    }
    const bool known = position.file == project_file || position.file == manifest_file;
    require(known, "a place is in one of the files");
    auto text = position.file == project_file ? files.project : files.manifest;
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3);
    }
    for (unsigned line = 1; line < position.line; ++line) {
        const auto end = text.find('\n');
        require(end != std::string_view::npos, "the line of a place is in the file");
        text.remove_prefix(end + 1);
    }
    const auto columns = code_points(text.substr(0, text.find('\n')));
    require(position.column >= 1 && position.column <= columns + 1,
            "the column of a place is in its line");
}

void check_diagnostics(const std::vector<Diagnostic>& diagnostics, const Files& files) {
    for (const auto& diagnostic : diagnostics) {
        require(!diagnostic.code.empty() && !diagnostic.message.empty(),
                "a diagnostic has a code and says something");
        require_inside(diagnostic.position, files);
        for (const auto& related : diagnostic.related) {
            require_inside(related.position, files);
        }
    }
    require_safe_for_terminal(render::diagnostics_text(diagnostics, false), "diagnostics as text");
    const auto document = json::write_pretty(render::diagnostics_json(diagnostics));
    const auto again = json::parse(document);
    require(again && json::write_pretty(*again) == document,
            "diagnostics as JSON are read as they were written");
}

/// What read without an error can be planned for an empty sandbox, and the plan be shown.
void check_desired(const manifest::Manifests& manifests, const Files& files) {
    const auto& catalogue = catalogue::Catalogue::embedded();
    const auto desired = desired::build(manifests, catalogue);
    for (const auto& entity : desired.entities) {
        const auto again = json::parse(json::write(entity.content));
        require(again && *again == entity.content, "content is read as it was written");
        require(entity.digest == model::digest(entity.content),
                "the digest is that of the content");
        if (entity.position) {
            for (const auto& [name, value] : entity.content.as_object()) {
                require_inside(entity.position("/" + name), files);
            }
        }
    }
    model::LiveGraph live;
    live.project = desired.project;
    const auto plan = plan::make(desired, live, catalogue, {});
    require_safe_for_terminal(render::plan_text(plan, {}), "the plan as text");
    const json::Value value = render::plan_json(plan, "0");
    const auto again = json::parse(json::write(value));
    require(again && *again == value, "the plan as JSON is read as it was written");
}

void check_load(ProjectFolder& folder, const Files& files) {
    const auto result = folder.load(files.project, files.manifest);
    const bool errors =
        std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                    [](const auto& diagnostic) { return diagnostic.severity == Severity::error; });
    require(result.manifests.has_value() != errors, "either errors or manifests");
    check_diagnostics(result.diagnostics, files);
    if (result.manifests) {
        check_desired(*result.manifests, files);
    }
}

enum class Reach { no_project, inside, outside };

/// Where the paths of `spec.manifests` lead. A project may name any folder of the machine, which is
/// right for its user and no place for a fuzzer.
Reach reach(std::string_view text) {
    const auto source = std::make_shared<manifest::Source>(project_file, std::string(text));
    auto file = manifest::read_yaml(source);
    Reach result = Reach::no_project;
    for (auto& node : file.documents) {
        const auto document = manifest::identify(
            source, std::make_shared<const manifest::Node>(std::move(node)), file.complaints);
        if (!document || document->kind != manifest::Kind::project) {
            continue;
        }
        const auto paths = manifest::manifest_paths(*document);
        const bool leaves = std::any_of(paths.begin(), paths.end(), [](const auto& entry) {
            return entry.path.starts_with('/') || entry.path.find("..") != std::string::npos;
        });
        result = leaves || result == Reach::outside ? Reach::outside : Reach::inside;
    }
    return result;
}

} // namespace

} // namespace penstock::fuzz

/// Any bytes as a manifest of a sound project and, where they hold a document of kind Project, as
/// `penstock.yaml` before a sound manifest. For both: reading ends and throws nothing; it gives
/// either errors or manifests; every diagnostic has its place inside the file; diagnostics show
/// nothing that moves a terminal's cursor; what reads without errors can be built, planned and
/// shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace penstock::fuzz;
    static ProjectFolder folder;
    const auto text = text_of(data, size);
    check_load(folder, {sound_project(), text});
    if (reach(text) == Reach::inside) {
        check_load(folder, {text, sound_manifest()});
    }
    return 0;
}
