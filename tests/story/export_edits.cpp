#include "story/export_edits.hpp"

#include "emulator/settings.hpp"

#include <fmt/format.h>

#include <array>

namespace penstock::story {

namespace {

using manifest::DatasetExport;
using manifest::Export;
using test::Random;

constexpr std::array<std::string_view, 3> paths{"path", "remotePath", "blobPath"};

void change_description(Export& document, Random& random) {
    document.description =
        random.one_in(3) ? "" : fmt::format("Für {} – \"x\" ]", random.number(1, 5));
}

void change_place(Export& document, Random& random) {
    for (const auto path : paths) {
        if (document.destination.contains(path)) {
            document.destination[path] = fmt::format("place/{}", random.number(1, 4));
        }
    }
}

void change_format(DatasetExport& document, Random& random) {
    document.destination["datasetFileType"] = random.one_in(3) ? "JSON" : "PARQUET";
    const bool may_be_plain = document.destination.find("datasetFileType")->as_string() != "JSON";
    document.destination["compression"] = may_be_plain && random.one_in(2) ? "NONE" : "GZIP";
}

void change_schedule(DatasetExport& document, Random& random) {
    document.schedule.frequency = static_cast<manifest::DatasetFrequency>(random.number(0, 5));
    document.schedule.start_time += 3600 * random.number(0, 3);
    document.schedule.end_time.reset();
    if (document.schedule.frequency != manifest::DatasetFrequency::once) {
        document.schedule.end_time = 1'861'920'000 + 3600 * random.number(0, 3);
    }
}

void change_datasets(DatasetExport& document, Random& random) {
    static const auto known = emulator::Settings::default_datasets();
    document.datasets.clear();
    const auto start = random.number(0, 3);
    for (int i = random.number(1, 4); i > 0; --i) {
        const auto& dataset = known[static_cast<std::size_t>(start + i) % known.size()];
        document.datasets.push_back({dataset.id, dataset.name});
    }
}

struct Change {
    std::string_view words;
    void (*make)(DatasetExport&, Random&);
};

constexpr std::array<Change, 8> changes{{
    {"description", [](DatasetExport& d, Random& r) { change_description(d, r); }},
    {"switch", [](DatasetExport& d, Random&) { d.enabled = !d.enabled; }},
    {"schedule", change_schedule},
    {"datasets", change_datasets},
    {"name of a dataset",
     [](DatasetExport& d, Random& r) {
         d.datasets.front().name = fmt::format("Name {}", r.number(1, 3));
     }},
    {"folder", [](DatasetExport& d,
                  Random& r) { d.foldername_template = r.one_in(2) ? "" : "%DATASET_ID%"; }},
    {"format", change_format},
    {"place", [](DatasetExport& d, Random& r) { change_place(d, r); }},
}};

} // namespace

std::string change(DatasetExport& document, Random& random) {
    const auto& chosen = random.any(changes);
    chosen.make(document, random);
    return fmt::format("{} of {}", chosen.words, document.metadata.name);
}

std::string change_everything(DatasetExport& document, Random& random) {
    for (const auto& each : changes) {
        each.make(document, random);
    }
    return fmt::format("everything of {}", document.metadata.name);
}

} // namespace penstock::story
