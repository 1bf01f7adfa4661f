#include "runtime/http/wire.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>
#include <cmath>
#include <ctime>

namespace carillon::http {
namespace {

void field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void field(std::string& out, std::string_view name, std::uint64_t value) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  field(out, name, std::string_view{digits, static_cast<std::size_t>(end - digits)});
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, made once a second and thread.
std::string_view http_date(sys_time now) {
  thread_local std::time_t second = -1;
  thread_local char text[32];
  thread_local std::size_t size = 0;
  auto current = static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  if (current != second) {
    std::tm parts{};
    gmtime_r(&current, &parts);
    size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    second = current;
  }
  return {text, size};
}

// Header names of draft-ietf-httpapi-ratelimit-headers-03: whole numbers, seconds.
void rate_fields(std::string& out, const rate_view& rate) {
  auto whole = [](double value) { return static_cast<std::uint64_t>(value > 0 ? value : 0); };
  if (rate.limit > 0)
    field(out, "RateLimit-Limit", whole(std::ceil(rate.limit)));
  field(out, "RateLimit-Remaining", whole(std::floor(rate.remaining)));
  field(out, "RateLimit-Reset",
        whole(static_cast<double>(std::chrono::ceil<std::chrono::seconds>(rate.reset).count())));
}

void status_line(std::string& out, int status) {
  auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason.data(), reason.size());
  out.append("\r\n");
}

} // namespace

void write_answer(std::string& out, const answer& what, const wire_context& context) {
  bool has_body = what.status != 204 && what.status != 304;
  out.reserve(out.size() + what.body.size() + 384);
  status_line(out, what.status);
  field(out, "Date", http_date(context.now));
  if (has_body && !what.body.empty())
    field(out, "Content-Type", what.content_type);
  if (has_body)
    field(out, "Content-Length", what.body.size());
  field(out, "X-Request-Id", context.request_id);
  for (auto& [name, value] : what.headers)
    field(out, name, value);
  if (context.rate)
    rate_fields(out, *context.rate);
  if (!context.keep_alive)
    field(out, "Connection", "close");
  else if (context.http10)
    field(out, "Connection", "keep-alive");
  out.append("\r\n");
  if (has_body && !context.head_only)
    out.append(what.body);
}

} // namespace carillon::http
