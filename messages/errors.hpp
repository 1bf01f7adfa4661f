// One error enum for the whole engine: its stable code, the sentence a person
// sees and the HTTP status it becomes stand in one table in errors.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "messages/vocabulary.hpp"

namespace carillon {

enum class errc : std::uint8_t {
  malformed_json,         ///< 400: not JSON, not UTF-8, or nested past the limit
  bad_header,             ///< 400: a header has a value that cannot be used
  bad_query,              ///< 400: a query parameter has a value that cannot be used
  invalid_request,        ///< 422: well-formed but wrong; `fault::fields` says where
  unauthorized,           ///< 401: no key, or one that is unknown, revoked or expired
  forbidden,              ///< 403: the key lacks the scope
  not_found,              ///< 404
  method_not_allowed,     ///< 405
  request_timeout,        ///< 408: the request did not arrive in time
  key_in_flight,          ///< 409: the same idempotency key is being accepted now
  nothing_to_cancel,      ///< 409: every delivery had already ended or been sent
  not_held,               ///< 409: resolve of a delivery that is not held
  not_sent,               ///< 409: engagement with what no attempt was made to send
  length_required,        ///< 411
  version_mismatch,       ///< 412: If-Match names another version
  body_too_large,         ///< 413
  uri_too_long,           ///< 414
  unsupported_media_type, ///< 415
  key_reused,             ///< 422: the idempotency key was used for another request
  rate_limited,           ///< 429
  headers_too_large,      ///< 431
  internal_error,         ///< 500: our defect; nothing was accepted
  not_implemented,        ///< 501: a method HTTP does not give us
  overloaded,             ///< 503: the lane's door is full; retry with the same key
  shutting_down,          ///< 503: the process drains
  store_unavailable,      ///< 503: the store cannot make it durable now
  version_not_supported,  ///< 505
  storage_full,           ///< 507: the disk is full
};

/// The stable `snake_case` code callers program against.
std::string_view code_of(errc value);
/// One sentence for people, without details of the occurrence.
std::string_view sentence_of(errc value);
/// The HTTP status it becomes, 400..599.
int status_of(errc value);

/// One wrong field: an RFC 6901 pointer into the request body.
struct field_error {
  std::string pointer;
  std::string code; ///< missing, unknown, type, too_long, too_many, format, range, conflict, not_found
  std::string detail;
};

/// An error on its way to a caller. Never carries personal data.
struct fault {
  errc code = errc::internal_error;
  std::string detail; ///< what happened, what the limit is, what to do
  std::vector<field_error> fields = {};
  std::optional<duration> retry_after = {};
  double quota = 0; ///< of rate_limited: events a window that the limit allows; 0: not known
};

/// Either a value or the fault that stands in its place.
template <class T>
class result {
public:
  result(T value) : state_(std::move(value)) {}
  result(fault error) : state_(std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  fault& error() { return std::get<1>(state_); }
  const fault& error() const { return std::get<1>(state_); }

private:
  std::variant<T, fault> state_;
};

/// A result without a value.
struct ok_t {
  bool operator==(const ok_t&) const = default;
};
using status_result = result<ok_t>;
inline constexpr ok_t ok{};

} // namespace carillon
