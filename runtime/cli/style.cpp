#include "runtime/cli/style.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

namespace carillon::cli {
namespace {

std::string_view escape_for(tone how) {
  switch (how) {
  case tone::plain: return "";
  case tone::strong: return "\033[1m";
  case tone::dim: return "\033[2m";
  case tone::good: return "\033[32m";
  case tone::busy: return "\033[33m";
  case tone::bad: return "\033[31m";
  }
  return "";
}

constexpr std::array<std::pair<std::string_view, tone>, 26> tones{{
  {"delivered", tone::good}, {"sent", tone::good},       {"read", tone::good},       {"seen", tone::good},
  {"clicked", tone::good},   {"accepted", tone::good},   {"closed", tone::good},     {"processing", tone::busy},
  {"queued", tone::busy},    {"sending", tone::busy},    {"retrying", tone::busy},   {"retry", tone::busy},
  {"held", tone::busy},      {"scheduled", tone::busy},  {"throttled", tone::busy},  {"ambiguous", tone::busy},
  {"half_open", tone::busy}, {"failed", tone::bad},      {"bounced", tone::bad},     {"dead_lettered", tone::bad},
  {"open", tone::bad},       {"bad_address", tone::bad}, {"bad_message", tone::bad}, {"bad_credentials", tone::bad},
  {"suppressed", tone::dim}, {"cancelled", tone::dim},
}};

bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7f;
}

bool continues_code_point(unsigned char c) {
  return (c & 0xc0U) == 0x80U;
}

} // namespace

std::string style::operator()(tone how, std::string_view text) const {
  if (!colour_ || how == tone::plain)
    return std::string{text};
  return std::string{escape_for(how)}.append(text).append("\033[0m");
}

tone tone_of(std::string_view word) {
  auto known = std::find_if(tones.begin(), tones.end(), [&](auto& row) { return row.first == word; });
  return known == tones.end() ? tone::plain : known->second;
}

std::string printable(std::string_view text) {
  std::string clean{text};
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto c = static_cast<unsigned char>(clean[i]);
    // U+0080..U+009F are controls too: two bytes, c2 80..9f.
    const bool c1 = c == 0xc2 && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xa0;
    if (is_control(c))
      clean[i] = ' ';
    else if (c1)
      clean.replace(i, 2, " ");
  }
  return clean;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
    text.begin(), text.end(), [](char c) { return !continues_code_point(static_cast<unsigned char>(c)); }));
}

std::string padded(std::string_view text, std::size_t width) {
  const auto has = width_of(text);
  return std::string{text}.append(has < width ? width - has : 0, ' ');
}

void table::print(std::ostream& out, const style& as) const {
  std::vector<std::size_t> widths;
  for (auto& heading : headings_)
    widths.push_back(width_of(heading));
  for (auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i].text));

  // The last cell of a line is not padded: no trailing spaces.
  auto put = [&](std::size_t column, std::string_view text, tone how) {
    const bool last = column + 1 == headings_.size();
    out << as(how, text) << (last ? "\n" : std::string(widths[column] - width_of(text) + 2, ' '));
  };
  for (std::size_t i = 0; i < headings_.size(); ++i)
    put(i, headings_[i], tone::dim);
  for (auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      put(i, row[i].text, row[i].how);
}

} // namespace carillon::cli
