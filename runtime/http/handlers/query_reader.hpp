// Reads query parameters; the fault to answer names every wrong one.
// That every parameter is one of the route's was checked before.
#pragma once

#include <charconv>
#include <optional>

#include "runtime/http/exchange.hpp"
#include "runtime/http/limits.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::http {

class query_reader {
public:
  explicit query_reader(const request& rq) : rq_(rq) {}

  /// Empty where it is not given; given, it is not empty.
  std::string text(std::string_view name) {
    auto given = rq_.parameter(name);
    if (given && given->empty())
      refuse(name, "is empty; leave it out, or give it a value");
    return std::string{given.value_or("")};
  }

  /// `limit`, 1..limits::page_rows, limits::default_page_rows unless given.
  std::size_t limit() {
    auto given = rq_.parameter("limit");
    std::size_t value = limits::default_page_rows;
    if (!given)
      return value;
    auto [end, ec] = std::from_chars(given->data(), given->data() + given->size(), value);
    if (ec != std::errc{} || end != given->data() + given->size() || value < 1 || value > limits::page_rows)
      refuse("limit", "must be a whole number from 1 to " + std::to_string(limits::page_rows));
    return value;
  }
  std::optional<sys_time> time(std::string_view name) {
    auto given = rq_.parameter(name);
    if (!given)
      return std::nullopt;
    auto value = parse_rfc3339(*given);
    if (!value)
      refuse(name, "must be an RFC 3339 time with an offset (a + is written %2B)");
    return value;
  }
  template <class Parse, class T = std::invoke_result_t<Parse, std::string_view>>
  T word(std::string_view name, Parse parse, std::string_view words) {
    auto given = rq_.parameter(name);
    if (!given)
      return {};
    auto value = parse(*given);
    if (!value)
      refuse(name, "must be one of " + std::string{words});
    return value;
  }
  void refuse(std::string_view name, const std::string& what) {
    auto sentence = "The query parameter " + std::string{name} + ' ' + what + '.';
    if (problem_)
      problem_->detail += ' ' + sentence;
    else
      problem_ = fault{errc::bad_query, std::move(sentence)};
  }
  const std::optional<fault>& problem() const { return problem_; }

private:
  const request& rq_;
  std::optional<fault> problem_;
};

inline constexpr std::string_view channel_words = "email, sms, push, whatsapp, chat, webhook, in_app";

} // namespace carillon::http
