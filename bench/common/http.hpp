// Just enough HTTP/1.1 (RFC 9112) to frame messages with a Content-Length. Both
// ends of every bench connection are ours or the engine's, so what does not fit
// is an error of the run, not something to be lenient about.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace bench {

inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// The value of a header, trimmed; empty if it is missing. `name` is in lower case.
inline std::string_view header(std::string_view head, std::string_view name) {
  for (auto line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n", line + 2)) {
    auto rest = head.substr(line + 2);
    if (rest.size() <= name.size() || rest[name.size()] != ':')
      continue;
    if (!std::equal(name.begin(), name.end(), rest.begin(), [](char a, char b) { return a == lower(b); }))
      continue;
    auto value = rest.substr(name.size() + 1, rest.find("\r\n") - name.size() - 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return value.substr(0, value.find_last_not_of(" \t") + 1);
  }
  return {};
}

/// One message inside a receive buffer.
struct frame {
  std::string_view head; ///< start line and headers
  std::string_view body;
  std::size_t bytes() const { return head.size() + body.size(); }
};

/// The first message of `buffer`, or nullopt while it is incomplete.
inline std::optional<frame> frame_of(std::string_view buffer) {
  const auto end = buffer.find("\r\n\r\n");
  if (end == std::string_view::npos)
    return std::nullopt;
  const auto head = buffer.substr(0, end + 4);
  if (!header(head, "transfer-encoding").empty())
    throw std::runtime_error("a chunked message reached a bench program; it only reads Content-Length");
  std::size_t length = 0;
  const auto text = header(head, "content-length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  if (buffer.size() < head.size() + length)
    return std::nullopt;
  return frame{head, buffer.substr(head.size(), length)};
}

} // namespace bench
