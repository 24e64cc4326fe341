#include "manifest/filename_template.hpp"

#include <string>
#include <vector>

namespace penstock::manifest {

namespace {

const std::vector<std::string>& plain_tokens() {
    static const std::vector<std::string> tokens{"DESTINATION",
                                                 "DESTINATION_NAME",
                                                 "SEGMENT_ID",
                                                 "SEGMENT_NAME",
                                                 "TIMESTAMP",
                                                 "DESTINATION_INSTANCE_ID",
                                                 "DESTINATION_INSTANCE_NAME",
                                                 "ORGANIZATION_NAME",
                                                 "SANDBOX_NAME"};
    return tokens;
}

} // namespace

FilenameTemplate read_filename_template(std::string_view text) {
    const auto tokens = read_template(text, plain_tokens());
    FilenameTemplate result;
    result.fault = tokens.fault ? tokens.fault : two_times(tokens, "TIMESTAMP");
    result.tells_segment = tokens.has("SEGMENT_ID") || tokens.has("SEGMENT_NAME");
    result.tells_time = tokens.has_date_time() || tokens.has("TIMESTAMP");
    return result;
}

} // namespace penstock::manifest
