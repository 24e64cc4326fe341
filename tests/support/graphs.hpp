#pragma once

#include "catalogue/catalogue.hpp"
#include "manifest/documents.hpp"
#include "model/graph.hpp"
#include "plan/planner.hpp"

#include <string>
#include <vector>

namespace penstock::test {

/// A project called "acme" with one S3 account "s3" and one export "devices" of two datasets.
manifest::Manifests small_project();

/// Another export of small_project()'s account.
manifest::DatasetExport dataset_export(const std::string& name);

model::DesiredGraph desired_of(const manifest::Manifests& manifests);

/// The live side as it is after `desired` was applied to an empty sandbox: every create of the plan
/// done, with ids such as "devices.flow#1" and what the service adds.
model::LiveGraph applied(const model::DesiredGraph& desired);

/// Plans with everything else at its default.
plan::Plan plan_of(const model::DesiredGraph& desired, const model::LiveGraph& live);

/// The live entity of that address, e.g. "devices.flow".
model::LiveEntity& live_at(model::LiveGraph& live, const std::string& address);

/// One line for each step, e.g. "create devices.source", "patch devices.flow
/// /description,/scheduleParams", "delete devices.source#1 after 0 1".
std::vector<std::string> steps_of(const plan::Plan& plan);

} // namespace penstock::test
