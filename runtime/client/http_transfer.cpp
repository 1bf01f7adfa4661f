#include "runtime/client/http_transfer.hpp"

#include <algorithm>
#include <array>
#include <sys/socket.h>
#include <unistd.h>

namespace carillon {
namespace {

constexpr std::array<std::string_view, 5> known_methods{"GET", "POST", "PUT", "PATCH", "DELETE"};

constexpr std::size_t longest_url = 8'192;

bool breaks_lines(std::string_view text) {
  using namespace std::string_view_literals;
  return text.find_first_of("\r\n\0"sv) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

/// The status of "HTTP/1.1 200 OK"; 0 where there is none.
int status_in(std::string_view line) {
  auto space = line.find(' ');
  if (space == std::string_view::npos)
    return 0;
  int status = 0;
  for (char c : line.substr(space + 1, 3)) {
    if (c < '0' || c > '9')
      return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

std::optional<std::string> objection(const wire_request& request) {
  if (std::find(known_methods.begin(), known_methods.end(), request.method) == known_methods.end())
    return "the method is none of GET, POST, PUT, PATCH, DELETE";
  if (request.url.size() > longest_url)
    return "the URL is longer than " + std::to_string(longest_url) + " bytes";
  if (breaks_lines(request.url))
    return "the URL contains a line break or a zero byte";
  for (auto& [name, value] : request.headers)
    if (name.empty() || breaks_lines(name) || breaks_lines(value))
      return "the header \"" + name.substr(0, name.find_first_of("\r\n")) + "\" contains a line break or a zero byte";
  return std::nullopt;
}

} // namespace

http_transfer::http_transfer(const client_settings& settings, const egress_policy* guard, socket_watch& sockets)
    : settings_(settings), guard_(guard), sockets_(sockets), easy_(make_easy()) {
  set_constant_options();
}

void http_transfer::set_constant_options() {
  set_option(easy_, CURLOPT_PRIVATE, this);
  set_option(easy_, CURLOPT_NOSIGNAL, 1L);
  set_option(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set_option(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set_option(easy_, CURLOPT_TCP_NODELAY, 1L);
  set_option(easy_, CURLOPT_USERAGENT, settings_.user_agent.c_str());
  set_option(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // A name look-up that outlives its call ends on its own thread; waiting for it
  // would stop the loop.
  set_option(easy_, CURLOPT_QUICK_EXIT, 1L);
  // Empty is "none": http_proxy in the environment would lead round the guard.
  set_option(easy_, CURLOPT_PROXY, guard_ ? settings_.proxy.c_str() : "");
  if (!settings_.ca_file.empty())
    set_option(easy_, CURLOPT_CAINFO, settings_.ca_file.c_str());
  set_option(easy_, CURLOPT_PREREQFUNCTION, &on_ready);
  set_option(easy_, CURLOPT_PREREQDATA, this);
  set_option(easy_, CURLOPT_HEADERFUNCTION, &on_header);
  set_option(easy_, CURLOPT_HEADERDATA, this);
  set_option(easy_, CURLOPT_WRITEFUNCTION, &on_body);
  set_option(easy_, CURLOPT_WRITEDATA, this);
  set_option(easy_, CURLOPT_OPENSOCKETFUNCTION, &on_open);
  set_option(easy_, CURLOPT_OPENSOCKETDATA, this);
  set_option(easy_, CURLOPT_CLOSESOCKETFUNCTION, &on_close);
  set_option(easy_, CURLOPT_CLOSESOCKETDATA, &sockets_); // a connection outlives the call that opened it
}

std::optional<std::string> http_transfer::load(wire_request request, answer_function then) {
  request_ = std::move(request);
  then_ = std::move(then);
  answer_ = {};
  progress_ = {};
  header_bytes_ = discarded_bytes_ = 0;
  if (auto reason = objection(request_))
    return reason;
  set_option(easy_, CURLOPT_URL, request_.url.c_str());
  set_method();
  set_headers();
  set_timeouts();
  return std::nullopt;
}

void http_transfer::set_method() {
  if (request_.method == "GET" && request_.body.empty()) {
    set_option(easy_, CURLOPT_HTTPGET, 1L);
    set_option(easy_, CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr));
    return;
  }
  set_option(easy_, CURLOPT_POST, 1L);
  set_option(easy_, CURLOPT_POSTFIELDS, request_.body.data());
  set_option(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  set_option(easy_, CURLOPT_CUSTOMREQUEST, request_.method == "POST" ? nullptr : request_.method.c_str());
}

void http_transfer::set_headers() {
  string_list list;
  bool typed = false;
  for (auto& [name, value] : request_.headers) {
    typed = typed || lower(name) == "content-type";
    list.add(value.empty() ? name + ";" : name + ": " + value); // libcurl's way to send an empty one
  }
  if (!typed)
    list.add("Content-Type:"); // not the form type that libcurl would claim
  list.add("Expect:");         // a round trip for nothing
  set_option(easy_, CURLOPT_HTTPHEADER, list.get());
  header_list_ = std::move(list);
}

void http_transfer::set_timeouts() {
  using std::chrono::milliseconds;
  auto whole =
    std::clamp(std::chrono::ceil<milliseconds>(request_.timeout), milliseconds{1}, settings_.longest_timeout);
  set_option(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(whole.count()));
  set_option(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(whole, settings_.connect_timeout).count()));
}

// libcurl calls this when a connection stands, before the first byte of the
// request. A second time it is about to repeat the request by itself, because a
// used connection broke without an answer. The vendor may have taken the first,
// so repeating is the engine's decision.
int http_transfer::on_ready(void* self, char*, char*, int, int) {
  auto& at = static_cast<http_transfer*>(self)->progress_;
  return std::exchange(at.offered, true) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

curl_socket_t http_transfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<http_transfer*>(self);
  if (transfer.guard_ && transfer.settings_.proxy.empty())
    if (auto range = transfer.guard_->refusal(address->addr)) {
      transfer.progress_.refused = *range;
      return CURL_SOCKET_BAD;
    }
  transfer.progress_.opened = true;
  auto fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd >= 0)
    transfer.sockets_.opened(fd);
  return fd;
}

int http_transfer::on_close(void* sockets, curl_socket_t fd) {
  static_cast<socket_watch*>(sockets)->closed(fd);
  return ::close(fd);
}

std::size_t http_transfer::on_header(char* data, std::size_t, std::size_t bytes, void* self) {
  static_cast<http_transfer*>(self)->take_header({data, bytes});
  return bytes;
}

void http_transfer::take_header(std::string_view line) {
  if (progress_.answered)
    return; // a trailer
  if (line.starts_with("HTTP/")) {
    answer_.headers.clear(); // of an informational answer before this one
    header_bytes_ = 0;
    answer_.status = status_in(line);
    return;
  }
  line = trimmed(line);
  if (line.empty()) {
    progress_.answered = answer_.status >= 200;
    return;
  }
  auto colon = line.find(':');
  header_bytes_ += line.size();
  if (colon == std::string_view::npos || answer_.headers.size() == answer_bounds::headers
      || header_bytes_ > answer_bounds::header_bytes)
    return;
  answer_.headers.push_back({lower(trimmed(line.substr(0, colon))), std::string{trimmed(line.substr(colon + 1))}});
}

std::size_t http_transfer::on_body(char* data, std::size_t, std::size_t bytes, void* self) {
  auto& transfer = *static_cast<http_transfer*>(self);
  auto& body = transfer.answer_.body;
  auto kept = std::min(bytes, answer_bounds::body_bytes - body.size());
  body.append(data, kept);
  transfer.discarded_bytes_ += bytes - kept;
  // Taking fewer bytes than came makes libcurl hang up; the answer stands.
  return transfer.discarded_bytes_ > answer_bounds::discarded_bytes ? 0 : bytes;
}

wire_answer http_transfer::finish(CURLcode code) {
  request_ = {};
  answer_.why = http_failure(code, progress_);
  if (answer_.why == wire_answer::failure::none)
    return std::move(answer_);
  return {answer_.why, 0, {}, {}, describe(answer_.why, code, progress_.refused)};
}

} // namespace carillon
