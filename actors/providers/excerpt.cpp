#include "actors/providers/excerpt.hpp"

#include <algorithm>
#include <cstdint>

namespace carillon {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool holds_address(std::string_view word) {
  auto digits = std::count_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  auto letters = std::count_if(word.begin(), word.end(), [](char c) { return c >= 'g' && c <= 'z'; });
  // A queue id mixes letters in; a telephone number does not.
  return word.find('@') != std::string_view::npos || (digits >= 7 && letters == 0 && word.size() < 20);
}

/// The length of the UTF-8 character at the start; 0 where there is none.
std::size_t character_bytes(std::string_view text) {
  auto lead = static_cast<std::uint8_t>(text.front());
  std::size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  if (size == 0 || size > text.size())
    return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((static_cast<std::uint8_t>(text[i]) & 0xc0) != 0x80)
      return 0;
  return size;
}

std::string one_clean_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto size = character_bytes(text);
    if (size == 1)
      out += is_control(text.front()) ? ' ' : text.front();
    else
      out += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(1, size));
  }
  return out;
}

} // namespace

std::string excerpt(std::string_view text, std::size_t most) {
  // Four times as much is enough to cut words from; the rest is never looked at.
  auto line = one_clean_line(text.substr(0, most * 4));
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    auto end = std::min(line.find(' ', at), line.size());
    auto word = std::string_view{line}.substr(at, end - at);
    at = end + 1;
    if (word.empty())
      continue;
    std::string_view shown = holds_address(word) ? "…" : word;
    if (out.size() + 1 + shown.size() > most)
      break;
    out.append(out.empty() ? "" : " ").append(shown);
  }
  return out;
}

} // namespace carillon
