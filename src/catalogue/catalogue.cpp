#include "catalogue/catalogue.hpp"

#include "catalogue/embedded.hpp"
#include "catalogue/read_destination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace penstock::catalogue {

Result<Catalogue> Catalogue::read(const std::vector<std::string_view>& texts) {
    Catalogue catalogue;
    for (const auto text : texts) {
        auto destination = read_destination(text);
        if (!destination) {
            return fail(std::move(destination.error()));
        }
        if (catalogue.find(destination->slug) != nullptr) {
            return fail(ErrorKind::invalid_input,
                        fmt::format("destination {} stands twice", destination->slug));
        }
        catalogue.destinations_.push_back(std::move(*destination));
    }
    std::sort(catalogue.destinations_.begin(), catalogue.destinations_.end(),
              [](const auto& a, const auto& b) { return a.slug < b.slug; });
    return catalogue;
}

const Catalogue& Catalogue::embedded() {
    static const Catalogue catalogue = [] {
        std::vector<std::string_view> texts;
        for (const auto& file : embedded_destinations()) {
            texts.push_back(file.text);
        }
        auto result = read(texts);
        if (!result) {
            throw std::logic_error(result.error().message); // a test reads them all
        }
        return std::move(*result);
    }();
    return catalogue;
}

const Destination* Catalogue::find(std::string_view slug) const {
    const auto found =
        std::find_if(destinations_.begin(), destinations_.end(),
                     [&](const auto& destination) { return destination.slug == slug; });
    return found == destinations_.end() ? nullptr : &*found;
}

const Destination* Catalogue::find_by_connection_spec(std::string_view id) const {
    const auto found =
        std::find_if(destinations_.begin(), destinations_.end(),
                     [&](const auto& destination) { return destination.connection_spec_id == id; });
    return found == destinations_.end() ? nullptr : &*found;
}

std::vector<std::string> Catalogue::slugs() const {
    std::vector<std::string> slugs;
    for (const auto& destination : destinations_) {
        slugs.push_back(destination.slug);
    }
    return slugs;
}

} // namespace penstock::catalogue
