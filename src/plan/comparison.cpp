#include "plan/comparison.hpp"

#include "base/parallel.hpp"

#include <utility>

namespace penstock::plan {

model::Content comparable(const model::LiveEntity& live, const model::DesiredEntity& desired,
                          const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue) {
    return normalise::align(normalise::canonical(live, kept, catalogue), live, desired);
}

std::vector<std::optional<Comparison>>
compare_all(const model::DesiredGraph& desired, const Choice& chosen,
            const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue,
            const std::function<bool(const model::EntityKey&)>& looked_at) {
    std::vector<std::optional<Comparison>> compared(desired.entities.size());
    for_each_on_all_cores(compared.size(), [&](std::size_t i) {
        const auto& entity = desired.entities[i];
        const auto live = chosen.find(entity.key);
        if (live == chosen.end() || !looked_at(entity.key)) {
            return;
        }
        auto before = comparable(*live->second, entity, kept, catalogue);
        if (auto fields = diff::compare(before, entity.content); !fields.empty()) {
            compared[i] = Comparison{std::move(before), std::move(fields)};
        }
    });
    return compared;
}

} // namespace penstock::plan
