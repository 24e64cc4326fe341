#include "manifest/folder_template.hpp"

#include <string>
#include <vector>

namespace penstock::manifest {

namespace {

const std::vector<std::string>& plain_tokens() {
    static const std::vector<std::string> tokens{"DATASET_ID",       "DATASET_NAME",
                                                 "DESTINATION",      "DESTINATION_NAME",
                                                 "EXPORT_TIME",      "DESTINATION_INSTANCE_NAME",
                                                 "SANDBOX_NAME",     "DESTINATION_INSTANCE_ID",
                                                 "ORGANIZATION_NAME"};
    return tokens;
}

} // namespace

std::optional<TemplateFault> check_folder_template(std::string_view text) {
    const auto tokens = read_template(text, plain_tokens());
    return tokens.fault ? tokens.fault : two_times(tokens, "EXPORT_TIME");
}

} // namespace penstock::manifest
