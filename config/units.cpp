#include "config/units.hpp"

#include <array>
#include <charconv>

namespace carillon {

namespace {

struct unit {
  std::string_view name;
  duration length;
};
/// Largest first, so that showing finds the shortest text.
constexpr std::array<unit, 5> units{{{"d", std::chrono::hours{24}},
                                     {"h", std::chrono::hours{1}},
                                     {"m", std::chrono::minutes{1}},
                                     {"s", std::chrono::seconds{1}},
                                     {"ms", std::chrono::milliseconds{1}}}};
constexpr duration longest = std::chrono::hours{24} * 36'525;

} // namespace

std::optional<duration> parse_duration(std::string_view text) {
  std::uint32_t count = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{})
    return std::nullopt;
  auto name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& u : units)
    if (u.name == name && count <= longest / u.length)
      return count * u.length;
  return std::nullopt;
}

std::string show_duration(duration value) {
  for (const auto& u : units)
    if (value >= u.length && value % u.length == duration::zero())
      return std::to_string(value / u.length) + std::string{u.name};
  auto rounded = std::chrono::round<std::chrono::milliseconds>(value);
  return std::to_string(rounded.count()) + (rounded.count() == 0 ? "s" : "ms");
}

} // namespace carillon
