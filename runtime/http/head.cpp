#include "runtime/http/head.hpp"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>

namespace carillon::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using beast::http::verb;

// Method, two blanks, version and line ends beside the target.
constexpr std::size_t start_line_bytes = limits::target_bytes + 64;

std::string_view standard_view(beast::string_view text) {
  return {text.data(), text.size()};
}

fault bad_head(std::string detail) {
  return {errc::bad_header, std::move(detail)};
}

fault target_too_long() {
  return {errc::uri_too_long, "The address is longer than 8192 bytes."};
}

fault fields_too_large() {
  return {errc::headers_too_large, "The header fields are larger than 16384 bytes or more than 100."};
}

std::optional<method> method_of(verb v) {
  switch (v) {
  case verb::get: return method::get;
  case verb::head: return method::head;
  case verb::post: return method::post;
  case verb::put: return method::put;
  case verb::patch: return method::patch;
  case verb::delete_: return method::del;
  case verb::options: return method::options;
  case verb::trace: return method::trace;
  default: return std::nullopt;
  }
}

/// True where a start line ends as RFC 9112, section 2.3 has it: `HTTP/` digit `.` digit.
bool names_a_version(std::string_view line) {
  constexpr std::string_view name = " HTTP/";
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (line.size() < name.size() + 3)
    return false;
  auto end = line.substr(line.size() - name.size() - 3);
  return end.starts_with(name) && is_digit(end[6]) && end[7] == '.' && is_digit(end[8]);
}

fault parse_fault(beast::error_code ec, std::string_view block) {
  using beast::http::error;
  if (ec == error::bad_version && names_a_version(block.substr(0, block.find("\r\n"))))
    return {errc::version_not_supported, "HTTP/1.0 and HTTP/1.1 are spoken here."};
  return bad_head("The request is not HTTP/1.1 as RFC 9112 has it: " + ec.message() + ".");
}

/// Forms that Beast takes and others may read differently (RFC 9112, sections 2.2 and 5.2).
std::optional<fault> check_raw(std::string_view block) {
  if (has_bare_line_feed(block))
    return bad_head("A line ends in a bare LF; CRLF is needed.");
  if (block.find("\n ") != std::string_view::npos || block.find("\n\t") != std::string_view::npos)
    return bad_head("A header field is folded over two lines; send it in one.");
  return std::nullopt;
}

/// `u=` of a Priority field; absent, or not an integer 0..7, is the default of 3.
bool is_urgent(std::string_view value) {
  while (!value.empty()) {
    auto comma = std::min(value.find(','), value.size());
    auto item = value.substr(0, comma);
    value.remove_prefix(std::min(comma + 1, value.size()));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t'))
      item.remove_prefix(1);
    if (item.starts_with("u=") && item.size() >= 3 && (item.size() == 3 || item[3] == ' ' || item[3] == ';'))
      return item[2] == '0' || item[2] == '1';
  }
  return false;
}

/// Collects the fields of interest; a field that must be single and is not is an error.
class collector {
public:
  explicit collector(head& out) : out_(out) {}

  std::optional<fault> take(field name, std::string_view text, std::string_view value) {
    switch (name) {
    case field::host: return once(host_, value, text);
    case field::authorization: return once(out_.authorization, value, text);
    case field::content_type: return once(out_.content_type, value, text);
    case field::content_encoding: return once(out_.content_encoding, value, text);
    case field::if_match: return once_and_filled(out_.if_match, value, text);
    case field::if_none_match: return once_and_filled(out_.if_none_match, value, text);
    case field::transfer_encoding: return once(coding_, value, text);
    case field::content_length: has_length_ = true; return std::nullopt;
    case field::expect: out_.expects_continue = beast::iequals({value.data(), value.size()}, "100-continue"); break;
    default: return take_unknown(text, value);
    }
    return std::nullopt;
  }

  std::optional<fault> check(bool http11) const {
    if (http11 && host_.data() == nullptr)
      return bad_head("The Host header is missing.");
    if (coding_.data() == nullptr)
      return std::nullopt;
    if (has_length_ || !http11)
      return bad_head("Transfer-Encoding does not go with Content-Length or HTTP/1.0.");
    if (!beast::iequals({coding_.data(), coding_.size()}, "chunked"))
      return fault{errc::not_implemented, "The only transfer coding taken is chunked."};
    return std::nullopt;
  }

private:
  std::optional<fault> take_unknown(std::string_view name, std::string_view value) {
    auto is = [&](std::string_view known) {
      return beast::iequals({name.data(), name.size()}, {known.data(), known.size()});
    };
    if (is("Priority")) {
      out_.urgent = out_.urgent || is_urgent(value);
    } else if (is("X-Request-Id")) {
      out_.request_id = value;
    } else if (is("Idempotency-Key")) {
      if (out_.idempotency_key)
        return bad_head("Idempotency-Key stands there twice.");
      out_.idempotency_key = value;
    }
    return std::nullopt;
  }
  static std::optional<fault> once(std::string_view& slot, std::string_view value, std::string_view name) {
    if (slot.data() != nullptr)
      return bad_head(std::string{name} + " stands there twice.");
    slot = value.data() ? value : std::string_view{""};
    return std::nullopt;
  }
  /// A condition that says nothing must not pass for none at all.
  static std::optional<fault> once_and_filled(std::string_view& slot, std::string_view value, std::string_view name) {
    return value.empty() ? bad_head(std::string{name} + " is empty.") : once(slot, value, name);
  }

  head& out_;
  std::string_view host_, coding_;
  bool has_length_ = false;
};

} // namespace

result<std::size_t> head_size(std::string_view data) {
  auto line = data.find("\r\n");
  if (std::min(line, data.size()) > start_line_bytes)
    return target_too_long();
  auto end = data.find("\r\n\r\n");
  if (end != std::string_view::npos)
    end += 4;
  if (line != std::string_view::npos && std::min(end, data.size()) > line + 2 + limits::header_bytes + 2)
    return fields_too_large();
  return end == std::string_view::npos ? 0 : end;
}

bool has_bare_line_feed(std::string_view text) {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    if (at == 0 || text[at - 1] != '\r')
      return true;
  return false;
}

result<head> read_head(std::string_view block, parser& into) {
  if (auto problem = check_raw(block))
    return *problem;
  into.eager(false);
  into.header_limit(static_cast<std::uint32_t>(block.size() + 1));
  into.body_limit(std::numeric_limits<std::uint64_t>::max()); // the route's limit is set with the route
  beast::error_code ec;
  into.put(boost::asio::buffer(block.data(), block.size()), ec);
  if (ec)
    return parse_fault(ec, block);
  auto& message = into.get();
  head out;
  out.target = standard_view(message.target());
  if (out.target.size() > limits::target_bytes)
    return target_too_long();
  collector fields{out};
  std::size_t count = 0;
  for (auto& f : message) {
    if (++count > limits::header_fields)
      return fields_too_large();
    if (auto problem = fields.take(f.name(), standard_view(f.name_string()), standard_view(f.value())))
      return *problem;
  }
  if (auto problem = fields.check(message.version() == 11))
    return *problem;
  auto how = method_of(message.method());
  if (!how)
    return fault{errc::not_implemented,
                 "The method is none of RFC 9110 for a path: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS or TRACE."};
  out.how = *how;
  out.keep_alive = into.keep_alive();
  out.chunked = into.chunked();
  if (auto length = into.content_length())
    out.content_length = *length;
  return out;
}

} // namespace carillon::http
