#include "manifest/stored_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::manifest {

StoredTexts::StoredTexts(std::vector<NamedText> texts, std::size_t largest_file)
    : texts_(std::move(texts)), largest_file_(largest_file) {}

bool StoredTexts::add_project_file(Complaints& complaints) {
    if (texts_.empty() || texts_.front().file != project_file) {
        complaints.add(project_file, {"no-project", "penstock.yaml is not among the texts", ""});
        return false;
    }
    files_ = {project_file};
    return true;
}

void StoredTexts::add(const std::string& /*path*/, const Place* /*listed_at*/,
                      Complaints& /*complaints*/) {
    for (auto i = files_.size(); i < texts_.size(); ++i) {
        files_.push_back(texts_[i].file);
    }
}

std::shared_ptr<Source> StoredTexts::read(const std::string& file, Complaints& complaints) const {
    const auto found = std::find_if(texts_.begin(), texts_.end(),
                                    [&](const auto& text) { return text.file == file; });
    if (found == texts_.end()) {
        complaints.add(file, {"unreadable-path", "the file is not among the texts", ""});
        return nullptr;
    }
    if (found->text.size() > largest_file_) {
        complaints.add(file, {"file-too-large",
                              fmt::format("the file has {} bytes; a manifest has at most {}",
                                          found->text.size(), largest_file_),
                              ""});
        return nullptr;
    }
    return std::make_shared<Source>(file, found->text);
}

} // namespace penstock::manifest
