#include "live/mapping_sets.hpp"
#include "live/read.hpp"

#include <utility>

namespace penstock::live {

std::optional<flow::MappingSetVersion> named_mapping_set(const model::LiveEntity& entity) {
    const auto& named = model::transformation(entity.document)["profileMapping"];
    const auto& id = named["mappingId"].as_string();
    if (entity.kind != model::EntityKind::flow || id.empty()) {
        return std::nullopt;
    }
    return flow::MappingSetVersion{id, flow::version_number(named["mappingVersion"]).value_or(0)};
}

void read_mapping_set(flow::Client& client, const model::LiveEntity& entity,
                      std::function<void(Result<json::Value>)> done) {
    const auto version = named_mapping_set(entity);
    if (!version) {
        done(json::Value{});
        return;
    }
    client.data_prep().mapping_set(*version, [done = std::move(done)](Result<json::Value> set) {
        const bool absent = !set && set.error().kind == ErrorKind::not_found;
        if (set && set->is_object()) {
            done(compared_part(std::move(*set)));
            return;
        }
        done(absent ? json::Value{} : std::move(set));
    });
}

void fetch(flow::Client& client, const catalogue::Catalogue& catalogue, model::EntityKind kind,
           const std::string& id, std::function<void(Result<model::LiveEntity>)> done) {
    client.get(kind, id,
               [&client, &catalogue, kind, done = std::move(done)](Result<json::Value> document) {
                   if (!document) {
                       done(fail(std::move(document.error())));
                       return;
                   }
                   const auto entity = parse_entity(kind, std::move(*document), catalogue);
                   if (!is_stable(entity)) {
                       done(entity); // it will be asked for again
                       return;
                   }
                   read_mapping_set(client, entity, [entity, done](Result<json::Value> set) {
                       if (!set) {
                           done(fail(std::move(set.error())));
                           return;
                       }
                       auto complete = entity;
                       complete.mapping_set = std::move(*set);
                       done(std::move(complete));
                   });
               });
}

} // namespace penstock::live
