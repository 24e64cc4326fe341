#pragma once

#include "json/value.hpp"
#include "model/graph.hpp"
#include "support/command_line.hpp"

#include <map>
#include <string>
#include <vector>

namespace penstock::test {

/// A project with an entity of every kind, applied: "devices" exports datasets, "loyalty" segments
/// with a mapping, both through "s3", and "leads" segments with attributes through "eloqua", an
/// older destination, whose source is the project's shared Profile Store.
class ThreeExports {
  public:
    ThreeExports();

    /// go_back() leads to this moment from now on.
    void keep();
    /// The sandbox, the clock and the manifests are as they were once.
    void go_back();

    CommandLine penstock; // NOLINT(misc-non-private-member-variables-in-classes)

  private:
    json::Value sandbox_;
    UtcTime time_;
    std::map<std::string, std::string> manifests_;
};

/// A field that nothing can change in place: the request that would, which the platform refuses.
struct FixedField {
    std::string kind; ///< `base`, `source`, `target` or `flow`
    std::string field;
    std::string pointer; ///< in the platform's document
    std::string reason;
};
const std::vector<FixedField>& fixed_fields();

/// What the manifests of that project decide on, by address.
std::map<std::string, model::Content> contents_of(const CommandLine& penstock);

/// What a commit changes in one file of that project.
struct GitEdit {
    std::string address; ///< of the entity that differs then
    std::string block;   ///< what is written together of its content
    std::string file;
    std::string from;
    std::string to;
};

/// One for every block of every entity that manifests decide on, but for `enabled` and each of the
/// attributes, of which two people can only want the same.
const std::vector<GitEdit>& git_edits();
/// Null if there is none.
const GitEdit* git_edit(const std::string& address, const std::string& block);
void make(CommandLine& penstock, const GitEdit& edit);

/// The part of canonical content that one request writes as a whole: `/params`, `/segments/<id>`.
std::string block_of(const std::string& field);

/// The path below the Flow Service of the entity of that address.
std::string path_of(const CommandLine& penstock, const std::string& address);

} // namespace penstock::test
