#include "actors/policy/sentence.hpp"

#include <date/date.h>

namespace carillon {
namespace {

std::string two_units(std::int64_t value, std::int64_t smaller_in_larger, const char* larger, const char* smaller) {
  auto text = std::to_string(value / smaller_in_larger) + larger;
  if (auto rest = value % smaller_in_larger)
    text += ' ' + std::to_string(rest) + smaller;
  return text;
}

} // namespace

std::string instant_text(sys_time when) {
  return date::format("%FT%TZ", std::chrono::floor<std::chrono::seconds>(when));
}

std::string wait_text(duration wait) {
  using namespace std::chrono;
  if (wait < seconds{1})
    return std::to_string(floor<milliseconds>(wait).count()) + " ms";
  if (wait < minutes{1}) {
    auto tenths = wait / milliseconds{100};
    auto part = tenths % 10 == 0 ? std::string{} : '.' + std::to_string(tenths % 10);
    return std::to_string(tenths / 10) + part + " s";
  }
  if (wait < hours{1})
    return two_units(floor<seconds>(wait).count(), 60, " min", " s");
  if (wait < days{1})
    return two_units(floor<minutes>(wait).count(), 60, " h", " min");
  return two_units(floor<hours>(wait).count(), 24, " d", " h");
}

} // namespace carillon
