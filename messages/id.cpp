#include "messages/id.hpp"

#include <algorithm>

namespace carillon {
namespace {

constexpr unsigned counter_bits = 15;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

constexpr bool is_dash_position(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

} // namespace

std::string to_string(const uuid& id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (auto byte : id.bytes) {
    if (is_dash_position(text.size()))
      text += '-';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_position(i)) {
      if (text[i] != '-')
        return std::nullopt;
      continue;
    }
    auto value = hex_value(text[i]);
    if (value < 0)
      return std::nullopt;
    id.bytes[nibble / 2] |= static_cast<std::uint8_t>(nibble % 2 == 0 ? value << 4 : value);
    ++nibble;
  }
  if (id.bytes[6] >> 4 != 7 || id.bytes[8] >> 6 != 2)
    return std::nullopt;
  return id;
}

// Layout: bytes 0-5 milliseconds; byte 6 version and counter bits 14-11; byte 7
// counter bits 10-3; byte 8 variant, counter bits 2-0, lane bit; the rest random.
uuid id_generator::make(row_key key) {
  std::uint64_t tail = 0;
  {
    std::scoped_lock guard{mutex_};
    tail = random_();
  }
  auto millis = static_cast<std::uint64_t>(key) >> counter_bits;
  auto counter = static_cast<std::uint32_t>(key) & ((1U << counter_bits) - 1);
  uuid id;
  for (int i = 0; i < 6; ++i)
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter >> 11));
  id.bytes[7] = static_cast<std::uint8_t>(counter >> 3);
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (counter & 7) << 3 | (lane_ == lane::bulk ? 4 : 0) | (tail & 3));
  for (std::size_t i = 9; i < 16; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(tail >> (8 * (i - 8)));
  return id;
}

row_key key_of(const uuid& id) {
  std::uint64_t millis = 0;
  for (std::size_t i = 0; i < 6; ++i)
    millis = millis << 8 | id.bytes[i];
  auto counter = static_cast<std::uint64_t>(id.bytes[6] & 15) << 11 | static_cast<std::uint64_t>(id.bytes[7]) << 3
                 | (id.bytes[8] >> 3 & 7);
  return static_cast<row_key>((millis << counter_bits | counter) & 0x7fff'ffff'ffff'ffffULL);
}

lane lane_of(const uuid& id) {
  return (id.bytes[8] & 4) != 0 ? lane::bulk : lane::critical;
}

sys_time time_of(row_key key) {
  return sys_time{std::chrono::milliseconds{key >> counter_bits}};
}

row_key first_key_at(sys_time at) {
  auto millis = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
  return std::max<row_key>(0, millis) << counter_bits;
}

id_generator::id_generator(lane l, row_key after, std::uint64_t seed) : lane_(l), last_(after), random_(seed) {}

row_key id_generator::reserve(sys_time now, std::uint32_t count) {
  std::scoped_lock guard{mutex_};
  auto first = std::max(last_ + 1, first_key_at(now));
  last_ = first + count - 1;
  return first;
}

} // namespace carillon
