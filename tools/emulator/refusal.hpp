#pragma once

#include "emulator/settings.hpp"
#include "http/message.hpp"
#include "json/value.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace penstock::emulator {

/// Which of the documented error bodies (section 9.1) a Refusal takes.
enum class ErrorBody {
    gateway,   ///< 1: error_code and message
    described, ///< 2 and 3: errorMessage and errorDetails
    plain,     ///< 4: message
    coded,     ///< 5: the code of section 9.3, in the envelope that the switch chooses
    problem,   ///< 7: type, status, title and detail
};

/// Why a request is not carried out.
struct Refusal {
    ErrorBody body = ErrorBody::plain;
    int status = 400;
    std::string code; ///< `1447-400`, or the gateway's `401013`
    std::string message;
    std::string details;
};

/// A value, or why the service refuses.
template <class T>
using Outcome = tl::expected<T, Refusal>;

/// A coded error; the status is the code's suffix.
tl::unexpected<Refusal> coded(std::string_view code, std::string message, std::string details = {});

/// An error that has a message only.
tl::unexpected<Refusal> plain(int status, std::string message);

/// An error of a service that answers with the platform's usual problem.
tl::unexpected<Refusal> problem(int status, std::string title, std::string detail);

/// An error of the API gateway before the service.
tl::unexpected<Refusal> gateway(int status, std::string_view code, std::string message);

/// The gateway knows no service that answers this path; status 404.
tl::unexpected<Refusal> no_such_path();

/// Nothing under that id in the collection; status 404.
tl::unexpected<Refusal> not_found(std::string_view collection, std::string_view id);

/// If-Match names another version than the entity's; status 412 (section 3.2).
tl::unexpected<Refusal> stale(std::string_view supplied, std::string_view id);

http::Response json_response(int status, const json::Value& body);
/// The same with a body that is JSON text already.
http::Response text_response(int status, std::string body);
http::Response refuse(const Refusal& refusal, const Settings& settings);

} // namespace penstock::emulator
