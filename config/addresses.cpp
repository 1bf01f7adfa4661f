#include "config/addresses.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace carillon {

namespace {

template <class Whole>
std::optional<Whole> whole_number(std::string_view text) {
  Whole value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, std::string{text}.c_str(), bytes.data()) == 1;
}

} // namespace

std::optional<listen_address> parse_listen(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto port = whole_number<std::uint16_t>(text.substr(colon + 1));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!is_address(AF_INET6, host))
      return std::nullopt;
  } else if (host.find_first_of(":/ []") != std::string_view::npos) {
    return std::nullopt;
  }
  if (host.empty() || !port)
    return std::nullopt;
  return listen_address{std::string{host}, *port};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || (host.starts_with("127.") && is_address(AF_INET, host));
}

bool is_cidr(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return false;
  auto address = text.substr(0, slash);
  auto bits = whole_number<unsigned>(text.substr(slash + 1));
  return bits && ((is_address(AF_INET, address) && *bits <= 32) || (is_address(AF_INET6, address) && *bits <= 128));
}

} // namespace carillon
