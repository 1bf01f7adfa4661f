#include "runtime/http/problem.hpp"

#include <algorithm>

namespace carillon::http {
namespace {

/// Whole seconds, rounded up; RFC 9110, section 10.2.3.
std::string seconds_up(duration wait) {
  return std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count()));
}

/// Errors that pass by themselves name a time even where nobody knew one.
std::optional<duration> retry_after(const fault& what) {
  auto status = status_of(what.code);
  if (what.retry_after || (status != 503 && status != 429 && what.code != errc::key_in_flight && status != 507))
    return what.retry_after;
  return std::chrono::seconds{status == 507 ? 30 : 1};
}

} // namespace

ordered_json problem_members(const fault& what) {
  ordered_json out{{"type", "urn:carillon:problem:" + std::string{code_of(what.code)}},
                   {"title", sentence_of(what.code)},
                   {"status", status_of(what.code)},
                   {"code", code_of(what.code)},
                   {"detail", what.detail}};
  if (!what.fields.empty())
    out["errors"] = ordered_json::array();
  for (auto& e : what.fields)
    out["errors"].push_back({{"pointer", e.pointer}, {"code", e.code}, {"detail", e.detail}});
  return out;
}

answer problem(const fault& what, const std::string& request_id) {
  auto members = problem_members(what);
  members["request_id"] = request_id;
  answer out{status_of(what.code), to_text(members), {}, "application/problem+json"};
  if (auto wait = retry_after(what))
    out.headers.push_back({"Retry-After", seconds_up(*wait)});
  if (what.code == errc::unauthorized)
    out.headers.push_back({"WWW-Authenticate", "Bearer"});
  return out;
}

} // namespace carillon::http
