#include "base/text.hpp"
#include "base/time_text.hpp"
#include "catalogue/catalogue.hpp"
#include "flow/paging.hpp"
#include "fuzz/property.hpp"
#include "http/request_check.hpp"
#include "http/retry.hpp"
#include "http/url.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "manifest/filename_template.hpp"
#include "manifest/folder_template.hpp"
#include "manifest/scalar.hpp"
#include "manifest/source_path.hpp"
#include "model/marker.hpp"
#include "model/source_path.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::fuzz {

namespace {

void check_text(std::string_view text) {
    const auto safe = printable(text);
    require_printable(safe, "printable text stays as it is");
    require(is_utf8(safe), "printable text is UTF-8");
    require(code_points(text) <= text.size(), "a code point has a byte at least");
    for (const std::size_t most : {0U, 1U, 8U, 60U}) {
        const auto part = excerpt(text, most);
        require(part.size() <= most + 3, "an excerpt is short");
        require_printable(part, "an excerpt is printable");
    }
    const auto core = trimmed(text);
    require(trimmed(core) == core, "trimmed text stays as it is");
    if (text.size() <= 256) {
        const std::vector<std::string> candidates{"compression", "datasetFileType", "path"};
        static_cast<void>(nearest(text, candidates));
    }
}

/// A marker survives being written behind what a person wrote.
void check_description(std::string_view text) {
    const auto taken_apart = model::split_description(text);
    require(trimmed(taken_apart.text) == taken_apart.text, "what a person wrote is trimmed");
    if (!taken_apart.marker) {
        return;
    }
    const auto again =
        model::split_description(model::join_description(taken_apart.text, *taken_apart.marker));
    require(again.marker == taken_apart.marker, "a marker is read as it was written");
    require(again.text == taken_apart.text, "the text before a marker is read as it was written");
}

void check_url(std::string_view text) {
    require(http::percent_decode(http::percent_encode(text)) == text, "escapes are undone");
    const auto query = http::parse_query(text);
    require(http::parse_query(http::write_query(query)) == query,
            "a query is read as it was written");
    const auto url = http::parse_url(text);
    if (!url) {
        return;
    }
    const auto again = http::parse_url(url->text());
    require(again && again->text() == url->text(), "a URL is read as it was written");
    require(http::same_origin(*url, *again), "a URL has its own origin");
    const auto host = http::host_name(*url);
    require(!host.empty(), "a URL has a host");
    const auto port = url->host.substr(url->host.starts_with('[') ? host.size() + 2 : host.size());
    require(port.empty() || port.find_first_not_of("0123456789", 1) == std::string::npos,
            "nothing but a port stands behind a host");
    static_cast<void>(http::is_loopback(*url));
}

/// Wherever the next page is said to be, the token goes to the endpoint alone.
void check_link(std::string_view href) {
    constexpr std::string_view base = "/data/foundation/flowservice";
    const flow::Page first{std::string(base) + "/flows", {{"limit", "100"}}};
    for (const std::string_view endpoint :
         {"https://platform.adobe.io", "http://127.0.0.1:8080/mirror/"}) {
        const auto page = flow::follow(href, first, endpoint, base);
        if (!page) {
            continue;
        }
        require(page->path.starts_with(base), "a page is below the service");
        require(http::find(page->query, "limit").has_value(), "a page keeps the list's parameters");
        const auto url = http::parse_url(http::at_endpoint(endpoint, page->target()));
        require(url && http::same_origin(*url, *http::parse_url(endpoint)),
                "a page is at the endpoint");
    }
}

void check_request(std::string_view text) {
    http::Request request;
    request.url = "https://platform.adobe.io/";
    request.headers.add("if-match", std::string(text));
    if (!http::check_request(request)) {
        require(text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
                "a header forges no other");
    }
    http::Response response;
    response.status = 302;
    response.headers.add("location", std::string(text));
    const auto error = http::check_redirect(request, response);
    require(error.has_value(), "a redirect is an error");
    require_safe_for_terminal(describe(*error), "a redirect's error");
}

void check_time(std::string_view text) {
    constexpr auto now = std::chrono::sys_days{std::chrono::year{2027} / 1 / 1};
    if (const auto wait = http::parse_retry_after(text, now)) {
        require(wait->count() >= 0, "nobody waits for the past");
        const auto seconds = std::to_string(wait->count() / 1000);
        require(http::parse_retry_after(seconds, now).value_or(*wait) == *wait,
                "seconds are read as they were written");
    }
    if (const auto time = parse_iso8601(text)) {
        require(parse_iso8601(format_iso8601(*time)) == *time, "a time is read as it was written");
        require(add_months(*time, 6) > *time, "months lead forward");
    }
}

void check_paths(std::string_view text) {
    require(json::steps(json::child("", text)) == std::vector<std::string>{std::string(text)},
            "a step of a pointer is read as it was written");
    require(model::identity_of_path(model::path_of_identity(text)) == text,
            "an identity's path leads back to it");
    static_cast<void>(model::source_steps(text));
    if (const auto fault = manifest::check_source_path(text)) {
        require(!fault->message.empty(), "a fault says something");
    }
    if (const auto fault = manifest::check_folder_template(text)) {
        require(!fault->message.empty(), "a fault says something");
    }
    const auto& catalogue = catalogue::Catalogue::embedded();
    static const std::array rules{
        manifest::filename_rules(catalogue.find("amazon-s3"), catalogue),
        manifest::filename_rules(catalogue.find("adobe-campaign"), catalogue)};
    for (const auto& rule : rules) {
        const auto read = manifest::read_filename_template(text, rule);
        require(!read.fault || !read.fault->message.empty(), "a fault says something");
    }
}

/// Whatever a plain scalar stands for can be sent to the service.
void check_scalar(std::string_view text) {
    if (!is_utf8(text)) {
        return; // the reader of files lets none through
    }
    const auto value = manifest::resolve_plain(text);
    const auto again = json::parse(json::write(value));
    require(again && *again == value, "a scalar is written as it is");
}

} // namespace

} // namespace penstock::fuzz

/// Any bytes as each of the small texts that come from outside: descriptions with our marker, URLs
/// and links, header values, times, paths, templates and scalars. Reading ends and throws nothing;
/// what was understood is written in a form that is understood alike.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = penstock::fuzz::text_of(data, size);
    penstock::fuzz::check_text(text);
    penstock::fuzz::check_description(text);
    penstock::fuzz::check_url(text);
    penstock::fuzz::check_link(text);
    penstock::fuzz::check_request(text);
    penstock::fuzz::check_time(text);
    penstock::fuzz::check_paths(text);
    penstock::fuzz::check_scalar(text);
    return 0;
}
