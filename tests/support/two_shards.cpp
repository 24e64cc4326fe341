#include "support/two_shards.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace penstock::test {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::size_t writes(const CommandResult& result) {
    return static_cast<std::size_t>(
        std::count_if(result.requests.begin(), result.requests.end(), [](const auto& request) {
            return !request.starts_with("GET ") && !contains(request, "/ims/token");
        }));
}

std::string export_of(std::string_view name) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {0}}}
spec:
  description: For {0}
  account: s3
  destination: {{bucketName: demo-bucket, path: {0}, datasetFileType: PARQUET, compression: NONE}}
  datasets:
    - {{id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}}
  schedule: {{frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}}
)",
                       name);
}

TwoShards::TwoShards() {
    write("exports/clicks.yaml", export_of("clicks"));
}

void TwoShards::assume_role() {
    const auto account = read("accounts/s3.yaml");
    variables["S3_ROLE"] = "arn:aws:iam::123456789012:role/penstock";
    write("accounts/s3.yaml", account.substr(0, account.find("specName: Access Key")) +
                                  "specName: Assumed Role\n    params: {s3Role: {env: S3_ROLE}}\n");
}

void TwoShards::apply_second_after(std::size_t requests) {
    on_request = [this, requests](std::size_t number) {
        if (number == requests) {
            on_request = nullptr;
            faults.clear();
            CHECK((*this)({"apply", "--auto-approve", "--shard", "2/2"}).code == 0);
        }
    };
}

} // namespace penstock::test
