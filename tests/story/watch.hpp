#pragma once

#include "emulator/platform.hpp"
#include "http/message.hpp"
#include "plan/plan.hpp"
#include "story/tally.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace penstock::story {

/// Looks at every request of every run on one project and at what it does to the sandbox.
class Watch {
  public:
    Watch(const emulator::Platform& platform, std::string project, Journal& journal)
        : platform_(platform), project_(std::move(project)), journal_(journal) {}

    /// Every request becomes a line of the story.
    void tell_requests() { tells_requests_ = true; }

    /// All that is stored now belongs to others and has to stay as it is.
    void others_own_what_is_there();
    /// The number of a run that begins now.
    std::size_t new_run();
    /// The plan that the run follows; it has to outlive the run. Null: it makes one yet.
    void follows(std::size_t run, const plan::Plan* plan) { runs_[run].plan = plan; }

    /// The run looks at the sandbox once more, and may change what it has changed before.
    void begins_anew(std::size_t run) { runs_[run].patched.clear(); }

    /// Before the platform sees a request.
    void arrives(std::size_t run, const http::Request& request);
    /// When an answer goes back, nothing if it is cut off; `disturbed` if it is not what was
    /// answered.
    void leaves(std::size_t run, const http::Request& request,
                const std::optional<http::Response>& response, bool disturbed);

    /// These exports have their dataflows now, and shall keep them while they are wanted.
    void guard(const std::vector<std::string>& exports);
    /// Only these are wanted from now on.
    void still_wanted(const std::vector<std::string>& exports);
    /// Somebody else deleted the entity of that marker.
    void deleted_by_others(const std::string& marker);

    /// Whether several runs, late requests or other people may change things under a run's hands.
    void expect_others(bool others_at_work) { others_at_work_ = others_at_work; }

    /// After a run: what belongs to others is as it was.
    void check_foreign();

    /// Our exports, and the ids of the dataflows that carry their markers.
    [[nodiscard]] std::map<std::string, std::set<std::string>> our_flows() const;

  private:
    struct Run {
        const plan::Plan* plan = nullptr;
        std::set<std::string> versions; ///< etags in the answers that it got
        std::set<std::string> patched;  ///< ids of what it knows to have changed
        /// Markers of POSTs that may have been carried out, with the collections that they were
        /// sent to.
        std::map<std::string, std::string> uncertain;
    };

    void check_links();
    void check_guarded();
    void check_deletion(const Run& run, const std::string& id);
    void check_form(const http::Request& request, const http::Response& response);
    [[nodiscard]] std::vector<std::string> foreign_state() const;

    const emulator::Platform& platform_;
    std::string project_;
    Journal& journal_;
    std::vector<Run> runs_;
    std::set<std::string> foreign_; ///< ids
    std::vector<std::string> foreign_state_;
    std::map<std::string, std::set<std::string>> guarded_; ///< exports and their dataflows
    std::optional<std::uint64_t> looked_at_;               ///< the platform's revision
    bool others_at_work_ = false;
    bool tells_requests_ = false;
    std::size_t handled_ = 0;            ///< requests in the platform's log
    std::optional<std::string> deletes_; ///< the dataflow that a request is about
};

/// The marker of a description that a text holds, without its digest and fingerprints:
/// `acme/flow/devices`; empty if there is none of the project.
std::string marked_as(std::string_view text, std::string_view project);

} // namespace penstock::story
