#include "manifest/yaml_tree.hpp"

#include "manifest/scalar.hpp"
#include "manifest/wording.hpp"
#include "manifest/yaml_message.hpp"
#include "manifest/yaml_text.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <utility>

namespace penstock::manifest {

namespace {

/// Leaves yaml-cpp's parser; the complaint is already made.
struct Stop {};

/// yaml-cpp reads a stream; this one reads the text where it stands.
class TextBuffer : public std::streambuf {
  public:
    explicit TextBuffer(std::string_view text) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): std::streambuf only reads here
        char* begin = const_cast<char*>(text.data());
        setg(begin, begin, begin + text.size());
    }
};

/// Builds our tree from yaml-cpp's events, which tell more than its own nodes do: the place of each
/// alias, equal keys, and what is still open.
class TreeBuilder : public YAML::EventHandler {
  public:
    TreeBuilder(const std::shared_ptr<const Source>& source, Span part, const YamlLimits& limits,
                std::size_t& alias_nodes)
        : source_(source), part_(part), limits_(limits), alias_nodes_(alias_nodes),
          reached_(part.begin) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (finished_) {
            complain(
                spot(mark), "unexpected-content", "unexpected content after the document",
                "a further document starts with a line `---`; text with `,` or `\"` needs quotes "
                "around all of it");
            throw Stop{};
        }
    }
    void OnDocumentEnd() override { finished_ = true; }

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.span = spot(mark);
        const auto written = source_->text().substr(node.span.begin);
        for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
            if (written.substr(0, word.size()) == word) {
                node.span.end = node.span.begin + word.size();
                node.text = word;
            }
        }
        if (node.text.empty() && !open_.empty() && open_.back().key) {
            node.span = open_.back().key->second;
        }
        add(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const Span place = word_at(text(), spot(mark).begin);
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) {
            complain(place, "cyclic-alias", "the alias stands inside the value that it names",
                     "a manifest has no use for a value that contains itself; write the value out");
            throw Stop{};
        }
        spend(known->second.size, place);
        Node copy = known->second;
        copy.span = place;
        add(std::move(copy), 0);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node;
        node.span = span_of_scalar(after_properties(text(), spot(mark).begin), value);
        reached_ = node.span.end;
        check_tag(tag, node.span, {"?", "!", "str", "int", "float", "bool", "null"});
        if (tag == "?" || is_core(tag, "int") || is_core(tag, "float") || is_core(tag, "bool") ||
            is_core(tag, "null")) {
            node.scalar = resolve_plain(value);
            node.text = value;
        } else {
            node.scalar = value;
        }
        add(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        check_tag(tag, spot(mark), {"?", "!", "seq"});
        open(mark, anchor).is_sequence = true;
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        check_tag(tag, spot(mark), {"?", "!", "map"});
        open(mark, anchor).is_mapping = true;
    }
    void OnMapEnd() override { close(); }

    /// The bracket of the innermost flow collection that is still open.
    [[nodiscard]] std::optional<std::size_t> open_bracket() const {
        for (auto frame = open_.rbegin(); frame != open_.rend(); ++frame) {
            const std::size_t begin = frame->node.span.begin;
            const char c = begin < part_.end ? source_->text()[begin] : ' ';
            if (c == '{' || c == '[') {
                return begin;
            }
        }
        return std::nullopt;
    }

    void complain_of_bracket(std::size_t at) {
        const char bracket = source_->text()[at];
        complain({at, at + 1}, "unclosed-bracket",
                 fmt::format("the `{}` that opens here is never closed", bracket),
                 bracket == '{' ? "close the mapping with `}`" : "close the list with `]`");
    }

    [[nodiscard]] bool finished() const { return finished_; }
    [[nodiscard]] Node take() { return std::move(root_); }

    void complain(Span span, std::string code, std::string message, std::string suggestion = {}) {
        complaints_.add({source_, span},
                        {std::move(code), std::move(message), std::move(suggestion)});
    }

    [[nodiscard]] Span spot(const YAML::Mark& mark) const {
        const std::size_t offset = mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
        const std::size_t begin = std::min(part_.begin + offset, part_.end);
        return {begin, begin};
    }

    void complain_of_quote(std::size_t at) {
        complain({at, at + 1}, "unterminated-string", "the quote that opens here is never closed",
                 source_->text()[at] == '"' ? "close the string with `\"`"
                                            : "close the string with `'`");
    }

    /// Everything read of the document so far ended before here.
    [[nodiscard]] std::size_t reached() const { return reached_; }
    [[nodiscard]] std::string_view text() const { return source_->text().substr(0, part_.end); }
    [[nodiscard]] Complaints take_complaints() { return std::move(complaints_); }
    [[nodiscard]] bool sound() const { return complaints_.errors() == 0; }
    /// What went wrong before may follow from what is about to be complained of.
    void forget_complaints() { complaints_ = Complaints{}; }

  private:
    struct Open {
        Node node;
        YAML::anchor_t anchor = 0;
        std::optional<std::pair<std::string, Span>> key; ///< read, its value not yet
        bool dropped = false;                            ///< the next value has no usable key
    };

    static bool is_core(std::string_view tag, std::string_view type) {
        constexpr std::string_view prefix = "tag:yaml.org,2002:";
        return tag.substr(0, prefix.size()) == prefix && tag.substr(prefix.size()) == type;
    }

    void check_tag(std::string_view tag, Span place,
                   std::initializer_list<std::string_view> types) {
        const bool known = tag.empty() || std::any_of(types.begin(), types.end(), [&](auto type) {
                               return tag == type || is_core(tag, type);
                           });
        if (!known) {
            complain(place, "unknown-tag", fmt::format("the tag `{}` has no meaning here", tag),
                     "manifests are plain YAML; remove the tag");
        }
    }

    Node& open(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (open_.size() >= limits_.depth) {
            complain(spot(mark), "too-deep",
                     fmt::format("nested deeper than {} levels", limits_.depth));
            throw Stop{};
        }
        refuse_as_key(spot(mark));
        Open frame;
        frame.node.span = spot(mark);
        frame.node.span.end += 1;
        frame.anchor = anchor;
        open_.push_back(std::move(frame));
        return open_.back().node;
    }

    void close() {
        Open frame = std::move(open_.back());
        open_.pop_back();
        place(std::move(frame.node), frame.anchor);
    }

    /// A collection in the place of a key. The parser also takes a bracket for the start of a key
    /// when it is never closed, which is the likelier mistake.
    void refuse_as_key(Span place) {
        if (!expects_key()) {
            return;
        }
        const auto text = this->text();
        const auto open = open_bracket_or_quote(text, place.begin);
        if (open && (text[*open] == '"' || text[*open] == '\'')) {
            complain_of_quote(*open);
        } else if (open) {
            complain_of_bracket(*open);
        } else {
            complain(place, "bad-key", "a key must be a plain word, not a list or a mapping",
                     "quote text that begins with `{` or `[`");
        }
        throw Stop{};
    }

    [[nodiscard]] bool expects_key() const {
        return !open_.empty() && open_.back().node.is_mapping && !open_.back().key;
    }

    void add(Node node, YAML::anchor_t anchor) {
        if (!expects_key()) {
            place(std::move(node), anchor);
            return;
        }
        Open& mapping = open_.back();
        mapping.key.emplace(node.string(), node.span);
        if (node.is_mapping || node.is_sequence || !node.is_string()) {
            complain(node.span, "bad-key", "a key must be a string",
                     node.text.empty() ? "" : fmt::format("write `\"{}\"`", node.text));
            mapping.dropped = true;
        } else if (node.text == "<<") {
            complain(
                node.span, "merge-key", "merge keys (`<<`) are not supported",
                "YAML 1.2 has none; write the fields out, or use an alias for one whole value");
            mapping.dropped = true;
        } else if (const Entry* first = mapping.node.entry(node.string())) {
            complaints_.add({source_, node.span},
                            {"duplicate-key",
                             fmt::format("the key `{}` stands twice", shortened(node.string())),
                             "remove one of the two"},
                            {source_, first->span}, "first written here");
            mapping.dropped = true;
        } else if (anchor != 0) {
            remember(anchor, node);
        }
    }

    /// Puts a finished value where it belongs.
    void place(Node node, YAML::anchor_t anchor) {
        if (anchor != 0) {
            remember(anchor, node);
        }
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        parent.node.size += node.size;
        parent.node.span.end = std::max(parent.node.span.end, node.span.end);
        if (parent.node.is_sequence) {
            parent.node.items.push_back(std::move(node));
            return;
        }
        if (!std::exchange(parent.dropped, false)) {
            parent.node.entries.push_back(
                {std::move(parent.key->first), parent.key->second, std::move(node)});
        }
        parent.key.reset();
    }

    void remember(YAML::anchor_t anchor, const Node& node) {
        spend(node.size, node.span);
        anchors_.insert_or_assign(anchor, node);
    }

    void spend(std::size_t nodes, Span place) {
        if (nodes > alias_nodes_) {
            complain(place, "too-many-aliases",
                     fmt::format("the file's aliases stand for more than {} values",
                                 limits_.alias_nodes));
            throw Stop{};
        }
        alias_nodes_ -= nodes;
    }

    [[nodiscard]] Span span_of_scalar(std::size_t begin, const std::string& value) {
        const auto text = this->text();
        if (begin >= text.size()) {
            return {begin, begin};
        }
        if (text[begin] == '"' || text[begin] == '\'') {
            const auto end = closing_quote(text, begin);
            if (!end) {
                complain_of_quote(begin);
                throw Stop{};
            }
            return {begin, *end};
        }
        if (text.compare(begin, value.size(), value) == 0) {
            return {begin, begin + value.size()};
        }
        return {begin, end_of_block(text, begin)};
    }

    std::shared_ptr<const Source> source_;
    Span part_;
    const YamlLimits& limits_;
    std::size_t& alias_nodes_;
    Complaints complaints_;
    std::size_t reached_ = 0;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    Node root_;
    bool finished_ = false;
};

/// Complains about what the parser stopped at, where possible at the character that began it.
void explain(TreeBuilder& builder, const YAML::Exception& error) {
    const auto bracket = builder.open_bracket();
    const auto quote = unclosed_quote(builder.text(), builder.reached());
    if (is_about_open_quote(error.msg) && quote) {
        builder.forget_complaints();
        builder.complain_of_quote(*quote);
    } else if (is_about_open_bracket(error.msg) && bracket) {
        builder.forget_complaints();
        builder.complain_of_bracket(*bracket);
    } else {
        auto [message, suggestion] = explain_yaml_error(error.msg);
        builder.complain(builder.spot(error.mark), "bad-yaml", std::move(message),
                         std::move(suggestion));
    }
}

} // namespace

void read_part(const std::shared_ptr<const Source>& source, Span part, const YamlLimits& limits,
               std::size_t& alias_nodes, YamlFile& file) {
    TreeBuilder builder(source, part, limits, alias_nodes);
    try {
        TextBuffer buffer(source->text().substr(part.begin, part.end - part.begin));
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        if (parser.HandleNextDocument(builder) && builder.finished()) {
            Node root = builder.take();
            parser.HandleNextDocument(builder);
            if (!root.is_absent() && builder.sound()) {
                file.documents.push_back(std::move(root));
            }
        }
    } catch (const Stop&) {
        // The complaint is made.
    } catch (const YAML::Exception& error) {
        explain(builder, error);
    } catch (const std::exception&) {
        builder.complain({part.begin, part.begin}, "bad-yaml", "this document cannot be read");
    }
    file.complaints.append(builder.take_complaints());
}

} // namespace penstock::manifest
