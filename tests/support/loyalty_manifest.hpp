#pragma once

#include <string>

namespace penstock::test {

/// An export "loyalty" of one segment and two columns through the account "s3", as it stands in a
/// file; `more` are further lines of its spec. A header alone, so that fuzz targets have it too.
inline std::string loyalty_manifest(const std::string& path = "loyalty",
                                    const std::string& first_name = "person.name.firstName",
                                    const std::string& more = {}) {
    return R"(apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: loyalty}
spec:
  account: s3
)" + more +
           "  destination: {bucketName: demo-bucket, path: " + path +
           R"(, fileType: CSV, compression: GZIP}
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: AFTER_SEGMENT_EVAL
    startDate: 2027-01-01
    endDate: 2028-01-01
  filenameTemplate: "%SEGMENT_NAME%_%DATETIME(YYYYMMdd_HHmmss)%"
  segments:
    - {id: 25768be6-ebd5-45cc-8913-12fb3f348613, name: Loyalty Members}
  mapping:
    - {source: )" +
           first_name +
           R"(, destination: first_name}
    - {source: identityMap.Email, destination: Email}
  mandatoryFields: [Email]
)";
}

} // namespace penstock::test
