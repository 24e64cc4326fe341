#include "render/segment_fields.hpp"

#include "base/text.hpp"
#include "json/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

namespace penstock::render {

namespace {

using json::Value;

/// So many segments or columns of a new export are listed: more would hide the rest of a plan.
constexpr std::size_t most_listed = 20;

/// The content at the end of `steps` on one side of a change; null if there is none.
const Value& member_of(const std::optional<Value>& content, std::string_view collection,
                       std::string_view name) {
    static const Value nothing;
    return content ? (*content)[collection][name] : nothing;
}

std::optional<std::string> text(const std::optional<Value>& value) {
    return value ? std::optional(value_in_words(*value)) : std::nullopt;
}

/// The value that `member` has in every one of `objects`, if there is one.
std::optional<Value> shared(const json::Object& objects,
                            const std::function<Value(const Value&)>& member) {
    std::optional<Value> common;
    for (const auto& [name, object] : objects) {
        auto value = member(object);
        if (common && !(*common == value)) {
            return std::nullopt;
        }
        common = std::move(value);
    }
    return common;
}

class ContentLister {
  public:
    explicit ContentLister(const model::Content& content) : content_(content) {
        names_.add(content["segments"]);
    }

    std::vector<FieldWords> write() {
        add_segments(content_["segments"].as_object());
        if (const auto& attributes = content_["attributes"]; attributes.is_object()) {
            add_attributes(attributes.as_object());
        } else {
            add_columns(content_["mapping"].as_object());
        }
        if (const auto& fields = content_["mandatoryFields"]; !fields.as_array().empty()) {
            add("mandatory fields", mandatory_fields_in_words(fields));
        }
        if (const auto& keys = content_["deduplicationKeys"]; !keys.as_array().empty()) {
            add("deduplication key", deduplication_key_in_words(keys));
        }
        return std::move(words_);
    }

  private:
    void add_segments(const json::Object& segments) {
        add("segments", std::to_string(segments.size()));
        const bool one_schedule = shared(segments, [](const Value& segment) -> Value {
                                      return segment_plan_in_words(segment);
                                  }).has_value();
        const bool one_file_name = shared(segments, [](const Value& segment) -> Value {
                                       return segment["filenameTemplate"];
                                   }).has_value();
        if (one_schedule) {
            add("schedule", segment_plan_in_words(segments.begin()->second));
        }
        if (one_file_name) {
            const auto& file_name = segments.begin()->second["filenameTemplate"];
            if (!file_name.is_null()) {
                add("file name", value_in_words(file_name));
            }
        }
        list(segments, "segment", [&](const std::string& id, Value segment) {
            if (one_file_name) {
                segment.make_object().erase("filenameTemplate");
            }
            const auto words =
                one_schedule ? segment_extras_in_words(segment) : segment_in_words(segment);
            return names_.label(id) + (words.empty() ? "" : ": ") + words;
        });
    }

    void add_columns(const json::Object& columns) {
        add("columns", std::to_string(columns.size()));
        list(columns, "column", [](const std::string& name, const Value& column) {
            return fmt::format("column {}: from {}", printable(name),
                               column_source_in_words(column));
        });
    }

    void add_attributes(const json::Object& attributes) {
        add("attributes", std::to_string(attributes.size()));
        list(attributes, "attribute", [](const std::string& path, const Value&) {
            return fmt::format("attribute {}", printable(path));
        });
    }

    template <class Words>
    void list(const json::Object& objects, std::string_view noun, const Words& words) {
        std::size_t listed = 0;
        for (const auto& [name, object] : objects) {
            if (listed == most_listed && objects.size() > most_listed + 1) {
                add_line(fmt::format("{} more {}s", objects.size() - listed, noun));
                return;
            }
            add_line(words(name, object));
            ++listed;
        }
    }

    void add_line(std::string line) {
        words_.push_back({std::move(line), std::nullopt, "", Saying::label});
    }

    void add(std::string label, std::string value) {
        words_.push_back({std::move(label), std::nullopt, std::move(value)});
    }

    const model::Content& content_;
    SegmentNames names_;
    std::vector<FieldWords> words_;
};

} // namespace

SegmentFields::SegmentFields(const plan::EntityChange& change) : change_(change) {
    // The names that the manifests give now come first.
    for (const auto* content : {&change.after, &change.before}) {
        if (*content) {
            names_.add((**content)["segments"]);
        }
    }
}

bool SegmentFields::covers(std::string_view member) {
    return member == "segments" || member == "mapping" || member == "attributes" ||
           member == "mandatoryFields" || member == "deduplicationKeys";
}

std::optional<FieldWords> SegmentFields::write(const diff::FieldChange& field,
                                               const std::vector<std::string>& steps) {
    const auto once = [&](const std::string& what) { return said_.insert(what).second; };
    const auto& first = steps.front();
    if (first == "mandatoryFields") {
        return FieldWords{"mandatory fields",
                          mandatory_fields_in_words(field.before.value_or(Value{})),
                          mandatory_fields_in_words(field.after.value_or(Value{}))};
    }
    if (first == "deduplicationKeys") {
        return FieldWords{"deduplication key",
                          deduplication_key_in_words(field.before.value_or(Value{})),
                          deduplication_key_in_words(field.after.value_or(Value{}))};
    }
    if (steps.size() == 1) {
        return FieldWords{first, text(field.before), text(field.after)};
    }
    if (first == "attributes") {
        return FieldWords{fmt::format("attribute {}", printable(steps[1])), text(field.before),
                          text(field.after),
                          field.before && field.after ? Saying::value : Saying::label};
    }
    if (first == "mapping") {
        if (steps.size() == 2) {
            return whole_column(field, steps[1]);
        }
        return once(json::child("/mapping", steps[1])) ? std::optional(column_source(steps[1]))
                                                       : std::nullopt;
    }
    if (steps.size() == 2) {
        return whole_segment(field, steps[1]);
    }
    if (steps[2] == "schedule" || steps[2] == "exportMode") {
        return once(json::child("/segments", steps[1])) ? std::optional(rescheduled(steps[1]))
                                                        : std::nullopt;
    }
    return segment_member(field, steps);
}

FieldWords SegmentFields::whole_segment(const diff::FieldChange& field,
                                        const std::string& id) const {
    FieldWords words{names_.label(id), std::nullopt, std::nullopt, Saying::segment};
    if (field.before) {
        words.before = segment_in_words(*field.before);
    }
    if (field.after) {
        words.after = segment_in_words(*field.after);
    }
    return words;
}

FieldWords SegmentFields::rescheduled(const std::string& id) const {
    auto both = rescheduling_in_words(member_of(change_.before, "segments", id),
                                      member_of(change_.after, "segments", id));
    return {names_.label(id), std::move(both.first), std::move(both.second), Saying::phrase};
}

FieldWords SegmentFields::segment_member(const diff::FieldChange& field,
                                         const std::vector<std::string>& steps) const {
    if (steps[2] == "name") {
        // The reader meets both names, so neither can stand for the segment.
        return {fmt::format("segment {}, name", printable(steps[1])), text(field.before),
                text(field.after)};
    }
    std::string member = steps[2] == "filenameTemplate" ? "file name" : printable(steps[2]);
    for (std::size_t i = 3; i < steps.size(); ++i) {
        member += "." + printable(steps[i]);
    }
    return {fmt::format("{}, {}", names_.label(steps[1]), member), text(field.before),
            text(field.after)};
}

FieldWords SegmentFields::whole_column(const diff::FieldChange& field,
                                       const std::string& name) const {
    FieldWords words{fmt::format("column {}", printable(name)), std::nullopt, std::nullopt,
                     Saying::column};
    const auto from = [](const Value& column) { return "from " + column_source_in_words(column); };
    if (field.before) {
        words.before = from(*field.before);
    }
    if (field.after) {
        words.after = from(*field.after);
    }
    return words;
}

FieldWords SegmentFields::column_source(const std::string& name) const {
    return {fmt::format("column {}", printable(name)),
            column_source_in_words(member_of(change_.before, "mapping", name)),
            column_source_in_words(member_of(change_.after, "mapping", name)), Saying::column};
}

std::vector<FieldWords> segment_content_in_words(const model::Content& content) {
    return ContentLister(content).write();
}

} // namespace penstock::render
