#include "flow/service_error.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;

namespace {

struct Row {
    const char* name;
    int status;
    const char* body;
    ErrorKind kind;
    const char* message;
    const char* code;
};

http::Response response(int status, std::string body, const char* type = "application/json") {
    http::Response result;
    result.status = status;
    result.headers.add("Content-Type", type);
    result.headers.add("X-Request-Id", "req-1");
    result.body = std::move(body);
    return result;
}

const Exchange request{"GET", "/data/foundation/flowservice/flows/1", 0, "", ""};

} // namespace

TEST_CASE("every shape of error body becomes one sentence and a code") {
    const Row rows[] = {
        {"1, code as text", 403, R"({"error_code":"403010","message":"Oauth token is missing."})",
         ErrorKind::permission, "not allowed: Oauth token is missing.", "403010"},
        {"1, code as number", 401, R"({"error_code":401013,"message":"Oauth token is not valid"})",
         ErrorKind::authentication,
         "the service does not accept the access token or organization: Oauth token is not valid",
         "401013"},
        {"2, not found", 404,
         R"({"errorMessage":"flows not found with id = [1]","errorDetails":"no such entity"})",
         ErrorKind::not_found, "not found: flows not found with id = [1] (no such entity)", ""},
        {"2, without details", 404, R"({"errorMessage":"flows not found with id = [1]"})",
         ErrorKind::not_found, "not found: flows not found with id = [1]", ""},
        {"3, version mismatch", 412,
         R"({"errorMessage":"Supplied version=[a] does not match the current version on entity=[b]","errorDetails":"1404-412"})",
         ErrorKind::stale,
         "changed by somebody else since it was read: Supplied version=[a] does not match the "
         "current version on entity=[b]",
         "1404-412"},
        {"4, a message alone", 400, R"({"message":"Please provide a valid spec id"})",
         ErrorKind::rejected, "the service refuses the request: Please provide a valid spec id",
         ""},
        {"5, code in front", 400, R"({"message":"1447-400 Found active flows containing id 7"})",
         ErrorKind::rejected, "the service refuses the request: Found active flows containing id 7",
         "1447-400"},
        {"5, code in brackets", 400, R"({"errorMessage":"[1422-400] Flow is updating"})",
         ErrorKind::busy, "still busy with an earlier change: Flow is updating", "1422-400"},
        {"5, errorCode", 400, R"({"errorCode":"1416-400","errorMessage":"wrong state"})",
         ErrorKind::busy, "still busy with an earlier change: wrong state", "1416-400"},
        {"5, code without suffix, as number", 400, R"({"code":1421,"message":"enabling"})",
         ErrorKind::busy, "still busy with an earlier change: enabling", "1421"},
        {"5, title and detail", 404,
         R"({"title":"2100-404 Sandbox not found","detail":"No sandbox named x"})",
         ErrorKind::not_found, "the sandbox does not exist: Sandbox not found: No sandbox named x",
         "2100-404"},
        {"7, problem+json", 400,
         R"({"type":"http://ns.adobe.com/aep/errors/XDM-1017-400","status":400,"title":"Bad schema","detail":"wrong field","report":{"x":1}})",
         ErrorKind::rejected, "the service refuses the request: Bad schema: wrong field",
         "XDM-1017-400"},
        {"8, identity service", 400,
         R"({"timestamp":"2026","type":"x","status":400,"error":"Bad Request","title":"Bad params","report":{"code":"INVALID_REQUEST_PARAMS"}})",
         ErrorKind::rejected, "the service refuses the request: Bad params",
         "INVALID_REQUEST_PARAMS"},
        {"9, rate", 429, R"({"title":"RequestRateTooLarge","status":429,"detail":"slow down"})",
         ErrorKind::rate_limited,
         "the service takes no more requests for now: RequestRateTooLarge: slow down", ""},
        {"10, nested errors", 404,
         R"({"requestId":"r","errors":{"404":[{"code":"UP-1","message":"no audience"}]},"type":"https://ns.adobe.com/aep/errors/UPAPI-113430-404","title":"Missing","status":404})",
         ErrorKind::not_found, "not found: Missing: no audience", "UP-1"},
        {"10, code in type alone", 404,
         R"({"type":"https://ns.adobe.com/aep/errors/UPAPI-113430-404","title":"Missing"})",
         ErrorKind::not_found, "not found: Missing", "UPAPI-113430-404"},
        {"11, empty", 500, "", ErrorKind::unavailable, "the service failed", ""},
        {"11, empty 404", 404, "", ErrorKind::not_found, "not found", ""},
        {"11, a page", 502, "<html><body>Bad gateway</body></html>", ErrorKind::unavailable,
         "the service failed (with a web page as its answer)", ""},
        {"11, a page for 404", 404, " <!DOCTYPE HTML><html>", ErrorKind::bad_answer,
         "a web page came instead of the service's answer", ""},
        {"other JSON", 422, "[1]", ErrorKind::rejected, "the service refuses the request", ""},
        {"an unknown status", 304, "", ErrorKind::bad_answer,
         "an answer with HTTP status 304, which the service does not document", ""},
        {"empty token, though 400", 400, R"({"errorCode":"2114-400","message":"empty token"})",
         ErrorKind::authentication,
         "the service does not accept the access token or organization: empty token", "2114-400"},
        {"terminal escapes", 400, "{\"message\":\"a\\u001b[2Jb\\nc\"}", ErrorKind::rejected,
         "the service refuses the request: a\\x1b[2Jb c", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto error = flow::parse_service_error(response(row.status, row.body), request);
        CHECK(error.kind == row.kind);
        CHECK(error.message == row.message);
        REQUIRE(error.exchange);
        CHECK(*error.exchange == Exchange{"GET", "/data/foundation/flowservice/flows/1", row.status,
                                          row.code, "req-1"});
    }
}

TEST_CASE("an error as a person reads it") {
    const auto error = flow::parse_service_error(
        response(404, R"({"errorCode":"2100-404","message":"Sandbox not found"})"), request);
    CHECK(describe(error) == "the sandbox does not exist: Sandbox not found\n"
                             "  request: GET /data/foundation/flowservice/flows/1\n"
                             "  answer: HTTP 404, code 2100-404, request id req-1\n"
                             "  next: check `sandbox` of the environment, and that the credential "
                             "may use it");
    CHECK(flow::is_sandbox_missing(error));
}

TEST_CASE("the request id may stand in the body") {
    auto answer = response(400, R"({"requestId":"from-body"})");
    answer.headers.erase("x-request-id");
    CHECK(flow::parse_service_error(answer, request).exchange->request_id == "from-body");
}

TEST_CASE("long words are cut") {
    const auto error = flow::parse_service_error(
        response(400, R"({"message":")" + std::string(10'000, 'x') + "\"}"), request);
    CHECK(error.message.size() < 600);
    CHECK(error.message.ends_with("..."));
}

TEST_CASE("a failure that repeats a credential is masked") {
    const flow::Hidden hidden{secrets::SecretString("AKIA-secret-1"), secrets::SecretString("abc")};
    const auto error = flow::parse_service_error(
        response(400, R"({"message":"abc: value AKIA-secret-1 is wrong, AKIA-secret-1"})"), request,
        hidden);
    CHECK(error.message ==
          "the service refuses the request: abc: value (secret) is wrong, (secret)");
}

TEST_CASE("hints say what to do") {
    const auto hint = [](int status, const char* body) {
        return flow::parse_service_error(response(status, body), request).hint;
    };
    CHECK(hint(401, "").find("`auth`") != std::string::npos);
    CHECK(hint(403, "").find("Manage and Activate Dataset Destinations") != std::string::npos);
    CHECK(hint(400, R"({"errorCode":"1445-400"})").find("API") != std::string::npos);
    CHECK(hint(400, R"({"errorCode":"1418-400"})").find("dataflows") != std::string::npos);
    CHECK(hint(400, R"({"errorCode":"2105-400"})").find("`sandbox`") != std::string::npos);
    CHECK(hint(503, "").find("request id") != std::string::npos);
    CHECK(hint(400, R"({"message":"no"})").empty());
}
