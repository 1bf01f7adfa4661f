// The table of protocols: adding one is a row here and a file beside it.
#include <algorithm>
#include <array>
#include <charconv>

#include "actors/providers/dates.hpp"
#include "actors/providers/protocol.hpp"
#include "actors/providers/sandbox.hpp"
#include "actors/providers/smtp.hpp"
#include "actors/providers/webhook.hpp"

namespace carillon {
namespace {

constexpr std::array table{
  protocol{.name = "smtp",
           .channel = channel::email,
           .make = make_smtp,
           .read = read_smtp,
           .needs_from = true,
           .needs_base_url = true},
  protocol{.name = "webhook",
           .channel = channel::webhook,
           .confirms = true,
           .carries_key = true,
           .make = make_webhook,
           .read = read_webhook,
           .needs_signing_secret = true},
  protocol{.name = "in_app",
           .channel = channel::in_app,
           .by = carrier::inbox,
           .confirms = true,
           .carries_key = true,
           .read = read_in_app},
  protocol{.name = "sandbox", .channel = std::nullopt, .by = carrier::sandbox, .read = read_sandbox},
};

constexpr auto longest_retry_after = std::chrono::days{7};

struct failure_row {
  wire_answer::failure why;
  outcome what;
  std::string_view code;
};
constexpr std::array failure_rows{
  failure_row{wire_answer::failure::not_sent, outcome::retry, "not_sent"},
  failure_row{wire_answer::failure::tls, outcome::retry, "tls"},
  failure_row{wire_answer::failure::no_answer, outcome::ambiguous, "no_answer"},
  failure_row{wire_answer::failure::refused_address, outcome::bad_message, "refused_address"},
};

answer_meaning meaning(outcome what, std::string_view code, std::string detail) {
  answer_meaning out;
  out.outcome = what;
  out.code = code;
  out.detail = std::move(detail);
  return out;
}

} // namespace

std::span<const protocol> protocols() {
  return table;
}

const protocol* find_protocol(std::string_view name) {
  auto found = std::find_if(table.begin(), table.end(), [&](auto& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::optional<answer_meaning> meaning_of_failure(const wire_answer& answer) {
  for (auto& row : failure_rows)
    if (row.why == answer.why)
      return meaning(row.what, row.code, answer.detail);
  return std::nullopt;
}

answer_meaning meaning_of_fault(const fault& error) {
  auto is_address = [](auto& field) { return field.pointer == "/address"; };
  auto found = std::find_if(error.fields.begin(), error.fields.end(), is_address);
  if (found == error.fields.end())
    return meaning(outcome::bad_message, "bad_message", error.detail);
  return meaning(outcome::bad_address, "bad_address", error.detail + " " + found->detail);
}

std::optional<duration> retry_after_of(const wire_answer& answer, sys_time now) {
  auto is_it = [](auto& field) { return field.name == "retry-after"; };
  auto found = std::find_if(answer.headers.begin(), answer.headers.end(), is_it);
  if (found == answer.headers.end() || found->value.empty())
    return std::nullopt;
  auto& value = found->value;
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (std::all_of(value.begin(), value.end(), is_digit)) {
    std::int64_t seconds = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    auto limit = std::chrono::seconds{longest_retry_after};
    return error != std::errc{} ? limit : std::min(std::chrono::seconds{seconds}, limit);
  }
  auto at = parse_http_date(value, now);
  if (!at)
    return std::nullopt;
  return std::clamp<duration>(*at - now, duration{0}, longest_retry_after);
}

} // namespace carillon
