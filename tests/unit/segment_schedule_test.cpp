#include "catalogue/catalogue.hpp"
#include "manifest/load.hpp"
#include "support/files.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace penstock;

namespace {

using Words = std::vector<std::string>;

/// What one schedule says; empty: the field is not written.
struct Combination {
    std::string mode;
    std::string frequency;
    std::string trigger;
    std::string start_date;
    std::string start_time;
    std::string end_date;
};

const std::string start = "2027-03-10";
const std::string after = "2027-03-11";
const std::string before = "2027-03-09";

std::vector<Combination> all_combinations() {
    std::vector<Combination> all;
    for (const std::string mode : {"DAILY_FULL_EXPORT", "FIRST_FULL_THEN_INCREMENTAL"}) {
        for (const std::string frequency :
             {"ONCE", "DAILY", "EVERY_3_HOURS", "EVERY_6_HOURS", "EVERY_8_HOURS", "EVERY_9_HOURS",
              "EVERY_12_HOURS", "WEEKLY", "MONTHLY"}) {
            for (const std::string trigger : {"", "SCHEDULED", "AFTER_SEGMENT_EVAL"}) {
                for (const std::string& start_date : {start, std::string()}) {
                    for (const std::string start_time : {"", "12:00", "12:30"}) {
                        for (const std::string& end_date : {std::string(), after, before}) {
                            all.push_back(
                                {mode, frequency, trigger, start_date, start_time, end_date});
                        }
                    }
                }
            }
        }
    }
    return all;
}

enum class Presence { required, allowed, not_allowed };

/// The table of the reference, section 6.2, row for row.
struct Row {
    std::string mode;
    Words frequencies;
    Words triggers; ///< an empty word: it may be left out
    Presence start_date;
    Presence start_time;
    Presence end_date;
};

const std::vector<Row> table{
    {"DAILY_FULL_EXPORT",
     {"ONCE"},
     {"SCHEDULED"},
     Presence::required,
     Presence::required,
     Presence::not_allowed},
    {"DAILY_FULL_EXPORT",
     {"ONCE"},
     {"AFTER_SEGMENT_EVAL"},
     Presence::required,
     Presence::not_allowed,
     Presence::not_allowed},
    {"DAILY_FULL_EXPORT",
     {"DAILY"},
     {"SCHEDULED"},
     Presence::required,
     Presence::required,
     Presence::allowed},
    {"DAILY_FULL_EXPORT",
     {"DAILY"},
     {"AFTER_SEGMENT_EVAL"},
     Presence::required,
     Presence::not_allowed,
     Presence::allowed},
    {"DAILY_FULL_EXPORT",
     {"WEEKLY", "MONTHLY"},
     {"SCHEDULED"},
     Presence::required,
     Presence::required,
     Presence::allowed},
    {"FIRST_FULL_THEN_INCREMENTAL",
     {"DAILY", "EVERY_3_HOURS", "EVERY_6_HOURS", "EVERY_8_HOURS", "EVERY_12_HOURS"},
     {"SCHEDULED", ""},
     Presence::required,
     Presence::required,
     Presence::allowed}};

bool contains(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool fits(Presence presence, bool is_written) {
    return presence == Presence::allowed || is_written == (presence == Presence::required);
}

bool is_legal(const Combination& given) {
    return given.start_time != "12:30" && given.end_date != before &&
           std::any_of(table.begin(), table.end(), [&](const Row& row) {
               return row.mode == given.mode && contains(row.frequencies, given.frequency) &&
                      contains(row.triggers, given.trigger) &&
                      fits(row.start_date, !given.start_date.empty()) &&
                      fits(row.start_time, !given.start_time.empty()) &&
                      fits(row.end_date, !given.end_date.empty());
           });
}

bool is_long(const Combination& given) {
    return given.frequency == "WEEKLY" || given.frequency == "MONTHLY";
}

/// Warnings that a legal schedule gets.
std::set<std::string> expected_warnings(const Combination& given) {
    std::set<std::string> codes;
    if (is_long(given)) {
        codes.insert("long-frequency");
    }
    if (given.frequency != "ONCE" && given.end_date.empty()) {
        codes.insert("no-end-date");
    }
    return codes;
}

std::string title(const Combination& given) {
    const auto or_none = [](const std::string& text) { return text.empty() ? "-" : text; };
    return fmt::format("{} {} {} start {} {} end {}", given.mode, given.frequency,
                       or_none(given.trigger), or_none(given.start_date), or_none(given.start_time),
                       or_none(given.end_date));
}

std::string document(const Combination& given, std::size_t number, const std::string& account) {
    std::string text = fmt::format(R"(---
apiVersion: penstock/v1
kind: SegmentExport
metadata: {{name: s{}}}
spec:
  account: {}
  destination: {{path: crm, fileType: JSON, compression: NONE}}
  filenameTemplate: "%SEGMENT_ID%_%TIMESTAMP%"
  segments: [{{id: 25768be6-ebd5-45cc-8913-12fb3f348613}}]
  mapping: [{{source: person.name, destination: name}}]
  schedule:
)",
                                   number, account);
    for (const auto& [field, value] :
         {std::pair<std::string_view, const std::string&>{"exportMode", given.mode},
          {"frequency", given.frequency},
          {"triggerType", given.trigger},
          {"startDate", given.start_date},
          {"startTime", given.start_time},
          {"endDate", given.end_date}}) {
        if (!value.empty()) {
            text += fmt::format("    {}: {}\n", field, value);
        }
    }
    return text;
}

constexpr const char* project = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme}
spec:
  environments:
    prod:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: prod
      auth: {clientId: id, clientSecret: {file: secret.txt}}
---
apiVersion: penstock/v1
kind: Account
metadata: {name: zone}
spec: {destination: data-landing-zone}
---
apiVersion: penstock/v1
kind: Account
metadata: {name: lake}
spec: {destination: adls-gen2, connectionId: 0f2c1b5e-7a3d-4c1e-9b8f-2d6e5a4c3b2a}
)";

/// The diagnostics of each combination, in one run over all of them.
std::vector<std::vector<Diagnostic>> check_all(const std::vector<Combination>& combinations,
                                               const std::string& account) {
    std::string text;
    std::map<unsigned, std::size_t> by_line; // of a document's first line
    unsigned line = 1;
    for (std::size_t i = 0; i < combinations.size(); ++i) {
        const auto one = document(combinations[i], i, account);
        by_line.emplace(line, i);
        line += static_cast<unsigned>(std::count(one.begin(), one.end(), '\n'));
        text += one;
    }
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    test::write_file(folder.path() / "all.yaml", text);
    const auto result = manifest::load(folder.path().string(), catalogue::Catalogue::embedded());
    std::vector<std::vector<Diagnostic>> found(combinations.size());
    for (const auto& diagnostic : result.diagnostics) {
        if (diagnostic.position.file == "all.yaml") {
            const auto next = by_line.upper_bound(diagnostic.position.line);
            found[std::prev(next)->second].push_back(diagnostic);
        }
    }
    return found;
}

bool has_error(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error;
    });
}

std::set<std::string> codes(const std::vector<Diagnostic>& diagnostics) {
    std::set<std::string> all;
    for (const auto& diagnostic : diagnostics) {
        all.insert(diagnostic.code);
    }
    return all;
}

std::string text_of(const Diagnostic& diagnostic) {
    auto text =
        fmt::format("{}[{}]: {}\n", diagnostic.severity == Severity::error ? "error" : "warning",
                    diagnostic.code, diagnostic.message);
    if (!diagnostic.suggestion.empty()) {
        text += fmt::format("    help: {}\n", diagnostic.suggestion);
    }
    return text;
}

/// Texts by the number of their first appearance, so that a golden file holds each once.
class Numbered {
  public:
    std::size_t number_of(const std::string& text) {
        const auto at = std::find(texts_.begin(), texts_.end(), text);
        const auto index = static_cast<std::size_t>(at - texts_.begin());
        if (at == texts_.end()) {
            texts_.push_back(text);
        }
        return index + 1;
    }

    [[nodiscard]] std::string list() const {
        std::string all;
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            all += fmt::format("{:2}. {}", i + 1, texts_[i]);
        }
        return all;
    }

  private:
    std::vector<std::string> texts_;
};

} // namespace

TEST_CASE("each combination of the schedule table is legal or has its golden diagnostic") {
    const auto combinations = all_combinations();
    REQUIRE(combinations.size() == 972);
    const auto found = check_all(combinations, "zone");
    Numbered texts;
    std::string rows;
    std::size_t legal = 0;
    for (std::size_t i = 0; i < combinations.size(); ++i) {
        const auto name = title(combinations[i]);
        CAPTURE(name);
        const bool expected = is_legal(combinations[i]);
        CHECK(has_error(found[i]) == !expected);
        if (expected) {
            ++legal;
            CHECK(codes(found[i]) == expected_warnings(combinations[i]));
            continue;
        }
        rows += name + ":";
        for (const auto& diagnostic : found[i]) {
            rows += fmt::format(" {}", texts.number_of(text_of(diagnostic)));
        }
        rows += "\n";
    }
    CHECK(legal == 30);
    test::check_golden("segment_schedules.txt", texts.list() + "\n" + rows);
}

TEST_CASE("ADLS Gen2 has no weekly and no monthly exports") {
    const auto combinations = all_combinations();
    const auto found = check_all(combinations, "lake");
    for (std::size_t i = 0; i < combinations.size(); ++i) {
        const auto name = title(combinations[i]);
        CAPTURE(name);
        CHECK(has_error(found[i]) == (!is_legal(combinations[i]) || is_long(combinations[i])));
        const bool is_full = combinations[i].mode == "DAILY_FULL_EXPORT";
        CHECK((codes(found[i]).count("frequency-not-allowed") == 1) ==
              (is_full && is_long(combinations[i])));
    }
}
