#pragma once

#include "execute/execute.hpp"
#include "execute/shared_answers.hpp"
#include "flow/client.hpp"
#include "plan/plan.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace penstock::execute {

/// Writes mapping sets and the schemas that they need (reference, section 3.11). Schemas of equal
/// content are looked for among the known ones and made once in a run.
class MappingWriter {
  public:
    using Done = std::function<void(Result<flow::MappingSetVersion>)>;

    MappingWriter(flow::Client& client, const Options& options)
        : client_(client), options_(options) {}

    /// The mapping set that says what the operation wants: the latest version of the dataflow's own
    /// or of one of its name, if that says the same; else the next version of it; else a new set.
    /// Nothing is written that the service's own check refuses.
    void write(const plan::WriteMapping& operation, Done done);

    /// How many wait for what is fetched or made for another.
    [[nodiscard]] std::size_t waiting() const { return documents_.waiting() + schemas_.waiting(); }

  private:
    struct Writing;
    using SchemaDone = std::function<void(Result<std::string>)>;

    void find_left_over(const std::shared_ptr<Writing>& writing, std::function<void()> next);
    void find_output(const std::shared_ptr<Writing>& writing);
    void use_left_over(const std::shared_ptr<Writing>& writing);
    void find_input(const std::shared_ptr<Writing>& writing);
    void put(const std::shared_ptr<Writing>& writing);
    void add_version(const std::shared_ptr<Writing>& writing, const json::Value& set);
    void create(const std::shared_ptr<Writing>& writing, const json::Value& set);

    /// The id of a schema of that content: one of `candidates`, or a new one.
    void schema(const std::string& name, const json::Value& content,
                const std::vector<std::string>& candidates, SchemaDone done);
    void try_candidate(const std::string& name, const json::Value& content,
                       std::vector<std::string> candidates, SchemaDone done);

    flow::Client& client_;
    const Options& options_;
    SharedAnswers<json::Value> documents_; ///< connection specs, and schemas by id
    SharedAnswers<std::string> schemas_;   ///< ids: of the input, and by digest of the content
};

/// The schema of exported rows: the destination's partner schema and one property for each column
/// (reference, section 3.11).
json::Value output_schema(json::Value partner_schema, const json::Object& columns);

/// The body of a mapping set.
json::Value mapping_set(const std::string& name, const std::string& input_schema,
                        const std::string& output_schema, const json::Object& columns);

} // namespace penstock::execute
