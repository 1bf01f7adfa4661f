// What vendors answer: a status, headers and a body, over HTTP and SMTP.
#include <charconv>

#include "actors/providers/dates.hpp"
#include "actors/providers/mailbox.hpp"
#include "actors/providers/smtp.hpp"
#include "actors/providers/unsubscribe.hpp"
#include "actors/providers/webhook.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace carillon;
using fuzz::promise;

namespace {

const sys_time noon = std::chrono::sys_days{std::chrono::year{2025} / 6 / 1} + std::chrono::hours{12};

/// First line the status, then `name: value` lines, then an empty line and the body.
wire_answer answer_in(std::string_view text) {
  wire_answer answer;
  auto first = fuzz::cut(text, '\n');
  std::from_chars(first.data(), first.data() + first.size(), answer.status);
  while (!text.empty() && answer.headers.size() < 100) {
    auto line = fuzz::cut(text, '\n');
    if (line.empty())
      break;
    auto value = line;
    auto name = fuzz::cut(value, ':');
    answer.headers.push_back({std::string{name}, std::string{value}});
  }
  answer.body = text.substr(0, 65'536);
  return answer;
}

void check(const answer_meaning& meaning) {
  promise(meaning.detail.size() <= 500, "what people read of an answer is at most 500 bytes");
  promise(!meaning.retry_after || *meaning.retry_after >= duration::zero(), "no vendor asks for a pause in the past");
}

void check_mailbox(std::string_view text) {
  auto box = parse_mailbox(text);
  if (!box)
    return;
  promise(form_of(box->address) != address_form::invalid, "a mailbox has a valid address");
  promise(box->address.find_first_of("\r\n\t <>") == std::string::npos, "an address cannot break a header");
  promise(box->address.size() <= 254, "an address has at most 254 bytes");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto answer = answer_in(text);
  check(read_webhook(answer, noon));
  check(read_smtp(answer, noon));
  auto first = fuzz::cut(text, '\n');
  check_mailbox(first);
  static_cast<void>(parse_http_date(first, noon));
  promise(!read_unsubscribe_token(first, secret{"a key that nobody knows"}), "nobody forges a link");
  return 0;
}
