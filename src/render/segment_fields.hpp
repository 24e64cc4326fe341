#pragma once

#include "diff/diff.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "render/segment_words.hpp"
#include "render/words.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

/// Turns the changes of those members of a dataflow into words that only dataflows of segments
/// have, one change after the other. What belongs together is said with the first that changed.
class SegmentFields {
  public:
    explicit SegmentFields(const plan::EntityChange& change);

    /// True for `segments`, `mapping`, `attributes`, `mandatoryFields` and `deduplicationKeys`.
    static bool covers(std::string_view member);

    /// `steps` are those of the change's pointer. Nothing if it was said before. The position is
    /// left to the caller.
    std::optional<FieldWords> write(const diff::FieldChange& field,
                                    const std::vector<std::string>& steps);

  private:
    FieldWords whole_segment(const diff::FieldChange& field, const std::string& id) const;
    FieldWords rescheduled(const std::string& id) const;
    FieldWords segment_member(const diff::FieldChange& field,
                              const std::vector<std::string>& steps) const;
    FieldWords whole_column(const diff::FieldChange& field, const std::string& name) const;
    FieldWords column_source(const std::string& name) const;

    const plan::EntityChange& change_;
    SegmentNames names_;
    std::set<std::string> said_;
};

/// What a new dataflow of segments will export: how many segments and columns, the first of them by
/// name, and what they have in common said once.
std::vector<FieldWords> segment_content_in_words(const model::Content& content);

} // namespace penstock::render
