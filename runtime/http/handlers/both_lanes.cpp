#include "runtime/http/handlers/both_lanes.hpp"

#include <charconv>

namespace carillon::http {
namespace {

/// `-`, or a hexadecimal key that is not negative.
bool read_part(std::string_view part, std::optional<row_key>& out) {
  if (part == "-")
    return true;
  row_key key = 0;
  auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), key, 16);
  if (ec != std::errc{} || end != part.data() + part.size() || key < 0)
    return false;
  out = key;
  return true;
}

std::string part_text(const std::optional<row_key>& part) {
  if (!part)
    return "-";
  char digits[16];
  return {digits, std::to_chars(digits, digits + sizeof digits, *part, 16).ptr};
}

} // namespace

std::string to_text(const lane_cursor& at) {
  return part_text(at[0]) + '.' + part_text(at[1]);
}

std::optional<lane_cursor> parse_lane_cursor(std::string_view text) {
  lane_cursor out;
  auto dot = text.find('.');
  if (dot == std::string_view::npos || !read_part(text.substr(0, dot), out[0])
      || !read_part(text.substr(dot + 1), out[1]))
    return std::nullopt;
  return out;
}

} // namespace carillon::http
