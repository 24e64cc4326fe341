#include "manifest/segment_list.hpp"

#include "base/text.hpp"
#include "manifest/segment_schedule.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <map>

namespace penstock::manifest {

namespace {

// Reference, section 9.4.
constexpr std::size_t most_segments = 250;
constexpr std::size_t most_external_audiences = 10;

constexpr const char* uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/// The place of an item of a list: its first field.
Span start_of(const Node& item) {
    return item.entries.empty() ? item.span : item.entries.front().span;
}

class SegmentsReader {
  public:
    SegmentsReader(const Document& document, const Node& spec, Complaints& complaints)
        : document_(document), spec_(spec), complaints_(complaints),
          default_template_(spec.entry("filenameTemplate")),
          default_schedule_(spec.entry("schedule")) {}

    std::vector<Segment> read() {
        if (default_schedule_ != nullptr) {
            schedule_ =
                read_segment_schedule(document_, *default_schedule_, "spec.schedule", complaints_);
        }
        std::vector<Segment> segments;
        if (const Entry* list = spec_.entry("segments")) {
            for (std::size_t i = 0; i < list->value.items.size(); ++i) {
                if (list->value.items[i].is_mapping) {
                    segments.push_back(read_segment(list->value.items[i], i));
                }
            }
            check_counts(*list, segments);
        }
        complain_about_lacking(without_schedule_, "schedule");
        complain_about_lacking(without_template_, "filenameTemplate");
        return segments;
    }

  private:
    void add(Span span, Complaint complaint) {
        complaints_.add(document_.place(span), std::move(complaint));
    }

    Segment read_segment(const Node& item, std::size_t index) {
        Segment segment;
        const auto text = [&](std::string_view field) {
            const Node* node = item.find(field);
            return node == nullptr ? std::string() : node->string();
        };
        segment.id = text("id");
        segment.name = text("name");
        segment.system_segment_id = text("systemSegmentId");
        segment.origin = text("namespace");
        check_identity(item);
        const Entry* schedule = item.entry("schedule");
        segment.own_schedule = schedule != nullptr;
        if (schedule != nullptr) {
            segment.schedule = read_segment_schedule(
                document_, *schedule, fmt::format("spec.segments[{}].schedule", index),
                complaints_);
        } else if (default_schedule_ != nullptr) {
            segment.schedule = schedule_;
        } else {
            without_schedule_.push_back(&item);
        }
        const Entry* name = item.entry("filenameTemplate");
        segment.own_filename_template = name != nullptr;
        const Entry* used = name != nullptr ? name : default_template_;
        if (used == nullptr) {
            without_template_.push_back(&item);
        } else {
            segment.filename_template = used->value.string();
        }
        return segment;
    }

    void check_identity(const Node& item) {
        const Entry* system = item.entry("systemSegmentId");
        const Entry* origin = item.entry("namespace");
        if ((system == nullptr) != (origin == nullptr)) {
            const Entry& written = system == nullptr ? *origin : *system;
            const std::string_view other = system == nullptr ? "systemSegmentId" : "namespace";
            add(written.span,
                {"incomplete-audience",
                 fmt::format("`{}` has no meaning without `{}`", written.key, other),
                 fmt::format("an audience that was made elsewhere has both: write `{}`, or remove "
                             "`{}`",
                             other, written.key)});
        }
        external_ += system != nullptr && origin != nullptr ? 1 : 0;
        const Node* id = item.find("id");
        if (id == nullptr || !id->is_string() || id->string().empty()) {
            return; // the schema has complained
        }
        if (system == nullptr && origin == nullptr) {
            check_id(*id);
        }
        const auto [first, added] = ids_.emplace(id->string(), id);
        if (!added) {
            complaints_.add(document_.place(id->span),
                            {"duplicate-segment", "this segment stands twice in the export",
                             "remove one of the two"},
                            document_.place(first->second->span), "first written here");
        }
    }

    void check_id(const Node& id) {
        const auto text = id.string().substr(0, longest_matched);
        if (matches(uuid, text)) {
            return;
        }
        std::string help = "a segment ID is a UUID in lower case, such as "
                           "25768be6-ebd5-45cc-8913-12fb3f348613; an audience that was made "
                           "elsewhere has `systemSegmentId` and `namespace` too";
        if (matches(uuid, lowercase(text))) {
            help = fmt::format("write it in lower case: {}", lowercase(text));
        }
        add(id.span,
            {"bad-segment-id", fmt::format("`{}` is no ID of a segment", shortened(id.string())),
             std::move(help)});
    }

    void check_counts(const Entry& list, const std::vector<Segment>& segments) {
        if (segments.size() > most_segments) {
            add(list.span,
                {"too-many-segments",
                 fmt::format("the export has {}; the platform allows {} for a destination",
                             counted(segments.size(), "segment"), most_segments),
                 "spread them over several exports", Severity::warning});
        }
        if (external_ > most_external_audiences) {
            add(list.span,
                {"too-many-external-audiences",
                 fmt::format("the export has {} made elsewhere; the platform allows {} for a "
                             "destination",
                             counted(external_, "audience"), most_external_audiences),
                 "spread them over several exports", Severity::warning});
        }
    }

    /// Once for all segments that lack the field.
    void complain_about_lacking(const std::vector<const Node*>& items, std::string_view field) {
        if (items.empty()) {
            return;
        }
        const std::string who =
            items.size() == 1 ? "this segment has"
                              : fmt::format("this segment and {} more have", items.size() - 1);
        add(start_of(*items.front()),
            {"missing-field", fmt::format("{} no `{}`, and the export has no default", who, field),
             fmt::format("write `{}` beside `segments` for all of them, or in each segment",
                         field)});
    }

    const Document& document_;
    const Node& spec_;
    Complaints& complaints_;
    const Entry* default_template_;
    const Entry* default_schedule_;
    SegmentSchedule schedule_;
    std::map<std::string_view, const Node*> ids_;
    std::vector<const Node*> without_schedule_;
    std::vector<const Node*> without_template_;
    std::size_t external_ = 0;
};

} // namespace

std::vector<Segment> read_segments(const Document& document, const Node& spec,
                                   Complaints& complaints) {
    return SegmentsReader(document, spec, complaints).read();
}

} // namespace penstock::manifest
