#include "support/command_line.hpp"

#include "catalogue/catalogue.hpp"
#include "cli/run.hpp"
#include "desired/desired.hpp"
#include "emulator/faults.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "support/in_process_transport.hpp"
#include "support/output_schemas.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <utility>
#include <variant>

namespace penstock::test {

namespace {

constexpr std::string_view project = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme}
spec:
  environments:
    dev:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: dev
      endpoint: http://127.0.0.1:1
      imsEndpoint: http://127.0.0.1:1
      auth:
        clientId: {env: CLIENT_ID}
        clientSecret: {env: CLIENT_SECRET}
)";

constexpr std::string_view account = R"(apiVersion: penstock/v1
kind: Account
metadata: {name: s3}
spec:
  destination: amazon-s3
  auth:
    specName: Access Key
    params:
      s3AccessKey: {env: S3_ACCESS_KEY}
      s3SecretKey: {env: S3_SECRET_KEY}
)";

constexpr std::string_view devices = R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {name: devices}
spec:
  account: s3
  destination: {bucketName: demo-bucket, path: crm, datasetFileType: PARQUET, compression: GZIP}
  datasets:
    - {id: 5ef3e3259ad2a1191ab7dd7d, name: AAM Devices Data}
  schedule: {frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}
)";

/// Hands everything on and tells the test of each request.
class TellingTransport final : public http::Transport {
  public:
    TellingTransport(emulator::Platform& platform, ManualClock& clock, const std::string& faults,
                     std::function<void(const http::Request&)> told)
        : inner_(platform, clock), told_(std::move(told)) {
        if (!faults.empty()) {
            inner_.set_faults(emulator::FaultPlan::parse(json::parse(faults).value(), 1).value());
        }
    }

    void send(http::Request request, Completion completion) override {
        told_(request);
        inner_.send(std::move(request), std::move(completion));
    }
    void schedule(Milliseconds delay, std::function<void()> action) override {
        inner_.schedule(delay, std::move(action));
    }
    bool step() override { return inner_.step(); }

  private:
    InProcessTransport inner_;
    std::function<void(const http::Request&)> told_;
};

} // namespace

CommandLine::CommandLine() : platform({}, clock) {
    variables = {{"CLIENT_ID", "acme-client"},
                 {"CLIENT_SECRET", "p8e-very-secret"},
                 {"S3_ACCESS_KEY", "AKIAIOSFODNN7COMMAND"},
                 {"S3_SECRET_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}};
    write("penstock.yaml", project);
    write("accounts/s3.yaml", account);
    write("exports/devices.yaml", devices);
}

CommandResult CommandLine::operator()(std::vector<std::string> words) {
    words.insert(words.begin(), {"-C", folder_.path().string()});
    return bare(words);
}

Confidences CommandLine::confidences() const {
    Confidences all;
    all.add(variables);
    for (const auto& value : told) {
        all.add("the output of a command", value);
    }
    const auto& catalogue = catalogue::Catalogue::embedded();
    const auto loaded = manifest::load(folder().string(), catalogue);
    if (!loaded.manifests) {
        return all;
    }
    for (const auto& entity : desired::build(*loaded.manifests, catalogue).entities) {
        for (const auto& secret : entity.secrets) {
            add_reference(all, secret.reference);
        }
    }
    for (const auto& environment : loaded.manifests->project.environments) {
        const auto* client = std::get_if<manifest::ClientCredentials>(&environment.auth);
        const auto* token = std::get_if<manifest::ReadyToken>(&environment.auth);
        const auto& setting = client != nullptr ? client->client_secret : token->access_token;
        add_reference(all, std::get<secrets::SecretReference>(setting));
    }
    return all;
}

/// Variables are known without.
void CommandLine::add_reference(Confidences& all, const secrets::SecretReference& reference) const {
    if (const auto* file = std::get_if<secrets::SecretFile>(&reference)) {
        const auto path = folder() / file->path;
        if (std::filesystem::is_regular_file(path)) {
            all.add(secrets::describe(reference), read_file(path));
        }
    }
    if (std::holds_alternative<secrets::SecretCommand>(reference) && told.empty()) {
        throw std::logic_error("a manifest takes a secret from a command: say what it prints");
    }
}

CommandResult CommandLine::bare(const std::vector<std::string>& words) {
    CommandResult result;
    const auto given = confidences();
    const FolderState before(folder());
    std::string leaking_request;
    cli::Host host;
    host.variable = [this](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    host.out = [&](std::string_view text) { result.out += text; };
    host.err = [&](std::string_view text) { result.err += text; };
    host.read_line = [this]() -> std::optional<std::string> {
        if (answers.empty()) {
            return std::nullopt;
        }
        auto line = std::move(answers.front());
        answers.erase(answers.begin());
        return line;
    };
    host.in_is_terminal = terminal;
    host.out_is_terminal = terminal;
    host.err_is_terminal = terminal;
    host.clock = &clock;
    host.jitter = [] { return 0.5; };
    host.selective = selective;
    host.signal = [this] { return signal_now ? signal_now() : signal; };
    host.make_transport = [&](const http::CurlOptions&) {
        return std::make_unique<TellingTransport>(
            platform, clock, faults, [&](const http::Request& request) {
                try {
                    given.check(request);
                } catch (const Leak& leak) {
                    leaking_request = leak.what(); // thrown where the command cannot catch it
                }
                if (on_request) {
                    on_request(result.requests.size());
                }
                if (sends) {
                    sends(request);
                }
                result.requests.push_back(
                    fmt::format("{} {}", http::name(request.method), request.url));
            });
    };
    result.code = cli::run(words, host);
    if (const auto document = json::parse(result.out)) {
        check_described(*document);
    }
    if (!leaking_request.empty()) {
        throw Leak(leaking_request);
    }
    given.check("standard output", result.out);
    given.check("standard error", result.err);
    for (const auto& file : before.written_since()) {
        given.check(std::filesystem::relative(file, folder()).string(), read_file(file));
    }
    return result;
}

void CommandLine::write(const std::string& path, std::string_view text) {
    write_file(folder_.path() / path, text);
}

void CommandLine::remove(const std::string& path) {
    std::filesystem::remove(folder_.path() / path);
}

std::string CommandLine::read(const std::string& path) const {
    return read_file(folder_.path() / path);
}

} // namespace penstock::test
