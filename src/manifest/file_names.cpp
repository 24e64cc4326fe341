#include "manifest/file_names.hpp"

#include "base/text.hpp"
#include "manifest/filename_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace penstock::manifest {

namespace {

/// A template as it stands in the file, with what depends on it.
struct WrittenTemplate {
    FilenameTemplate meaning;
    std::size_t segments = 0;
    bool recurs = false; ///< a segment that is exported more than once uses it
};

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

std::vector<std::string> with_signs(const std::vector<std::string>& tokens) {
    std::vector<std::string> result;
    for (const auto& token : tokens) {
        result.push_back(fmt::format("%{}%", token));
    }
    return result;
}

class FileNames {
  public:
    FileNames(const Document& document, const FilenameRules& rules, Complaints& complaints)
        : document_(document), rules_(rules), complaints_(complaints) {}

    void check(const Node& spec, const std::vector<Segment>& segments) {
        const Entry* shared = spec.entry("filenameTemplate");
        if (shared != nullptr) {
            read(shared->value);
        }
        if (const Node* list = spec.find("segments")) {
            auto segment = segments.begin();
            for (const auto& item : list->items) {
                if (item.is_mapping && segment != segments.end()) {
                    const Entry* own = item.entry("filenameTemplate");
                    use(own == nullptr ? shared : own, *segment++);
                }
            }
        }
        check_collisions(has_folder_each(spec));
    }

  private:
    void add(Span span, Complaint complaint) {
        complaints_.add(document_.place(span), std::move(complaint));
    }

    WrittenTemplate& read(const Node& node) {
        const auto [found, added] = templates_.try_emplace(&node);
        if (!added) {
            return found->second;
        }
        auto& meaning = found->second.meaning;
        meaning = read_filename_template(node.string(), rules_);
        if (meaning.fault) {
            add(node.span, {"bad-template", meaning.fault->message, meaning.fault->suggestion});
        } else if (!meaning.missing.empty() && !node.string().empty()) {
            add(node.span, {"missing-token",
                            fmt::format("names of files for {} need {}", rules_.title,
                                        enumerate(with_signs(meaning.missing))),
                            fmt::format("write a name such as \"{}_%DATETIME(YYYYMMdd_HHmmss)%\"",
                                        fmt::join(with_signs(rules_.tokens.required), "_"))});
        }
        return found->second;
    }

    void use(const Entry* entry, const Segment& segment) {
        if (entry == nullptr) {
            return;
        }
        auto& written = read(entry->value);
        ++written.segments;
        written.recurs = written.recurs || (!segment.schedule.frequency.empty() &&
                                            segment.schedule.frequency != "ONCE");
    }

    void check_collisions(bool has_folders) {
        std::map<std::string_view, std::vector<const Node*>> same;
        for (const auto& [node, written] : templates_) {
            if (written.meaning.fault || node->string().empty()) {
                continue;
            }
            same[node->string()].push_back(node);
            if (!written.meaning.tells_time && written.recurs) {
                add(node->span,
                    {"overwritten-files",
                     "the name has no date or time: each export overwrites the files of the one "
                     "before",
                     "add %DATETIME(YYYYMMdd_HHmmss)% or %TIMESTAMP%", Severity::warning});
            }
        }
        for (const auto& [text, nodes] : same) {
            std::size_t segments = 0;
            for (const Node* node : nodes) {
                segments += templates_.at(node).segments;
            }
            const auto& meaning = templates_.at(nodes.front()).meaning;
            // A name that lacks the segment where it must not has been complained about.
            if (segments > 1 && !meaning.tells_segment && meaning.missing.empty() && !has_folders) {
                add(first_of(nodes),
                    {"colliding-files",
                     fmt::format("the name is the same for {}: their files overwrite each other",
                                 counted(segments, "segment")),
                     "add %SEGMENT_ID% or %SEGMENT_NAME%", Severity::warning});
            }
        }
    }

    /// The place of the one that stands first in the file.
    static Span first_of(const std::vector<const Node*>& nodes) {
        return (*std::min_element(
                    nodes.begin(), nodes.end(),
                    [](const Node* a, const Node* b) { return a->span.begin < b->span.begin; }))
            ->span;
    }

    const Document& document_;
    const FilenameRules& rules_;
    Complaints& complaints_;
    std::map<const Node*, WrittenTemplate> templates_;
};

} // namespace

void check_file_names(const Document& document, const Node& spec,
                      const std::vector<Segment>& segments,
                      const catalogue::Destination* destination,
                      const catalogue::Catalogue& catalogue, Complaints& complaints) {
    const auto rules = filename_rules(destination, catalogue);
    FileNames(document, rules, complaints).check(spec, segments);
}

} // namespace penstock::manifest
