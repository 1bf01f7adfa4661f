#include "runtime/client/smtp_session.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sys/socket.h>
#include <unistd.h>

namespace carillon {
namespace {

constexpr std::size_t reply_bytes = 8'192;

// RFC 5321, section 3.3: a transaction is these commands in this order.
constexpr std::array<const char*, 4> transaction{"MAIL", "RCPT", "DATA", "end-of-data"};

const char* command_answered(std::size_t replies) {
  return replies == 0 ? "session" : transaction[std::min(replies, transaction.size()) - 1];
}

long tls_level(wire_request::starttls mode) {
  switch (mode) {
  case wire_request::starttls::required: return CURLUSESSL_ALL;
  case wire_request::starttls::opportunistic: return CURLUSESSL_TRY;
  case wire_request::starttls::off: return CURLUSESSL_NONE;
  }
  return CURLUSESSL_ALL;
}

const char* text_or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

bool breaks_commands(const wire_request& request) {
  using namespace std::string_view_literals;
  auto breaks = [](const std::string& text) { return text.find_first_of("\r\n\0"sv) != std::string::npos; };
  return breaks(request.url) || breaks(request.mail_from) || breaks(request.rcpt_to);
}

} // namespace

smtp_session::smtp_session(const client_settings& settings) : settings_(settings), easy_(make_easy()) {
  set_constant_options();
}

void smtp_session::set_constant_options() {
  set_option(easy_, CURLOPT_NOSIGNAL, 1L);
  set_option(easy_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set_option(easy_, CURLOPT_PROXY, ""); // not the environment's
  set_option(easy_, CURLOPT_QUICK_EXIT, 1L);
  set_option(easy_, CURLOPT_UPLOAD, 1L);
  // Kerberos and NTLM may block or depend on the machine; these do not.
  set_option(easy_, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5");
  if (!settings_.ca_file.empty())
    set_option(easy_, CURLOPT_CAINFO, settings_.ca_file.c_str());
  set_option(easy_, CURLOPT_PREREQFUNCTION, &on_ready);
  set_option(easy_, CURLOPT_PREREQDATA, this);
  set_option(easy_, CURLOPT_HEADERFUNCTION, &on_reply);
  set_option(easy_, CURLOPT_HEADERDATA, this);
  set_option(easy_, CURLOPT_READFUNCTION, &on_upload);
  set_option(easy_, CURLOPT_READDATA, this);
  set_option(easy_, CURLOPT_NOPROGRESS, 0L);
  set_option(easy_, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set_option(easy_, CURLOPT_XFERINFODATA, this);
  set_option(easy_, CURLOPT_OPENSOCKETFUNCTION, &on_open);
  set_option(easy_, CURLOPT_OPENSOCKETDATA, this);
  set_option(easy_, CURLOPT_CLOSESOCKETFUNCTION, &on_close);
  set_option(easy_, CURLOPT_CLOSESOCKETDATA, this);
}

void smtp_session::load(const wire_request& request, std::chrono::milliseconds timeout) {
  auto url = request.url;
  if (!settings_.hello_name.empty())
    url += "/" + settings_.hello_name; // where libcurl looks for the name to greet with
  string_list recipients;
  recipients.add(request.rcpt_to);
  set_option(easy_, CURLOPT_URL, url.c_str());
  set_option(easy_, CURLOPT_USE_SSL, tls_level(request.tls));
  set_option(easy_, CURLOPT_USERNAME, text_or_null(request.username));
  set_option(easy_, CURLOPT_PASSWORD, text_or_null(request.password));
  set_option(easy_, CURLOPT_MAIL_FROM, request.mail_from.c_str());
  set_option(easy_, CURLOPT_MAIL_RCPT, recipients.get());
  set_option(easy_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set_option(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  set_option(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(timeout, settings_.connect_timeout).count()));
  recipients_ = std::move(recipients);
  wants_auth_ = !request.username.empty();
}

wire_answer smtp_session::send(const wire_request& request, std::chrono::milliseconds timeout) {
  if (breaks_commands(request))
    return {wire_answer::failure::not_sent, 0, {}, {}, "Nothing was sent: the envelope contains a line break."};
  load(request, timeout);
  auto answer = perform(request);
  if (!broke_while_idle(answer))
    return answer;
  drop_connection(); // also where the farewell was an answer
  load(request, timeout);
  return perform(request);
}

/// What the server still says of a call that did not end there is not for the next one,
/// nor is what it says to the QUIT of its closing for this one.
void smtp_session::drop_connection() {
  {
    std::scoped_lock guard{mutex_};
    if (sockets_.empty())
      return; // libcurl has closed it
  }
  set_option(easy_, CURLOPT_HEADERFUNCTION, &unheard);
  stop_reading(); // nobody waits for that answer
  easy_ = make_easy();
  set_constant_options();
}

wire_answer smtp_session::perform(const wire_request& request) {
  message_ = request.body;
  uploaded_ = replies_ = 0;
  progress_ = {};
  reply_.clear();
  last_reply_.clear();
  auto code = curl_easy_perform(easy_.get());
  timed_out_ = code == CURLE_OPERATION_TIMEDOUT;
  connects_ = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &connects_);
  if (code != CURLE_OK)
    drop_connection();
  if (code == CURLE_ABORTED_BY_CALLBACK && wants_auth_ && !auth_offered_ && !interrupted_)
    return {
      wire_answer::failure::not_sent,
      0,
      {},
      {},
      "Nothing was sent: the server offers no AUTH, and the provider has a username; take it out, or let the server "
      "offer AUTH (after STARTTLS, as most do)."};
  auto why = smtp_failure(code, progress_);
  if (why != wire_answer::failure::none)
    return {why, 0, {}, {}, describe(why, code)};
  return {why, progress_.last_reply, {{"smtp-command", command_answered(replies_)}}, last_reply_, {}};
}

// Servers close idle connections, some with a last 421. Nothing of the message
// was said on it yet, so a new connection may begin again.
bool smtp_session::broke_while_idle(const wire_answer& answer) const {
  auto reused = connects_ == 0 && progress_.offered && !timed_out_;
  auto silent = answer.why == wire_answer::failure::not_sent && replies_ == 0;
  auto dismissed = answer.why == wire_answer::failure::none && answer.status == 421 && replies_ <= 1;
  return reused && (silent || dismissed) && !interrupted_;
}

void smtp_session::interrupt() {
  {
    std::scoped_lock guard{mutex_};
    interrupted_ = true; // under the mutex: on_open adds no socket from here on
  }
  stop_reading();
}

/// libcurl would go on without the credentials.
int smtp_session::on_ready(void* self, char*, char*, int, int) {
  auto& session = *static_cast<smtp_session*>(self);
  if (session.wants_auth_ && !session.auth_offered_)
    return CURL_PREREQFUNC_ABORT;
  session.progress_.offered = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t smtp_session::unheard(char*, std::size_t, std::size_t bytes, void*) {
  return bytes;
}

std::size_t smtp_session::on_reply(char* data, std::size_t, std::size_t bytes, void* self) {
  static_cast<smtp_session*>(self)->take_reply_line({data, bytes});
  return bytes;
}

// RFC 5321, section 4.2: lines of a reply are "250-text", the last is "250 text".
void smtp_session::take_reply_line(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r'))
    line.remove_suffix(1);
  int code = 0;
  auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), code);
  if (error != std::errc{} || end != line.data() + 3)
    return; // not a reply's line; libcurl will say so
  auto text = line.substr(std::min<std::size_t>(line.size(), 4));
  if (!progress_.offered && code == 250) { // of EHLO; the last one counts
    auto offers = text == "AUTH" || text.starts_with("AUTH ");
    auth_offered_ = offers || (auth_offered_ && !reply_.empty());
  }
  if (reply_.size() + text.size() < reply_bytes)
    reply_.append(reply_.empty() ? "" : "\n").append(text);
  if (line.size() > 3 && line[3] == '-')
    return;
  take_reply(code);
}

void smtp_session::take_reply(int code) {
  auto text = std::exchange(reply_, {});
  if (progress_.offered && progress_.last_reply >= 400)
    return; // the answer to QUIT, which libcurl says after a refusal
  last_reply_ = std::move(text);
  progress_.last_reply = code;
  if (!progress_.offered)
    return;
  ++replies_;
  if (code >= 400)
    stop_reading();
}

void smtp_session::stop_reading() {
  std::scoped_lock guard{mutex_};
  for (auto socket : sockets_)
    ::shutdown(socket, SHUT_RD); // whoever waits for a reply sees the end of the stream
}

std::size_t smtp_session::on_upload(char* space, std::size_t, std::size_t bytes, void* self) {
  auto& session = *static_cast<smtp_session*>(self);
  auto taken = session.message_.copy(space, bytes, session.uploaded_);
  session.uploaded_ += taken;
  session.progress_.body_given = session.uploaded_ == session.message_.size();
  return taken;
}

int smtp_session::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<smtp_session*>(self)->interrupted_ ? 1 : 0;
}

curl_socket_t smtp_session::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto& session = *static_cast<smtp_session*>(self);
  std::scoped_lock guard{session.mutex_};
  if (session.interrupted_)
    return CURL_SOCKET_BAD;
  session.auth_offered_ = false;
  auto socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket >= 0)
    session.sockets_.push_back(socket);
  return socket;
}

int smtp_session::on_close(void* self, curl_socket_t socket) {
  auto& session = *static_cast<smtp_session*>(self);
  std::scoped_lock guard{session.mutex_};
  std::erase(session.sockets_, socket);
  return ::close(socket);
}

} // namespace carillon
