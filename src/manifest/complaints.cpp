#include "manifest/complaints.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace penstock::manifest {

namespace {

Diagnostic diagnostic_of(Complaint complaint) {
    Diagnostic diagnostic;
    diagnostic.severity = complaint.severity;
    diagnostic.code = std::move(complaint.code);
    diagnostic.message = std::move(complaint.message);
    diagnostic.suggestion = std::move(complaint.suggestion);
    return diagnostic;
}

} // namespace

void Complaints::push(Place place, Diagnostic diagnostic) {
    errors_ += diagnostic.severity == Severity::error ? 1 : 0;
    pending_.push_back({std::move(place), std::move(diagnostic)});
}

void Complaints::add(const Place& place, Complaint complaint) {
    Diagnostic diagnostic = diagnostic_of(std::move(complaint));
    diagnostic.position = place.source->position(place.span.begin);
    push(place, std::move(diagnostic));
}

void Complaints::add(const Place& place, Complaint complaint, const Place& other,
                     std::string other_message) {
    Diagnostic diagnostic = diagnostic_of(std::move(complaint));
    diagnostic.position = place.source->position(place.span.begin);
    diagnostic.related.push_back(
        {other.source->position(other.span.begin), std::move(other_message)});
    push(place, std::move(diagnostic));
}

void Complaints::add(const std::string& file, Complaint complaint) {
    Diagnostic diagnostic = diagnostic_of(std::move(complaint));
    diagnostic.position.file = file;
    push({}, std::move(diagnostic));
}

void Complaints::append(Complaints other) {
    errors_ += other.errors_;
    pending_.insert(pending_.end(), std::make_move_iterator(other.pending_.begin()),
                    std::make_move_iterator(other.pending_.end()));
}

std::vector<Diagnostic> Complaints::take() {
    std::vector<Diagnostic> diagnostics;
    for (auto& [place, diagnostic] : pending_) {
        if (place.source != nullptr) {
            auto excerpt = place.source->excerpt(place.span);
            diagnostic.source_line = std::move(excerpt.line);
            diagnostic.length = excerpt.length;
        }
        diagnostics.push_back(std::move(diagnostic));
    }
    pending_.clear();
    errors_ = 0;
    std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
        return std::tie(a.position, a.code) < std::tie(b.position, b.code);
    });
    return diagnostics;
}

} // namespace penstock::manifest
