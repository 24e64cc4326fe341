#include "bench/bounds.hpp"

#include "bench/answers.hpp"
#include "support/files.hpp"

#include <stdexcept>
// As in the tool, since what they share may be linked once.
#define RAPIDJSON_ASSERT(condition)                                                                \
    ((condition) ? static_cast<void>(0) : throw std::logic_error("rapidjson: " #condition))
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>

namespace penstock::bench {

namespace {

class NoYamlEvents final : public YAML::EventHandler {
  public:
    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  const std::string& /*value*/) override {}
    void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                         YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                    YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
    void OnMapEnd() override {}
};

class TextBuffer final : public std::streambuf {
  public:
    explicit TextBuffer(std::string& text) {
        setg(text.data(), text.data(), text.data() + text.size());
    }
};

void read_document(std::string text) {
    TextBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    NoYamlEvents events;
    if (!parser.HandleNextDocument(events)) {
        throw std::runtime_error("no YAML document where one was written");
    }
}

void read_file(const std::filesystem::path& file) {
    const auto text = test::read_file(file);
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find("\n---\n", begin), text.size() - 1) + 1;
        read_document(text.substr(begin, end - begin));
        begin = end;
    }
}

struct NoJsonEvents : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, NoJsonEvents> {
    static bool Default() { return true; }
};

} // namespace

void read_manifests(const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            read_file(entry.path());
        }
    }
}

void read_answers_as_events(const std::filesystem::path& answers) {
    Answers(answers).for_each_body([](const std::string& name, std::string& body) {
        rapidjson::MemoryStream stream(body.data(), body.size());
        rapidjson::Reader reader;
        NoJsonEvents events;
        if (!reader.Parse(stream, events)) {
            throw std::runtime_error("no JSON: " + name);
        }
    });
}

void read_answers_as_documents(const std::filesystem::path& answers) {
    Answers(answers).for_each_body([](const std::string& name, std::string& body) {
        rapidjson::Document document;
        if (document.Parse(body.data(), body.size()).HasParseError()) {
            throw std::runtime_error("no JSON: " + name);
        }
    });
}

} // namespace penstock::bench
