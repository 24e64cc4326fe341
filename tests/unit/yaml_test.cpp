#include "base/text.hpp"
#include "json/text.hpp"
#include "manifest/scalar.hpp"
#include "manifest/yaml.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::manifest;

namespace {

struct Reading {
    std::shared_ptr<Source> source;
    std::vector<Node> documents;
    std::vector<Diagnostic> diagnostics;

    [[nodiscard]] std::string code() const {
        return diagnostics.size() == 1 ? diagnostics.front().code : "";
    }
    [[nodiscard]] SourcePosition at(std::size_t document, std::string_view pointer) const {
        return source->position(manifest::at(documents[document], pointer).span.begin);
    }
};

Reading read(std::string text, const YamlLimits& limits = {}) {
    Reading reading;
    reading.source = std::make_shared<Source>("a.yaml", std::move(text));
    YamlFile file = read_yaml(reading.source, limits);
    reading.documents = std::move(file.documents);
    reading.diagnostics = file.complaints.take();
    return reading;
}

std::string json_of(const std::string& text) {
    const auto reading = read(text);
    if (!reading.diagnostics.empty() || reading.documents.size() != 1) {
        return "refused";
    }
    return json::write(to_json(reading.documents.front()));
}

} // namespace

TEST_CASE("plain scalars mean what YAML 1.2 says, and what is ambiguous stays a string") {
    CHECK(json_of("[1, -7, +7, 0, 0x1F, 0o17]") == "[1,-7,7,0,31,15]");
    CHECK(json_of("[1.5, -0.25, .5, 1e3, 5.]") == "[1.5,-0.25,0.5,1000.0,5.0]");
    CHECK(json_of("[true, False, TRUE, null, ~, Null]") == "[true,false,true,null,null,null]");
    CHECK(json_of("[yes, no, on, off, y]") == R"(["yes","no","on","off","y"])");
    CHECK(json_of("[010, 08, 1_000, 0x, 0o8, 00.5]") ==
          R"(["010","08","1_000","0x","0o8","00.5"])");
    CHECK(json_of("[2027-01-01, 2027-01-01T00:00:00Z, 12:30]") ==
          R"(["2027-01-01","2027-01-01T00:00:00Z","12:30"])");
    CHECK(json_of("[.inf, .nan, -, +, ., 1e, 1.2.3]") ==
          R"([".inf",".nan","-","+",".","1e","1.2.3"])");
    CHECK(json_of(R"(["1", 'true', !!str 1, !!int 7])") == R"(["1","true","1",7])");
    CHECK(resolve_plain("99999999999999999999").is_number());
    CHECK_FALSE(resolve_plain("99999999999999999999").is_integer());
    CHECK(resolve_plain("").is_null());
}

TEST_CASE("a number that is too large stays a string: infinity cannot be sent") {
    for (const std::string text :
         {"1e999", "-1e999", "0x1FFFFFFFFFFFFFFFF", "0o7777777777777777777777", "-0x1"}) {
        CHECK(json_of(text) == json::write(text));
    }
    CHECK(json_of(std::string(400, '9')) == json::write(std::string(400, '9')));
    CHECK(json_of("1e308") == "1e308");
}

TEST_CASE("block scalars, folded text and aliases are read") {
    CHECK(json_of("a: |\n  x\n  y\nb: >\n  x\n  y\n") == R"({"a":"x\ny\n","b":"x y\n"})");
    CHECK(json_of("a: &x {b: 1}\nc: *x\n") == R"({"a":{"b":1},"c":{"b":1}})");
    CHECK(json_of("a:\nb: \n") == R"({"a":null,"b":null})");
}

TEST_CASE("places count lines from 1 and columns in code points") {
    const auto reading = read("größe: {ä: x, b: [1, 2]}\n---\nlist:\n  - a: 1\n    c: 'q'\n");
    REQUIRE(reading.documents.size() == 2);
    CHECK(reading.at(0, "/größe/ä") == SourcePosition{"a.yaml", 1, 12});
    CHECK(reading.at(0, "/größe/b/1") == SourcePosition{"a.yaml", 1, 22});
    CHECK(reading.at(1, "/list/0/c") == SourcePosition{"a.yaml", 5, 8});
    // What is not there is looked for at its nearest parent.
    CHECK(reading.at(1, "/list/7/x") == reading.at(1, "/list"));
}

TEST_CASE("an alias is placed where it is used") {
    const auto reading = read("a: &x 1\nb: *x\n");
    REQUIRE(reading.documents.size() == 1);
    CHECK(reading.at(0, "/b") == SourcePosition{"a.yaml", 2, 4});
}

TEST_CASE("a byte order mark and CRLF change neither content nor places") {
    const auto reading = read("\xef\xbb\xbf"
                              "a: 1\r\nb: x\r\n---\r\nc: |\r\n  y\r\n");
    REQUIRE(reading.diagnostics.empty());
    REQUIRE(reading.documents.size() == 2);
    CHECK(json::write(to_json(reading.documents[0])) == R"({"a":1,"b":"x"})");
    CHECK(reading.at(0, "/a") == SourcePosition{"a.yaml", 1, 4});
    CHECK(reading.at(0, "/b") == SourcePosition{"a.yaml", 2, 4});
    CHECK(reading.source->excerpt({10, 11}).line == "b: x");
}

TEST_CASE("documents are told apart, and empty ones left out") {
    CHECK(read("").documents.empty());
    CHECK(read("# only a comment\n").documents.empty());
    CHECK(read("---\n---\n# x\n---\n").documents.empty());
    CHECK(read("a: 1\n---\nb: 2\n...\n---\nc: 3").documents.size() == 3);
    CHECK(read("%YAML 1.2\n---\na: 1\n").documents.size() == 1);
    CHECK(read("--- {a: 1}\n--- \nb: |\n  --- not a marker\n").documents.size() == 2);
    CHECK(read("a: 1\n---\nb: [\n---\nc: 3\n").documents.size() == 2);
}

TEST_CASE("what the parser would let through is refused") {
    CHECK(read("a: 1\nb: 2\na: 3\n").code() == "duplicate-key");
    CHECK(read(",").code() == "unexpected-content");
    CHECK(read("\"foo\",\"bar\"").code() == "unexpected-content");
    CHECK(read("\"foo\",").code() == "unexpected-content");
    CHECK(read("{a: 1} x").code() == "unexpected-content");
    CHECK(read("\"foo\" \"bar\"").code() == "unexpected-content");
    CHECK(read("&x [*x]").code() == "cyclic-alias");
    CHECK(read("a: &x {b: {c: *x}}").code() == "cyclic-alias");
    CHECK(read("a: \"x\nEOF").code() == "unterminated-string");
    CHECK(read("a: 'x\nEOF").code() == "unterminated-string");
    CHECK(read("a: &k \"x\nEOF").code() == "unterminated-string");
    CHECK(read("<<: {a: 1}").code() == "merge-key");
    CHECK(read("1: a").code() == "bad-key");
    CHECK(read("? [a]\n: b").code() == "bad-key");
    CHECK(read("a: !ruby/object x").code() == "unknown-tag");
    CHECK(read("a: *nowhere").code() == "bad-yaml");
    CHECK(read("a: [1, 2").code() == "unclosed-bracket");
    CHECK(read("a: \xff").code() == "bad-encoding");
    CHECK(read(std::string("a: \0b", 5)).code() == "binary-file");
    CHECK(read("a: \x04 b").code() == "control-character");
}

TEST_CASE("equal keys are reported with both places") {
    const auto reading = read("a: 1\nb: {c: 1, c: 2}\n");
    REQUIRE(reading.diagnostics.size() == 1);
    const auto& diagnostic = reading.diagnostics.front();
    CHECK(diagnostic.position == SourcePosition{"a.yaml", 2, 11});
    REQUIRE(diagnostic.related.size() == 1);
    CHECK(diagnostic.related.front().position == SourcePosition{"a.yaml", 2, 5});
}

TEST_CASE("size, depth and aliases are bounded") {
    CHECK(read(std::string(2000, ' '), {1000, 64, 100}).code() == "file-too-large");
    CHECK(read(std::string(65, '[') + std::string(65, ']')).code() == "too-deep");
    CHECK(read(std::string(60, '[') + std::string(60, ']')).diagnostics.empty());
    CHECK_FALSE(read(std::string(300'000, '[')).code().empty());
    std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c <= 'j'; ++c) {
        const std::string alias = std::string("*") + static_cast<char>(c - 1);
        laughs += std::string(1, c) + ": &" + c + " [" + alias;
        for (int i = 0; i < 9; ++i) {
            laughs += ", " + alias;
        }
        laughs += "]\n";
    }
    CHECK(read(laughs).code() == "too-many-aliases");
}

TEST_CASE("whatever the bytes, the reader answers, in bounded time and with sound places") {
    const std::vector<std::string> seeds{
        "apiVersion: penstock/v1\nkind: Account\nmetadata: {name: a, labels: {x: \"y\"}}\n---\nb: "
        "1\n",
        "a: &x [1, 'two', \"three\\n\", *x]\nb: |\n  text\n? c\n: d\n",
        "{a: [b, {c: d}], e: !!str 1, <<: {f: g}}\n...\n%YAML 1.2\n--- >\n folded\n",
        "\xef\xbb\xbf"
        "a: 1\r\nb:\r\n- c\r\n- d: \"\xc3\xbc\"\r\n"};
    const std::string bytes = "{}[]:,-?&*!|>'\"%@`#\n\r\t \\~abc01\xc3\xbc\xff";
    std::mt19937 random(20270101);
    const auto pick = [&](std::size_t below) {
        return static_cast<std::size_t>(random()) % std::max<std::size_t>(below, 1);
    };
    const auto start = std::chrono::steady_clock::now();
    for (int round = 0; round < 6000; ++round) {
        std::string text = round % 4 == 0 ? std::string() : seeds[pick(seeds.size())];
        if (round % 4 == 0) {
            for (auto left = pick(60); left > 0; --left) {
                text += bytes[pick(bytes.size())];
            }
        }
        for (auto left = pick(6); left > 0 && !text.empty(); --left) {
            const auto at = pick(text.size());
            switch (pick(3)) {
            case 0:
                text.erase(at, 1 + pick(4));
                break;
            case 1:
                text.insert(at, 1, bytes[pick(bytes.size())]);
                break;
            default:
                text[at] =
                    round % 2 == 0 ? bytes[pick(bytes.size())] : static_cast<char>(pick(256));
            }
        }
        CAPTURE(printable(text));
        const auto reading = read(text, {4096, 64, 1000});
        for (const auto& diagnostic : reading.diagnostics) {
            REQUIRE_FALSE(diagnostic.code.empty());
            REQUIRE_FALSE(diagnostic.message.empty());
            REQUIRE(diagnostic.source_line.find('\n') == std::string::npos);
            REQUIRE(diagnostic.position.column <= code_points(diagnostic.source_line) + 1);
        }
        for (const auto& document : reading.documents) {
            REQUIRE_FALSE(json::write(to_json(document)).empty());
        }
    }
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}
