#include "actors/providers/sandbox.hpp"

namespace carillon {
namespace {

wire_answer status(int code, std::vector<header> headers, std::string body) {
  return {wire_answer::failure::none, code, std::move(headers), std::move(body), {}};
}

answer_meaning by_status(const wire_answer& answer, sys_time now, std::string_view who) {
  answer_meaning out;
  out.code = std::to_string(answer.status);
  if (answer.status >= 200 && answer.status <= 299)
    return out;
  out.outcome = answer.status == 429 ? outcome::throttled : outcome::retry;
  out.detail = std::string{who} + " answered " + out.code + ".";
  out.retry_after = retry_after_of(answer, now);
  return out;
}

} // namespace

sandbox_act act(const sandbox_script& script, std::mt19937_64& random) {
  sandbox_act out;
  out.takes = script.latency;
  // One draw decides, so the shares add up to what they say. 53 bits of it are
  // exact in a double, the same on every platform.
  auto draw = static_cast<double>(random() >> 11) * 0x1p-53;
  auto falls_in = [&](double share) { return (draw -= share) < 0; };
  if (falls_in(script.hang_rate))
    return out;
  if (falls_in(script.ambiguous_rate)) {
    out.captured = true;
    out.answer = wire_answer{wire_answer::failure::no_answer, 0, {}, {}, "The sandbox dropped the answer."};
  } else if (falls_in(script.throttle_rate)) {
    out.answer = status(429, {{"retry-after", "1"}}, "slow down");
  } else if (falls_in(script.fail_rate)) {
    out.answer = status(500, {}, "acted out");
  } else {
    out.captured = true;
    out.answer = status(200, {}, "taken");
  }
  return out;
}

answer_meaning read_sandbox(const wire_answer& answer, sys_time now) {
  if (auto failed = meaning_of_failure(answer))
    return *failed;
  return by_status(answer, now, "The sandbox");
}

answer_meaning read_in_app(const wire_answer& answer, sys_time now) {
  if (auto failed = meaning_of_failure(answer))
    return *failed;
  auto out = by_status(answer, now, "The in-app feed");
  if (answer.status == 404)
    out.outcome = outcome::bad_address;
  return out;
}

} // namespace carillon
