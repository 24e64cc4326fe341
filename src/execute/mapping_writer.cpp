#include "execute/mapping_writer.hpp"

#include "json/text.hpp"
#include "normalise/segments.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::execute {

namespace {

using json::Array;
using json::Object;
using json::Value;

/// Passes a value on, or ends the writing with the failure.
template <class Next, class Failed>
auto or_fail(Next next, Failed failed) {
    return [next = std::move(next), failed = std::move(failed)](auto result) {
        if (result) {
            next(std::move(*result));
        } else {
            failed(fail(std::move(result.error())));
        }
    };
}

/// An identity is a list of ids, everything else is text.
Value column_schema(const std::string& name, const Value& column) {
    if (!column["source"].as_string().starts_with("identityMap.") ||
        column["sourceType"] != Value("ATTRIBUTE")) {
        return Object{{"title", name}, {"type", "string"}};
    }
    const Object id{{"title", "id"}, {"type", "string"}, {"meta:xdmType", "string"}};
    return Object{{"title", name},
                  {"type", "array"},
                  {"items", Object{{"type", "object"},
                                   {"properties", Object{{"id", id}}},
                                   {"meta:xdmType", "object"}}},
                  {"meta:xdmType", "array"}};
}

} // namespace

Value output_schema(Value partner_schema, const Object& columns) {
    auto& properties = partner_schema.make_object()["properties"].make_object();
    for (const auto& [name, column] : columns) {
        properties[name] = column_schema(name, column);
    }
    return partner_schema;
}

Value mapping_set(const std::string& name, const std::string& input_schema,
                  const std::string& output_schema, const Object& columns) {
    Array mappings;
    for (const auto& [destination, column] : columns) {
        mappings.emplace_back(Object{{"destination", destination},
                                     {"source", column["source"]},
                                     {"sourceType", column["sourceType"]}});
    }
    return Object{{"name", name},
                  {"inputSchema", Object{{"id", input_schema}}},
                  {"outputSchema", Object{{"id", output_schema}}},
                  {"mappings", std::move(mappings)},
                  {"xdmVersion", "1.0"}};
}

struct MappingWriter::Writing {
    const plan::WriteMapping& operation;
    Done done;
    std::string input = {};
    std::string output = {};

    [[nodiscard]] const Object& columns() const {
        return operation.desired.content["mapping"].as_object();
    }
};

void MappingWriter::write(const plan::WriteMapping& operation, Done done) {
    const auto writing = std::make_shared<Writing>(Writing{operation, std::move(done)});
    if (operation.mapping_set.empty()) {
        find_left_over(writing);
    } else {
        find_input(writing);
    }
}

void MappingWriter::find_left_over(const std::shared_ptr<Writing>& writing) {
    client_.data_prep().mapping_sets_named(
        writing->operation.name,
        or_fail(
            [this, writing](const std::vector<Value>& sets) {
                for (const auto& set : sets) {
                    if (Value(normalise::columns(set)) == Value(writing->columns())) {
                        writing->done(flow::MappingSetVersion{set["id"].as_string(),
                                                              set["version"].as_integer()});
                        return;
                    }
                }
                find_input(writing);
            },
            writing->done));
}

/// One for the whole run: the union schema is large, and the same for every export.
void MappingWriter::find_input(const std::shared_ptr<Writing>& writing) {
    const auto make = [this, writing](const SchemaDone& done) {
        client_.data_prep().union_schema(or_fail(
            [this, writing, done](const Value& union_schema) {
                try_candidate("penstock input schema", union_schema,
                              writing->operation.input_schemas, done);
            },
            done));
    };
    schemas_.get("input",
                 or_fail(
                     [this, writing](std::string id) {
                         writing->input = std::move(id);
                         find_output(writing);
                     },
                     writing->done),
                 make);
}

void MappingWriter::find_output(const std::shared_ptr<Writing>& writing) {
    const auto& spec = writing->operation.connection_spec;
    documents_.get(
        "connection spec " + spec,
        or_fail(
            [this, writing](const Value& connection_spec) {
                const auto& partner =
                    connection_spec["targetSpec"]["attributes"]["partnerSchema"]["jsonSchema"];
                schema("penstock output schema", output_schema(partner, writing->columns()),
                       writing->operation.output_schemas,
                       or_fail(
                           [this, writing](std::string id) {
                               writing->output = std::move(id);
                               put(writing);
                           },
                           writing->done));
            },
            writing->done),
        [this, spec](auto done) { client_.connection_spec(spec, std::move(done)); });
}

void MappingWriter::put(const std::shared_ptr<Writing>& writing) {
    auto set =
        mapping_set(writing->operation.name, writing->input, writing->output, writing->columns());
    client_.data_prep().validate(set, [this, writing, set](Result<void> valid) {
        if (!valid) {
            writing->done(fail(std::move(valid.error())));
        } else if (writing->operation.mapping_set.empty()) {
            client_.data_prep().create_mapping_set(set, writing->done);
        } else {
            client_.data_prep().add_version(writing->operation.mapping_set, set, writing->done);
        }
    });
}

void MappingWriter::schema(const std::string& name, const Value& content,
                           const std::vector<std::string>& candidates, SchemaDone done) {
    schemas_.get(json::digest(content), std::move(done),
                 [this, name, content, candidates](SchemaDone found) {
                     try_candidate(name, content, candidates, std::move(found));
                 });
}

/// A candidate that cannot be read does not stop anything: it is not used.
void MappingWriter::try_candidate(const std::string& name, const Value& content,
                                  std::vector<std::string> candidates, SchemaDone done) {
    if (candidates.empty()) {
        client_.data_prep().create_schema(name, content, std::move(done));
        return;
    }
    const auto id = candidates.front();
    candidates.erase(candidates.begin());
    documents_.get(
        "schema " + id,
        [this, name, content, candidates = std::move(candidates), id,
         done = std::move(done)](const Result<Value>& document) {
            if (document && (*document)["jsonSchema"] == content) {
                done(id);
            } else {
                try_candidate(name, content, candidates, done);
            }
        },
        [this, id](auto found) { client_.data_prep().schema(id, std::move(found)); });
}

} // namespace penstock::execute
