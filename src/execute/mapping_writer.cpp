#include "execute/mapping_writer.hpp"

#include "execute/interruption.hpp"
#include "http/retry.hpp"
#include "json/text.hpp"
#include "model/source_path.hpp"
#include "normalise/segments.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::execute {

namespace {

using json::Array;
using json::Object;
using json::Value;

/// How often a create is sent in all.
constexpr int most_creates = 4;

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
    if (!model::identity_namespace(column)) {
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
    std::string set = {}; ///< that gets another version; empty: a new one is made
    Value left_over = {}; ///< a set that has these columns already
    std::string input = {};
    std::string output = {};
    int creates = 0;

    [[nodiscard]] const Object& columns() const {
        return operation.desired.content["mapping"].as_object();
    }
};

void MappingWriter::write(const plan::WriteMapping& operation, Done done) {
    const auto writing = std::make_shared<Writing>(Writing{operation, std::move(done)});
    writing->set = operation.mapping_set;
    find_left_over(writing, [this, writing] { find_output(writing); });
}

/// Looks for what an interrupted run, or a create without an answer, has made.
void MappingWriter::find_left_over(const std::shared_ptr<Writing>& writing,
                                   std::function<void()> next) {
    client_.data_prep().mapping_sets_named(
        writing->operation.name,
        or_fail(
            [writing, next = std::move(next)](const std::vector<Value>& sets) {
                for (const auto& set : sets) {
                    if (writing->left_over.is_null() &&
                        Value(normalise::columns(set)) == Value(writing->columns())) {
                        writing->left_over = set;
                    }
                    if (writing->set.empty() &&
                        set["name"].as_string() == writing->operation.name) {
                        writing->set = set["id"].as_string();
                    }
                }
                next();
            },
            writing->done));
}

void MappingWriter::find_output(const std::shared_ptr<Writing>& writing) {
    const auto& spec = writing->operation.connection_spec;
    documents_.get(
        "connection spec " + spec,
        or_fail(
            [this, writing](const Value& connection_spec) {
                const auto& partner =
                    connection_spec["targetSpec"]["attributes"]["partnerSchema"]["jsonSchema"];
                if (!partner["properties"].is_object()) {
                    writing->done(fail(
                        ErrorKind::bad_answer,
                        fmt::format("connection spec {} has no partner schema, which the columns "
                                    "are added to",
                                    writing->operation.connection_spec),
                        "ask Adobe whether the sandbox has this destination"));
                    return;
                }
                auto candidates = writing->operation.output_schemas;
                const auto& left_over = writing->left_over["outputSchema"]["id"].as_string();
                if (!left_over.empty()) {
                    candidates.insert(candidates.begin(), left_over);
                }
                schema("penstock output schema", output_schema(partner, writing->columns()),
                       candidates,
                       or_fail(
                           [this, writing](std::string id) {
                               writing->output = std::move(id);
                               use_left_over(writing);
                           },
                           writing->done));
            },
            writing->done),
        [this, spec](auto done) { client_.connection_spec(spec, std::move(done)); });
}

/// One with the same columns, but for another destination, is not what is needed.
void MappingWriter::use_left_over(const std::shared_ptr<Writing>& writing) {
    const auto& found = writing->left_over;
    const auto version = flow::version_number(found["version"]);
    if (version && found["outputSchema"]["id"].as_string() == writing->output) {
        writing->done(flow::MappingSetVersion{found["id"].as_string(), *version});
    } else {
        find_input(writing);
    }
}

/// One for the whole run: the union schema is large, and the same for every export.
void MappingWriter::find_input(const std::shared_ptr<Writing>& writing) {
    const auto make = [this, writing](const SchemaDone& done) {
        client_.data_prep().union_schema([this, writing, done](Result<Value> union_schema) {
            if (union_schema) {
                try_candidate("penstock input schema", *union_schema,
                              writing->operation.input_schemas, done);
                return;
            }
            auto error = std::move(union_schema.error());
            error.message = "the profile's union schema cannot be read: " + error.message;
            done(fail(std::move(error)));
        });
    };
    schemas_.get("input",
                 or_fail(
                     [this, writing](std::string id) {
                         writing->input = std::move(id);
                         put(writing);
                     },
                     writing->done),
                 make);
}

void MappingWriter::put(const std::shared_ptr<Writing>& writing) {
    const auto set =
        mapping_set(writing->operation.name, writing->input, writing->output, writing->columns());
    client_.data_prep().validate(set, [this, writing, set](Result<void> valid) {
        if (!valid) {
            writing->done(fail(std::move(valid.error())));
        } else if (options_.is_interrupted() && writing->creates == 0) {
            writing->done(fail(interrupted_before_writing()));
        } else if (writing->set.empty()) {
            create(writing, set);
        } else {
            add_version(writing, set);
        }
    });
}

/// Where the service took it and its answer does not say as which version, that is read.
void MappingWriter::add_version(const std::shared_ptr<Writing>& writing, const Value& set) {
    client_.data_prep().add_version(
        writing->set, set, [this, writing](Result<flow::MappingSetVersion> added) {
            if (added || added.error().kind != ErrorKind::bad_answer ||
                !http::outcome_unknown(added.error())) {
                writing->done(std::move(added));
                return;
            }
            writing->left_over = {};
            find_left_over(writing, [writing, error = added.error()] {
                const auto& found = writing->left_over;
                const auto version = flow::version_number(found["version"]);
                if (version && found["outputSchema"]["id"].as_string() == writing->output) {
                    writing->done(flow::MappingSetVersion{found["id"].as_string(), *version});
                } else {
                    writing->done(fail(error));
                }
            });
        });
}

/// A create whose outcome is unknown is looked for before it is sent again.
void MappingWriter::create(const std::shared_ptr<Writing>& writing, const Value& set) {
    ++writing->creates;
    client_.data_prep().create_mapping_set(
        set, [this, writing, set](Result<flow::MappingSetVersion> created) {
            if (created || !http::outcome_unknown(created.error()) ||
                writing->creates >= most_creates) {
                writing->done(std::move(created));
                return;
            }
            find_left_over(writing, [this, writing, set] {
                if (writing->set.empty() && writing->left_over.is_null()) {
                    create(writing, set);
                } else {
                    use_left_over(writing);
                }
            });
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
    if (candidates.empty() && options_.is_interrupted()) {
        done(fail(interrupted_before_writing()));
        return;
    }
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
