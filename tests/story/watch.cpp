#include "story/watch.hpp"

#include "http/url.hpp"
#include "json/text.hpp"
#include "story/canaries.hpp"
#include "story/exceptions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::story {

namespace {

constexpr std::string_view flow_service = "/data/foundation/flowservice/";

/// `flows`, `flows/id`, `flows/id/action`; empty for another service.
std::string below_flow_service(const http::Request& request) {
    const auto url = http::parse_url(request.url);
    return url && url->path.rfind(flow_service, 0) == 0 ? url->path.substr(flow_service.size())
                                                        : std::string();
}

std::string id_in(const std::string& path) {
    const auto slash = path.find('/');
    return slash == std::string::npos
               ? std::string()
               : path.substr(slash + 1, path.find('/', slash + 1) - slash - 1);
}

/// The versions that an answer shows, with the quotes that belong to them.
void collect_versions(std::string_view body, std::set<std::string>& versions) {
    for (const std::string_view member : {R"("etag":"\")", R"("version":"\")"}) {
        for (auto at = body.find(member); at != std::string_view::npos;
             at = body.find(member, at + 1)) {
            const auto begin = at + member.size();
            const auto end = body.find('\\', begin);
            if (end != std::string_view::npos) {
                versions.insert(fmt::format("\"{}\"", body.substr(begin, end - begin)));
            }
        }
    }
}

std::string description_of(const emulator::Entity& entity) {
    const auto* description = entity.body.find("description");
    return description == nullptr ? std::string() : description->as_string();
}

template <class Visit>
void visit_links(const json::Object& flow, const Visit& visit) {
    for (const char* field : {"sourceConnectionIds", "targetConnectionIds"}) {
        if (const auto* links = flow.find(field)) {
            for (const auto& link : links->as_array()) {
                visit(link.as_string());
            }
        }
    }
}

} // namespace

std::string marked_as(std::string_view text, std::string_view project) {
    const auto opening = fmt::format("[penstock {}/", project);
    const auto at = text.find(opening);
    if (at == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(at + opening.size());
    return std::string(text.substr(0, text.find_first_of(" ]")));
}

void Watch::others_own_what_is_there() {
    for (const auto& [id, entity] : platform_.store().entities()) {
        foreign_.insert(id);
    }
    foreign_state_ = foreign_state();
    handled_ = platform_.log().size();
}

std::vector<std::string> Watch::foreign_state() const {
    std::vector<std::string> lines;
    const auto& entities = platform_.store().entities();
    for (const auto& id : foreign_) {
        const auto found = entities.find(id);
        lines.push_back(found == entities.end() ? id + " is gone"
                                                : id + found->second.etag +
                                                      json::write(json::Value(found->second.body)));
    }
    return lines;
}

void Watch::check_foreign() {
    const auto now = foreign_state();
    journal_.check(Invariant::foreign_untouched, now == foreign_state_, [&] {
        const auto [was, is] =
            std::mismatch(foreign_state_.begin(), foreign_state_.end(), now.begin());
        return fmt::format("was: {}\n  is:  {}", *was, *is);
    });
}

std::size_t Watch::new_run() {
    runs_.emplace_back();
    return runs_.size() - 1;
}

void Watch::arrives(std::size_t run, const http::Request& request) {
    ++journal_.tally.requests;
    handled_ = platform_.log().size();
    deletes_.reset();
    const auto what = fmt::format("run {}: {} {}", run, http::name(request.method), request.url);
    journal_.check(Invariant::secrets_kept, !leaks_secret(request),
                   [&] { return what + " holds a secret in " + request.body; });
    const auto path = below_flow_service(request);
    auto& state = runs_[run];
    if (path.empty() || request.method == http::Method::get) {
        return;
    }
    const auto id = id_in(path);
    journal_.check(Invariant::foreign_untouched, !foreign_.contains(id),
                   [&] { return std::string(what); });
    if (request.method == http::Method::patch) {
        const std::string version(request.headers.find("If-Match").value_or(""));
        journal_.check(Invariant::patch_pinned, state.versions.contains(version),
                       [&] { return fmt::format("{} with If-Match {}", what, version); });
    }
    if (request.method == http::Method::del && path.starts_with("flows/") &&
        platform_.store().entities().contains(id)) {
        deletes_ = id;
    }
    if (request.method == http::Method::post && id.empty()) {
        const auto marker = marked_as(request.body, project_);
        journal_.check(Invariant::post_looked_up, !state.uncertain.contains(marker),
                       [&] { return fmt::format("{} of {}", what, marker); });
    }
}

void Watch::leaves(std::size_t run, const http::Request& request,
                   const std::optional<http::Response>& response, bool disturbed) {
    if (tells_requests_) {
        journal_.tell(fmt::format("  run {}: {} {} {} -> {}", run, http::name(request.method),
                                  request.url, request.body, response ? response->status : 0));
    }
    auto& state = runs_[run];
    if (response && response->status < 300) {
        collect_versions(response->body, state.versions);
    }
    const auto path = below_flow_service(request);
    if (request.method == http::Method::get && response && response->status == 200 && !disturbed) {
        std::erase_if(state.uncertain, [&](const auto& entry) { return entry.second == path; });
    }
    if (request.method == http::Method::post && !path.empty() && id_in(path).empty() &&
        (!response || response->status >= 500 || (disturbed && response->status < 300))) {
        state.uncertain[marked_as(request.body, project_)] = path;
    }
    if (request.method == http::Method::patch && response && response->status < 300 && !disturbed) {
        journal_.check(Invariant::patched_once, state.patched.insert(id_in(path)).second,
                       [&] { return fmt::format("run {}: {}", run, request.url); });
    }
    const bool was_handled = platform_.log().size() > handled_;
    if (was_handled && response && !disturbed &&
        platform_.log().back().status == response->status) {
        check_form(request, *response);
    }
    if (deletes_ && !platform_.store().entities().contains(*deletes_)) {
        check_deletion(state, *deletes_);
    }
    if (request.method != http::Method::get && looked_at_ != platform_.revision()) {
        looked_at_ = platform_.revision();
        check_links();
        check_guarded();
    }
}

void Watch::check_form(const http::Request& request, const http::Response& response) {
    journal_.check(Invariant::nothing_malformed, !is_malformed(response, others_at_work_), [&] {
        return fmt::format("{} {} {}\n  is answered {} {}", http::name(request.method), request.url,
                           request.body, response.status, response.body);
    });
}

void Watch::check_links() {
    const auto& entities = platform_.store().entities();
    for (const auto& [id, entity] : entities) {
        if (entity.kind != emulator::Kind::flow) {
            continue;
        }
        const auto check = [&, &flow = id](const std::string& link) {
            journal_.check(Invariant::links_hold, entities.contains(link),
                           [&] { return fmt::format("dataflow {} refers to {}", flow, link); });
        };
        visit_links(entity.body, check);
        if (entity.pending) {
            visit_links(entity.pending->body, check);
        }
    }
}

std::map<std::string, std::set<std::string>> Watch::our_flows() const {
    std::map<std::string, std::set<std::string>> flows;
    const std::string prefix = "flow/";
    for (const auto& [id, entity] : platform_.store().entities()) {
        if (entity.kind == emulator::Kind::flow) {
            const auto marker = marked_as(description_of(entity), project_);
            if (marker.starts_with(prefix)) {
                flows[marker.substr(prefix.size())].insert(id);
            }
        }
    }
    return flows;
}

void Watch::check_guarded() {
    if (guarded_.empty()) {
        return;
    }
    const auto flows = our_flows();
    for (const auto& [name, ids] : guarded_) {
        journal_.check(Invariant::flow_stays, flows.contains(name),
                       [&, &wanted = name] { return wanted + " has no dataflow"; });
    }
}

void Watch::check_deletion(const Run& run, const std::string& id) {
    for (const auto& [name, ids] : guarded_) {
        if (!ids.contains(id)) {
            continue;
        }
        const model::EntityKey key{model::EntityKind::flow, name};
        const bool planned =
            run.plan != nullptr && std::any_of(run.plan->changes.begin(), run.plan->changes.end(),
                                               [&](const plan::EntityChange& change) {
                                                   return change.key == key && change.id == id &&
                                                          (change.action == plan::Action::replace ||
                                                           change.action == plan::Action::remove);
                                               });
        journal_.check(Invariant::replaced_as_planned, planned, [&, &wanted = name] {
            return fmt::format("dataflow {} of {} is deleted, and no plan says so", id, wanted);
        });
    }
}

void Watch::guard(const std::vector<std::string>& exports) {
    guarded_.clear();
    auto flows = our_flows();
    for (const auto& name : exports) {
        guarded_[name] = std::move(flows[name]);
    }
    check_guarded();
}

void Watch::still_wanted(const std::vector<std::string>& exports) {
    std::erase_if(guarded_, [&](const auto& entry) {
        return std::find(exports.begin(), exports.end(), entry.first) == exports.end();
    });
}

void Watch::deleted_by_others(const std::string& marker) {
    std::erase_if(guarded_, [&](const auto& entry) { return marker == "flow/" + entry.first; });
}

} // namespace penstock::story
