#include "manifest/segment_list.hpp"

#include "base/text.hpp"
#include "manifest/filename_template.hpp"
#include "manifest/segment_schedule.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace penstock::manifest {

namespace {

// Reference, section 9.4.
constexpr std::size_t most_segments = 250;
constexpr std::size_t most_external_audiences = 10;

constexpr const char* uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/// A template as it stands in the file, with what depends on it.
struct WrittenTemplate {
    const Node* node = nullptr;
    FilenameTemplate meaning;
    std::size_t segments = 0;
    bool recurs = false; ///< a segment that is exported more than once uses it
};

/// The place of an item of a list: its first field.
Span start_of(const Node& item) {
    return item.entries.empty() ? item.span : item.entries.front().span;
}

/// True if the path of the target gives each segment a folder of its own (reference, section 5.2).
bool has_folder_each(const Node& spec) {
    const Node* target = spec.find("destination");
    for (const std::string_view field : {"path", "remotePath"}) {
        const Node* path = target == nullptr ? nullptr : target->find(field);
        if (path != nullptr && (path->string().find("%SEGMENT_ID%") != std::string::npos ||
                                path->string().find("%SEGMENT_NAME%") != std::string::npos)) {
            return true;
        }
    }
    return false;
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
        if (default_template_ != nullptr) {
            read_template_of(*default_template_);
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
        complain_about_lacking();
        check_file_names();
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
        if (name != nullptr) {
            read_template_of(*name);
        }
        const Entry* used = name != nullptr ? name : default_template_;
        if (used == nullptr) {
            without_template_.push_back(&item);
        } else {
            segment.filename_template = used->value.string();
            auto& written = templates_[&used->value];
            ++written.segments;
            written.recurs = written.recurs || (!segment.schedule.frequency.empty() &&
                                                segment.schedule.frequency != "ONCE");
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

    void read_template_of(const Entry& entry) {
        auto& written = templates_[&entry.value];
        written.node = &entry.value;
        written.meaning = read_filename_template(entry.value.string());
        if (const auto& fault = written.meaning.fault) {
            add(entry.value.span, {"bad-template", fault->message, fault->suggestion});
        }
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

    void complain_about_lacking() {
        complain_about_lacking(without_schedule_, "schedule");
        complain_about_lacking(without_template_, "filenameTemplate");
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

    void check_file_names() {
        const bool has_folders = has_folder_each(spec_);
        std::map<std::string_view, std::vector<const WrittenTemplate*>> same;
        for (const auto& [node, written] : templates_) {
            if (written.meaning.fault || node->string().empty()) {
                continue;
            }
            same[node->string()].push_back(&written);
            if (!written.meaning.tells_time && written.recurs) {
                add(node->span,
                    {"overwritten-files",
                     "the name has no date or time: each export overwrites the files of the one "
                     "before",
                     "add %DATETIME(YYYYMMdd_HHmmss)% or %TIMESTAMP%", Severity::warning});
            }
        }
        for (const auto& [text, written] : same) {
            std::size_t segments = 0;
            for (const auto* one : written) {
                segments += one->segments;
            }
            if (segments > 1 && !written.front()->meaning.tells_segment && !has_folders) {
                add(first_of(written).span,
                    {"colliding-files",
                     fmt::format("the name is the same for {}: their files overwrite each other",
                                 counted(segments, "segment")),
                     "add %SEGMENT_ID% or %SEGMENT_NAME%", Severity::warning});
            }
        }
    }

    /// The one that stands first in the file.
    static const Node& first_of(const std::vector<const WrittenTemplate*>& written) {
        return *(*std::min_element(written.begin(), written.end(),
                                   [](const auto* a, const auto* b) {
                                       return a->node->span.begin < b->node->span.begin;
                                   }))
                    ->node;
    }

    const Document& document_;
    const Node& spec_;
    Complaints& complaints_;
    const Entry* default_template_;
    const Entry* default_schedule_;
    SegmentSchedule schedule_;
    std::map<const Node*, WrittenTemplate> templates_;
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
