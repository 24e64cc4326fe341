#include "fuzz/project.hpp"

#include "support/loyalty_manifest.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace penstock::fuzz {

namespace {

void write(const std::filesystem::path& path, std::string_view text) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    stream.close();
    if (!stream) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

} // namespace

ProjectFolder::ProjectFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "penstock-fuzz-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("cannot make a temporary folder");
    }
    path_ = pattern;
    std::filesystem::create_directory(path_ / "exports");
}

ProjectFolder::~ProjectFolder() {
    std::error_code ignored; // a folder too many in /tmp is no reason to fail
    std::filesystem::remove_all(path_, ignored);
}

manifest::LoadResult ProjectFolder::load(std::string_view project, std::string_view manifest) {
    write(path_ / project_file, project);
    write(path_ / manifest_file, manifest);
    return manifest::load(path_.string(), catalogue::Catalogue::embedded());
}

std::string_view sound_project() {
    return R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme}
spec:
  manifests: [exports]
  environments:
    prod:
      organization: "5555467B5D8013E50A494220@AdobeOrg"
      sandbox: prod
      auth: {clientId: {env: AEP_CLIENT_ID}, clientSecret: {env: AEP_CLIENT_SECRET}}
)";
}

std::string_view sound_manifest() {
    static const std::string text = R"(apiVersion: penstock/v1
kind: Account
metadata: {name: s3}
spec:
  description: Bucket of the CRM team
  destination: amazon-s3
  auth:
    specName: Access Key
    params: {s3AccessKey: {env: S3_ACCESS_KEY}, s3SecretKey: {env: S3_SECRET_KEY}}
---
apiVersion: penstock/v1
kind: Account
metadata: {name: eloqua}
spec:
  destination: oracle-eloqua
  auth:
    specName: SFTP with SSH Key
    params:
      domain: eloqua.example
      host: sftp.eloqua.example
      username: exports
      sshKey: {env: SSH_KEY}
---
apiVersion: penstock/v1
kind: DatasetExport
metadata: {name: devices}
spec:
  description: Device graph
  account: s3
  destination: {bucketName: acme-exports, path: crm/devices, datasetFileType: JSON, compression: GZIP}
  datasets:
    - {id: 5ef3e3259ad2a1191ab7dd7d, name: AAM Devices Data}
    - {id: 5ef3e3259ad2a1191ab7dd7e, name: AAM Device Overlap}
  schedule: {frequency: DAILY, startTime: 2027-01-01T00:00:00Z}
---
)" + test::loyalty_manifest("crm/loyalty") +
                                    R"(---
apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: leads}
spec:
  account: eloqua
  destination: {remotePath: /incoming/leads}
  filenameTemplate: "%DESTINATION_NAME%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: SCHEDULED
    startDate: 2027-01-01
    startTime: "05:00"
    endDate: 2028-01-01
  segments: [{id: 25768be6-ebd5-45cc-8913-12fb3f348613, name: Loyalty Members}]
  attributes: [person.name.firstName, identityMap.Email]
  mandatoryFields: [identityMap.Email]
  deduplicationKeys: [{identityNamespace: Email}]
)";
    return text;
}

} // namespace penstock::fuzz
