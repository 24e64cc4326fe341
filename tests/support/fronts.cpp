#include "support/fronts.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>
#include <vector>

namespace penstock::test {

namespace {

void openssl(std::vector<std::string> words) {
    Command command;
    words.insert(words.begin(), "openssl");
    command.argv = std::move(words);
    const auto finished = run_program(command);
    if (finished.exit_code != 0) {
        throw std::runtime_error("openssl: " + finished.err);
    }
}

/// The log is only there once there is something to log.
std::string read_log(const std::filesystem::path& file) {
    return std::filesystem::exists(file) ? read_file(file) : "";
}

/// `127.0.0.1:PORT` of `http://127.0.0.1:PORT`.
std::string authority(const std::string& url) {
    constexpr std::string_view scheme = "http://";
    return url.rfind(scheme, 0) == 0 ? url.substr(scheme.size()) : url;
}

// No worker process, so that the one that is started is the one to end.
constexpr std::string_view nginx_settings = R"(daemon off;
master_process off;
pid {0}/nginx.pid;
error_log {0}/error.log;
events {{}}
http {{
    log_format short '$server_protocol $request_method $uri $status $connection';
    access_log {0}/access.log short;
    client_body_temp_path {0}/body;
    proxy_temp_path {0}/proxy;
    fastcgi_temp_path {0}/fastcgi;
    uwsgi_temp_path {0}/uwsgi;
    scgi_temp_path {0}/scgi;
    # Large enough for a page of a list, and for all the requests of a run: what is measured through
    # this is not to be its disk or its new connections.
    proxy_buffers 16 64k;
    proxy_buffer_size 64k;
    keepalive_requests 1000000;
    upstream behind {{
        server {5};
        keepalive 64;
        keepalive_requests 1000000;
    }}
    server {{
        listen 127.0.0.1:{1} ssl{2};
        ssl_certificate {3};
        ssl_certificate_key {4};
        location / {{
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Host {5};
            proxy_set_header Connection "";
        }}
    }}
}}
)";

constexpr std::string_view tinyproxy_settings = R"(Port {1}
Listen 127.0.0.1
Allow 127.0.0.1
ConnectPort {2}
BasicAuth proxy-user proxy-password
LogFile "{0}/proxy.log"
PidFile "{0}/proxy.pid"
LogLevel Connect
Timeout 300
)";

} // namespace

PrivateCa::PrivateCa() {
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "2", "-subj", "/CN=Private CA of a test", "-keyout",
             (folder_.path() / "ca.key").string(), "-out", certificate().string()});
}

std::filesystem::path PrivateCa::issue(const std::string& host) const {
    const auto path = [&](const std::string& name) { return (folder_.path() / name).string(); };
    write_file(path(host + ".ext"), "subjectAltName=DNS:" + host + "\n");
    openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
             "/CN=" + host, "-keyout", path(host + ".key"), "-out", path(host + ".csr")});
    openssl({"x509", "-req", "-days", "2", "-in", path(host + ".csr"), "-CA", path("ca.pem"),
             "-CAkey", path("ca.key"), "-CAcreateserial", "-extfile", path(host + ".ext"), "-out",
             path(host + ".pem")});
    return path(host + ".pem");
}

TlsFront::TlsFront(const std::filesystem::path& certificate, const std::string& upstream,
                   Options options)
    : port_(free_port()) {
    auto key = certificate;
    key.replace_extension(".key");
    const auto settings = folder_.path() / "nginx.conf";
    write_file(settings, fmt::format(nginx_settings, folder_.path().string(), port_,
                                     options.http2 ? " http2" : "", certificate.string(),
                                     key.string(), authority(upstream)));
    Command command;
    // Debian keeps it where the path of those who are not root does not lead.
    command.argv = {"/usr/sbin/nginx",
                    "-p",
                    folder_.path().string(),
                    "-e",
                    (folder_.path() / "error.log").string(),
                    "-c",
                    settings.string()};
    program_ = std::make_unique<RunningProgram>(command, folder_.path() / "output");
    program_->wait_for_port(port_);
}

std::string TlsFront::url() const {
    return fmt::format("https://localhost:{}", port_);
}

std::string TlsFront::log() const {
    return read_log(folder_.path() / "access.log");
}

HttpProxy::HttpProxy(int allowed_port) : port_(free_port()) {
    const auto settings = folder_.path() / "tinyproxy.conf";
    write_file(settings,
               fmt::format(tinyproxy_settings, folder_.path().string(), port_, allowed_port));
    Command command;
    command.argv = {"tinyproxy", "-d", "-c", settings.string()};
    program_ = std::make_unique<RunningProgram>(command, folder_.path() / "output");
    program_->wait_for_port(port_);
}

std::string HttpProxy::url(const std::string& password) const {
    return fmt::format("http://proxy-user:{}@127.0.0.1:{}", password, port_);
}

std::string HttpProxy::log() const {
    return read_log(folder_.path() / "proxy.log");
}

} // namespace penstock::test
