// Calls to carillon's own HTTP interface; the only file of the command line that
// knows libcurl.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "messages/secret.hpp"
#include "messages/vocabulary.hpp"

namespace carillon::cli {

struct api_answer {
  int status = 0;      ///< 200..599
  nlohmann::json body; ///< null where there is none
};

/// One connection to one server, kept alive between calls. Not for several
/// threads at once. Answers above 16 MiB are refused.
class api_client {
public:
  /// `server` is `http(s)://host[:port]`; other text is bad usage.
  api_client(std::string server, secret key, duration timeout = std::chrono::seconds{30});
  ~api_client();
  api_client(api_client&&) noexcept;
  api_client& operator=(api_client&&) noexcept;

  /// `path` begins with `/v1/`. Throws command_error: `unreachable` where no HTTP
  /// answer came, `failed` with the problem's text where it is not 2xx.
  api_answer get(std::string_view path);
  api_answer post(std::string_view path, const nlohmann::json& body);
  api_answer put(std::string_view path, const nlohmann::json& body);
  api_answer del(std::string_view path);

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A value as one segment or query value of a URL (RFC 3986, section 2.3 kept as it is).
std::string url_escape(std::string_view value);

/// Collects `?name=value&...`; empty values are left out.
class query {
public:
  query& add(std::string_view name, std::string_view value);
  const std::string& text() const { return text_; }

private:
  std::string text_;
};

} // namespace carillon::cli
