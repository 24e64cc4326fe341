#pragma once

#include "catalogue/catalogue.hpp"
#include "emulator/platform.hpp"
#include "execute/execute.hpp"
#include "execute/twins.hpp"
#include "manifest/documents.hpp"
#include "plan/plan.hpp"
#include "secrets/source.hpp"
#include "support/in_process_transport.hpp"
#include "support/manual_clock.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace penstock::test {

/// Secrets that a test names. What is not set fails as a missing one does.
class FakeSecrets final : public secrets::SecretSource {
  public:
    /// By describe(reference), e.g. "environment variable S3_SECRET".
    std::map<std::string, std::string> values;
    /// Every reference resolves, to a value that satisfies the catalogue's patterns.
    bool resolve_all = true;

    Result<secrets::SecretString> resolve(const secrets::SecretReference& reference) override;
};

/// One run of the tool against the emulator, in this process.
struct Run {
    std::optional<Error> error; ///< reading the service failed
    plan::Plan plan;
    execute::Report report;
    execute::TwinReport twins; ///< what another run had made at the same time
    std::vector<Recorded> requests;
    bool stopped = false; ///< killed on the way
};

/// An emulated sandbox and what it takes to run the tool against it, from plan to apply, on a clock
/// of its own. Every run has a transport, a client and a token of its own, as a process would.
class World {
  public:
    explicit World(emulator::Settings settings = {});

    Run plan(const manifest::Manifests& manifests);
    /// Plans and applies. With `kill_after`, everything stops once that many requests were handled.
    Run apply(const manifest::Manifests& manifests, std::optional<std::size_t> kill_after = {});
    Run apply(const model::DesiredGraph& desired, std::optional<std::size_t> kill_after = {});

    /// What is stored, in words that do not depend on ids, etags, times and salts: one line for
    /// each entity, sorted.
    [[nodiscard]] std::vector<std::string> state() const;
    /// The entities with a marker of `project`, and of them only what penstock manages: two ways to
    /// the same manifests must end in the same lines.
    [[nodiscard]] std::vector<std::string> managed_state(const std::string& project) const;
    /// The id of the one stored entity with this marker, e.g. ("flow", "device-graph"); fails the
    /// test if there is none or more than one.
    [[nodiscard]] std::string id_of(const std::string& kind, const std::string& name) const;
    [[nodiscard]] std::size_t count(emulator::Kind kind) const;

    /// Called with each run's transport before its first request, e.g. to set faults.
    std::function<void(InProcessTransport&)> prepare;

    /// Told of the steps of each run, as they start and end. May be null.
    std::function<void(const plan::Step&)> started;
    std::function<void(const plan::Step&)> finished;

    /// A request of somebody else, through the platform's front door.
    http::Response as_somebody(http::Method method, const std::string& path,
                               const std::string& body = {});

    /// What the tool knows of destinations; another one for what documents disagree on.
    const catalogue::Catalogue* catalogue = &catalogue::Catalogue::embedded();
    ManualClock clock;
    emulator::Platform platform;
    FakeSecrets secrets;
    execute::Options options;

  private:
    Run run(const model::DesiredGraph& desired, std::optional<std::size_t> kill_after, bool apply);
};

/// Everything about a run that helps to see why a test failed.
std::string complaints(const Run& run);

/// The project of the folder manifests/, with dates and references as they stand there.
manifest::Manifests example_project();

} // namespace penstock::test
