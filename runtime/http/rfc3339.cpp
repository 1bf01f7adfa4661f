#include "runtime/http/rfc3339.hpp"

#include <charconv>

namespace carillon {
namespace {

using namespace std::chrono;

/// Takes fixed-width parts off the front of a text; remembers whether all were there.
class cursor {
public:
  explicit cursor(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    if (rest_.size() < count)
      return fail();
    int value = 0;
    for (char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9')
        return fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  char one_of(std::string_view chars) {
    if (rest_.empty() || chars.find(rest_.front()) == std::string_view::npos) {
      fail();
      return 0;
    }
    char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool done() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }
  int fail() {
    ok_ = false;
    return 0;
  }

private:
  std::string_view rest_;
  bool ok_ = true;
};

microseconds fraction(cursor& in) {
  if (!in.at('.'))
    return {};
  in.one_of(".");
  int value = 0;
  int weight = 100'000;
  do {
    value += (in.one_of("0123456789") - '0') * weight;
    weight /= 10;
  } while (in.ok() && !in.at('Z') && !in.at('z') && !in.at('+') && !in.at('-'));
  return microseconds{value};
}

minutes offset(cursor& in) {
  char sign = in.one_of("Zz+-");
  if (sign != '+' && sign != '-')
    return {};
  int hour = in.digits(2);
  in.one_of(":");
  int minute = in.digits(2);
  if (hour > 23 || minute > 59)
    in.fail();
  return (sign == '+' ? 1 : -1) * (hours{hour} + minutes{minute});
}

void append(std::string& out, int value, int width) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i, value /= 10)
    digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

} // namespace

std::optional<sys_time> parse_rfc3339(std::string_view text) {
  cursor in{text};
  int y = in.digits(4);
  in.one_of("-");
  auto m = static_cast<unsigned>(in.digits(2));
  in.one_of("-");
  auto d = static_cast<unsigned>(in.digits(2));
  in.one_of("Tt");
  int hour = in.digits(2);
  in.one_of(":");
  int minute = in.digits(2);
  in.one_of(":");
  int second = in.digits(2);
  auto part = fraction(in);
  auto shift = offset(in);
  auto date = year{y} / month{m} / day{d};
  if (!in.done() || y < 1970 || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  return sys_time{sys_days{date}.time_since_epoch() + hours{hour} + minutes{minute} + seconds{second} + part - shift};
}

std::string format_rfc3339(sys_time at) {
  auto days = floor<std::chrono::days>(at);
  year_month_day date{days};
  hh_mm_ss time{at - days};
  std::string out;
  out.reserve(27);
  append(out, static_cast<int>(date.year()), 4);
  append(out += '-', static_cast<int>(static_cast<unsigned>(date.month())), 2);
  append(out += '-', static_cast<int>(static_cast<unsigned>(date.day())), 2);
  append(out += 'T', static_cast<int>(time.hours().count()), 2);
  append(out += ':', static_cast<int>(time.minutes().count()), 2);
  append(out += ':', static_cast<int>(time.seconds().count()), 2);
  auto micros = static_cast<int>(time.subseconds().count());
  if (micros % 1'000 != 0)
    append(out += '.', micros, 6);
  else if (micros != 0)
    append(out += '.', micros / 1'000, 3);
  return out += 'Z';
}

} // namespace carillon
