#include "runtime/cli/api_client.hpp"

#include <algorithm>
#include <curl/curl.h>

#include "runtime/cli/problem.hpp"
#include "runtime/cli/session.hpp"
#include "version.hpp"

namespace carillon::cli {
namespace {

constexpr std::size_t max_answer_bytes = 16 << 20;
constexpr long connect_timeout_ms = 5'000;

struct easy_cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct slist_free {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using easy_handle = std::unique_ptr<CURL, easy_cleanup>;
using header_list = std::unique_ptr<curl_slist, slist_free>;

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  if (text.size() + size * count > max_answer_bytes)
    return 0; // curl ends the call with CURLE_WRITE_ERROR
  text.append(bytes, size * count);
  return size * count;
}

void append(header_list& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr)
    throw std::bad_alloc{};
  // The head stays the same once there is one; curl owns the rest through it.
  static_cast<void>(list.release());
  list.reset(longer);
}

bool is_loopback(std::string_view server) {
  for (std::string_view host : {"://127.", "://localhost", "://[::1]"})
    if (server.find(host) != std::string_view::npos)
      return true;
  return false;
}

std::string without_trailing_slash(std::string server) {
  while (!server.empty() && server.back() == '/')
    server.pop_back();
  return server;
}

std::string as_utf8(const nlohmann::json& body) {
  try {
    return body.dump();
  } catch (const nlohmann::json::type_error&) {
    throw command_error{usage, "the text is not valid UTF-8, which JSON needs."};
  }
}

/// What happened, in words that say what to do.
std::string unreachable_text(const std::string& server, CURLcode code) {
  const std::string start = "cannot reach " + server + ": ";
  switch (code) {
  case CURLE_COULDNT_CONNECT: return start + "connection refused. Is `carillon serve` running?";
  case CURLE_COULDNT_RESOLVE_HOST: return start + "the host name is not known. Check --server or CARILLON_URL.";
  case CURLE_OPERATION_TIMEDOUT: return start + "no answer in time. The service may be overloaded; try again.";
  case CURLE_GOT_NOTHING:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR: return start + "the connection was closed before an answer came.";
  case CURLE_WRITE_ERROR: return start + "the answer is larger than 16 MiB; ask for fewer rows with --limit.";
  case CURLE_PEER_FAILED_VERIFICATION: return start + "its TLS certificate is not trusted here.";
  default: return start + curl_easy_strerror(code) + ".";
  }
}

} // namespace

struct api_client::state {
  std::string server;
  secret key;
  duration timeout;
  easy_handle curl{curl_easy_init()};

  api_answer call(const char* method, std::string_view path, const nlohmann::json* body);

private:
  header_list headers(bool with_body) const;
  void prepare(const char* method, const std::string& url, std::string& answer) const;
  api_answer understood(const std::string& text) const;
};

header_list api_client::state::headers(bool with_body) const {
  header_list list;
  append(list, "Authorization: Bearer " + key.reveal());
  append(list, "Accept: application/json, application/problem+json");
  if (with_body)
    append(list, "Content-Type: application/json");
  return list;
}

void api_client::state::prepare(const char* method, const std::string& url, std::string& answer) const {
  auto* handle = curl.get();
  curl_easy_reset(handle); // keeps the connection
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout / std::chrono::milliseconds{1}));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, ("carillon-cli/" + std::string{version}).c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  if (is_loopback(server)) // a company's http_proxy must not see the key
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
}

api_answer api_client::state::understood(const std::string& text) const {
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  api_answer answer{static_cast<int>(status), nlohmann::json::parse(text, nullptr, false)};
  if (answer.status < 200 || answer.status > 299)
    throw command_error{failed, problem_text(answer.status, answer.body)};
  if (text.empty())
    answer.body = nullptr;
  else if (answer.body.is_discarded())
    throw command_error{failed, server + " answered " + std::to_string(status)
                                  + " with something that is not JSON. Is this carillon's address?"};
  return answer;
}

api_answer api_client::state::call(const char* method, std::string_view path, const nlohmann::json* body) {
  const std::string url = server + std::string{path};
  const std::string sent = body == nullptr ? std::string{} : as_utf8(*body);
  std::string text;
  const auto list = headers(body != nullptr);
  prepare(method, url, text);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, list.get());
  if (body != nullptr) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(sent.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, sent.c_str());
  }
  if (const auto code = curl_easy_perform(curl.get()); code != CURLE_OK)
    throw command_error{unreachable, unreachable_text(server, code)};
  return understood(text);
}

api_client::api_client(std::string server, secret key, duration timeout)
    : state_(std::make_unique<state>(state{without_trailing_slash(std::move(server)), std::move(key), timeout})) {
  const bool http = state_->server.starts_with("http://") || state_->server.starts_with("https://");
  if (!http)
    throw command_error{usage, "--server must begin with http:// or https://, but is \"" + state_->server + "\"."};
  if (!state_->curl)
    throw std::bad_alloc{};
}
api_client::~api_client() = default;
api_client::api_client(api_client&&) noexcept = default;
api_client& api_client::operator=(api_client&&) noexcept = default;

api_answer api_client::get(std::string_view path) {
  return state_->call("GET", path, nullptr);
}
api_answer api_client::post(std::string_view path, const nlohmann::json& body) {
  return state_->call("POST", path, &body);
}
api_answer api_client::put(std::string_view path, const nlohmann::json& body) {
  return state_->call("PUT", path, &body);
}
api_answer api_client::del(std::string_view path) {
  return state_->call("DELETE", path, nullptr);
}

std::string url_escape(std::string_view value) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos)
      escaped += c;
    else
      escaped.append({'%', hex[byte >> 4U], hex[byte & 0xfU]});
  }
  return escaped;
}

query& query::add(std::string_view name, std::string_view value) {
  if (!value.empty())
    text_.append(text_.empty() ? "?" : "&").append(name).append("=").append(url_escape(value));
  return *this;
}

} // namespace carillon::cli
