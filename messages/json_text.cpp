#include "messages/json_text.hpp"

#include <array>
#include <charconv>

namespace carillon {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

/// Length of the well-formed UTF-8 sequence at `i`, 0 if there is none (RFC 3629, section 4).
std::size_t sequence_at(std::string_view text, std::size_t i) {
  auto lead = byte_at(text, i);
  auto second = byte_at(text, i + 1);
  auto tail = [&](std::size_t at) { return (byte_at(text, at) & 0xc0U) == 0x80U; };
  auto second_in = [&](unsigned low, unsigned high) { return second >= low && second <= high; };
  if (lead >= 0xc2 && lead <= 0xdf)
    return tail(i + 1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    auto fits = second_in(lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
    return fits && tail(i + 2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    auto fits = second_in(lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
    return fits && tail(i + 2) && tail(i + 3) ? 4 : 0;
  }
  return 0;
}

void append_control(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
  case '\n': out += "\\n"; return;
  case '\r': out += "\\r"; return;
  case '\t': out += "\\t"; return;
  default:
    out += "\\u00";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
}

bool beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

/// What cannot stand in a JSON string as it is, or has to be looked at first.
bool special(char c) {
  auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20) | (byte >= 0x80) | (c == '"') | (c == '\\'); // without branches: tested in blocks
}

/// The first place from `i` on where `Stops` is true, or the end; most text has none,
/// so it is tested in blocks that the compiler makes one vector comparison of.
template <bool (*Stops)(char)>
std::size_t run_end(std::string_view text, std::size_t i) {
  constexpr std::size_t block = 16;
  for (; i + block <= text.size(); i += block) {
    unsigned char found = 0;
    for (std::size_t k = 0; k < block; ++k)
      found |= static_cast<unsigned char>(Stops(text[i + k]));
    if (found != 0)
      break;
  }
  while (i < text.size() && !Stops(text[i]))
    ++i;
  return i;
}

} // namespace

bool is_utf8(std::string_view text) {
  for (auto i = run_end<beyond_ascii>(text, 0); i < text.size(); i = run_end<beyond_ascii>(text, i)) {
    auto length = sequence_at(text, i);
    if (length == 0)
      return false;
    i += length;
  }
  return true;
}

void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (std::size_t i = 0; i < value.size();) {
    auto run = run_end<special>(value, i);
    out.append(value, i, run - i);
    i = run;
    if (i == value.size())
      break;
    auto c = value[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      ++i;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      append_control(out, c);
      ++i;
    } else if (auto length = sequence_at(value, i)) {
      out.append(value, i, length);
      i += length;
    } else {
      out += "\xef\xbf\xbd";
      ++i;
    }
  }
  out += '"';
}

std::string& json_object::member(std::string_view name) {
  if (!first_)
    out_ += ',';
  first_ = false;
  out_ += '"';
  out_ += name;
  out_ += "\":";
  return out_;
}

void json_object::text(std::string_view name, std::string_view value) {
  if (!value.empty())
    append_quoted(member(name), value);
}

void json_object::number(std::string_view name, std::int64_t value) {
  if (value == 0)
    return;
  std::array<char, 24> digits{};
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  member(name).append(digits.data(), end);
}

} // namespace carillon
