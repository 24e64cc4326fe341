#include "support/examples.hpp"

#include <filesystem>

namespace penstock::test {

Examples::Examples(const std::string& url) {
    std::filesystem::copy(source_folder() / "manifests", folder_.path() / "manifests",
                          std::filesystem::copy_options::recursive);
    write_file(folder_.path() / "manifests/secrets/blob-connection-string",
               "blob-secret-of-examples");
    environment = {{"PENSTOCK_ENDPOINT", url},
                   {"PENSTOCK_IMS_ENDPOINT", url},
                   {"AEP_CLIENT_ID", "pipeline"},
                   {"AEP_CLIENT_SECRET", "client-secret-of-examples"},
                   {"DEMO_S3_ACCESS_KEY", "AKIAIOSFODNN7PROGRAM"},
                   {"DEMO_S3_SECRET_KEY", std::string(examples_secret_key)},
                   {"DEMO_S3_ROLE_ARN", "arn:aws:iam::123456789012:role/of-examples"},
                   {"DEMO_ADLS_PRINCIPAL_ID", "principal-of-examples"},
                   {"DEMO_ADLS_PRINCIPAL_KEY", "adls-secret-of-examples"},
                   {"DEMO_CAMPAIGN_ACCESS_ID", "campaign-id-of-examples"},
                   {"DEMO_CAMPAIGN_SECRET_KEY", "campaign-secret-of-examples"},
                   {"DEMO_GCS_ACCESS_KEY_ID", "gcs-id-of-examples"},
                   {"DEMO_GCS_SECRET_ACCESS_KEY", "gcs-secret-of-examples"},
                   {"DEMO_SFTP_PASSWORD", "sftp-secret-of-examples"},
                   {"DEMO_SFTP_SSH_KEY", "c3NoLXNlY3JldA=="},
                   {"DEMO_PGP_PUBLIC_KEY", "cHVibGljLWtleS1zZWNyZXQ="}};
}

Finished Examples::operator()(const std::vector<std::string>& words) const {
    return run_program(command(words));
}

Command Examples::command(const std::vector<std::string>& words) const {
    Command command;
    command.folder = folder_.path();
    command.environment = environment;
    command.secrets = {"blob-secret-of-examples"};
    command.argv = {(program_folder() / "penstock").string(), "-C", "manifests"};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    return command;
}

} // namespace penstock::test
