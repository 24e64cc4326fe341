#include "cli/label_selector.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace penstock::cli {

namespace {

using Operator = LabelRequirement::Operator;

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view no_word = " \t\r\n,()=!<>\"";

class SelectorReader {
  public:
    explicit SelectorReader(std::string_view text) : text_(text) {}

    Result<LabelSelector> read() {
        LabelSelector selector;
        do {
            auto requirement = read_requirement();
            if (!requirement) {
                return fail(complaint());
            }
            selector.requirements.push_back(std::move(*requirement));
        } while (take(","));
        if (at_ < text_.size()) {
            expect("a comma");
            return fail(complaint());
        }
        return selector;
    }

  private:
    std::optional<LabelRequirement> read_requirement() {
        LabelRequirement requirement;
        const bool negated = take("!");
        requirement.label = word();
        if (requirement.label.empty()) {
            return expect("the name of a label");
        }
        if (negated) {
            requirement.op = Operator::missing;
            return requirement;
        }
        if (take("!=")) {
            requirement.op = Operator::not_in;
        } else if (take("==") || take("=")) {
            requirement.op = Operator::in;
        } else {
            return read_set(std::move(requirement));
        }
        auto value = read_value();
        if (!value) {
            return std::nullopt;
        }
        requirement.values.push_back(std::move(*value));
        return requirement;
    }

    std::optional<LabelRequirement> read_set(LabelRequirement requirement) {
        skip_white();
        if (at_ == text_.size() || text_[at_] == ',') {
            return requirement;
        }
        const auto start = at_;
        const auto op = word();
        if (op != "in" && op != "notin") {
            at_ = start;
            return expect("=, !=, in, notin or a comma");
        }
        requirement.op = op == "in" ? Operator::in : Operator::not_in;
        if (!take("(")) {
            return expect("(");
        }
        do {
            auto value = read_value();
            if (!value) {
                return std::nullopt;
            }
            requirement.values.push_back(std::move(*value));
        } while (take(","));
        if (!take(")")) {
            return expect("a comma or )");
        }
        return requirement;
    }

    std::optional<std::string> read_value() {
        if (take("\"")) {
            const auto end = text_.find('"', at_);
            if (end == std::string_view::npos) {
                at_ = text_.size();
                expect("a closing \"");
                return std::nullopt;
            }
            std::string value(text_.substr(at_, end - at_));
            at_ = end + 1;
            return value;
        }
        auto value = word();
        if (value.empty()) {
            expect("a value");
            return std::nullopt;
        }
        return value;
    }

    std::string word() {
        skip_white();
        const auto end = std::min(text_.find_first_of(no_word, at_), text_.size());
        std::string result(text_.substr(at_, end - at_));
        at_ = end;
        return result;
    }

    bool take(std::string_view sign) {
        skip_white();
        if (text_.substr(at_, sign.size()) != sign) {
            return false;
        }
        at_ += sign.size();
        return true;
    }

    void skip_white() { at_ = std::min(text_.find_first_not_of(white, at_), text_.size()); }

    std::nullopt_t expect(std::string_view what) {
        skip_white();
        expected_ = what;
        return std::nullopt;
    }

    [[nodiscard]] Error complaint() const {
        return {ErrorKind::invalid_input,
                fmt::format("the selector `{}` is wrong at character {}: expected {}",
                            printable(text_), code_points(text_.substr(0, at_)) + 1, expected_),
                "write for instance `team=crm,tier!=gold`, `team in (crm, web)` or `!legacy`; a "
                "value may stand in double quotes",
                {}};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view expected_;
};

} // namespace

bool LabelRequirement::matches(const std::map<std::string, std::string>& labels) const {
    const auto found = labels.find(label);
    const bool exists = found != labels.end();
    const bool listed =
        exists && std::find(values.begin(), values.end(), found->second) != values.end();
    switch (op) {
    case Operator::in:
        return listed;
    case Operator::not_in:
        return !listed;
    case Operator::exists:
        return exists;
    case Operator::missing:
        return !exists;
    }
    return false;
}

bool LabelSelector::matches(const std::map<std::string, std::string>& labels) const {
    return std::all_of(requirements.begin(), requirements.end(),
                       [&](const auto& requirement) { return requirement.matches(labels); });
}

Result<LabelSelector> parse_selector(std::string_view text) {
    return SelectorReader(text).read();
}

} // namespace penstock::cli
