#include "runtime/client/egress_policy.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace carillon {
namespace {

struct refused_range {
  std::string_view block;
  std::string_view name;
};

// IANA's special-purpose registries (RFC 6890) and the metadata services of
// clouds that stand outside of them.
constexpr std::array refused_ranges{
  refused_range{"0.0.0.0/8", "unspecified 0.0.0.0/8"},
  refused_range{"10.0.0.0/8", "private 10.0.0.0/8"},
  refused_range{"100.64.0.0/10", "carrier-grade NAT 100.64.0.0/10"},
  refused_range{"127.0.0.0/8", "loopback 127.0.0.0/8"},
  refused_range{"168.63.129.16/32", "metadata 168.63.129.16"},
  refused_range{"169.254.0.0/16", "link-local and metadata 169.254.0.0/16"},
  refused_range{"172.16.0.0/12", "private 172.16.0.0/12"},
  refused_range{"192.0.0.0/24", "protocol assignments 192.0.0.0/24"},
  refused_range{"192.0.2.0/24", "documentation 192.0.2.0/24"},
  refused_range{"192.88.99.0/24", "6to4 relay 192.88.99.0/24"},
  refused_range{"192.168.0.0/16", "private 192.168.0.0/16"},
  refused_range{"198.18.0.0/15", "benchmarking 198.18.0.0/15"},
  refused_range{"198.51.100.0/24", "documentation 198.51.100.0/24"},
  refused_range{"203.0.113.0/24", "documentation 203.0.113.0/24"},
  refused_range{"224.0.0.0/4", "multicast 224.0.0.0/4"},
  refused_range{"240.0.0.0/4", "reserved 240.0.0.0/4"},
  refused_range{"::/128", "unspecified ::"},
  refused_range{"::1/128", "loopback ::1"},
  refused_range{"64:ff9b:1::/48", "local translation 64:ff9b:1::/48"},
  refused_range{"100::/64", "discard 100::/64"},
  refused_range{"2001::/32", "tunnel 2001::/32"},
  refused_range{"2001:db8::/32", "documentation 2001:db8::/32"},
  refused_range{"fc00::/7", "unique local fc00::/7"},
  refused_range{"fe80::/10", "link-local fe80::/10"},
  refused_range{"fec0::/10", "site-local fec0::/10"},
  refused_range{"ff00::/8", "multicast ff00::/8"},
};

struct parsed_range {
  ip_block block;
  std::string_view name;
};

const std::vector<parsed_range>& parsed_ranges() {
  static const auto ranges = [] {
    std::vector<parsed_range> out;
    out.reserve(refused_ranges.size());
    for (auto& [block, name] : refused_ranges)
      out.push_back({parse_ip_block(block).value(), name});
    return out;
  }();
  return ranges;
}

ip_address mapped(const std::uint8_t* four) {
  ip_address out;
  out.bytes[10] = out.bytes[11] = 0xff;
  std::copy_n(four, 4, out.bytes.begin() + 12);
  return out;
}

/// IPv6 forms that carry an IPv4 address to which a gateway would pass us on:
/// where it stands in the 16 bytes.
struct carrying_block {
  std::string_view block;
  std::size_t offset;
};
constexpr std::array carrying_blocks{
  carrying_block{"64:ff9b::/96", 12}, // NAT64, RFC 6052
  carrying_block{"2002::/16", 2},     // 6to4, RFC 3056
  carrying_block{"::/96", 12},        // IPv4-compatible, deprecated
};

std::optional<ip_address> carried_ipv4(const ip_address& address) {
  static const auto blocks = [] {
    std::vector<std::pair<ip_block, std::size_t>> out;
    out.reserve(carrying_blocks.size());
    for (auto& [block, offset] : carrying_blocks)
      out.emplace_back(parse_ip_block(block).value(), offset);
    return out;
  }();
  for (auto& [block, offset] : blocks)
    if (block.contains(address))
      return mapped(address.bytes.data() + offset);
  return std::nullopt;
}

} // namespace

std::optional<ip_address> parse_ip(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) // inet_pton would end there
    return std::nullopt;
  std::string terminated{text};
  ip_address out;
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1)
    return mapped(four.data());
  if (inet_pton(AF_INET6, terminated.c_str(), out.bytes.data()) == 1)
    return out;
  return std::nullopt;
}

bool ip_block::contains(const ip_address& address) const {
  auto whole = bits / 8;
  if (!std::equal(start.bytes.begin(), start.bytes.begin() + whole, address.bytes.begin()))
    return false;
  auto rest = bits % 8;
  if (rest == 0)
    return true;
  auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (start.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<ip_block> parse_ip_block(std::string_view text) {
  auto slash = text.find('/');
  auto address = parse_ip(text.substr(0, slash));
  if (!address)
    return std::nullopt;
  unsigned bits = 128;
  if (slash != std::string_view::npos) {
    auto digits = text.substr(slash + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size())
      return std::nullopt;
    auto is_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
    if (bits > (is_v4 ? 32U : 128U))
      return std::nullopt;
    bits += is_v4 ? 96 : 0;
  }
  for (auto bit = bits; bit < 128; ++bit)
    if (address->bytes[bit / 8] & (0x80 >> bit % 8))
      return std::nullopt;
  return ip_block{*address, bits};
}

result<egress_policy> egress_policy::parse(std::span<const std::string> allow) {
  egress_policy out;
  fault wrong{errc::invalid_request, "[egress] allow has entries that are no CIDR blocks."};
  for (std::size_t i = 0; i < allow.size(); ++i) {
    if (auto block = parse_ip_block(allow[i]))
      out.allow_.push_back(*block);
    else
      wrong.fields.push_back({"/egress/allow/" + std::to_string(i), "format",
                              "\"" + allow[i]
                                + "\" is no CIDR block; write an address, a slash and the length of the prefix, with "
                                  "no bits set beyond it, such as 10.1.0.0/16 or fd00::/8."});
  }
  if (!wrong.fields.empty())
    return wrong;
  return out;
}

std::optional<std::string_view> egress_policy::refusal(const ip_address& address) const {
  auto has_it = [&](auto& block) { return block.contains(address); };
  if (std::any_of(allow_.begin(), allow_.end(), has_it))
    return std::nullopt;
  for (auto& [block, name] : parsed_ranges())
    if (block.contains(address))
      return name;
  if (auto inner = carried_ipv4(address))
    return refusal(*inner);
  return std::nullopt;
}

std::optional<std::string_view> egress_policy::refusal(const sockaddr& address) const {
  // Copied out: a sockaddr may lie about its alignment.
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::array<std::uint8_t, 4> four{};
    std::memcpy(four.data(), &v4.sin_addr, four.size());
    return refusal(mapped(four.data()));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    ip_address raw;
    std::memcpy(raw.bytes.data(), &v6.sin6_addr, raw.bytes.size());
    return refusal(raw);
  }
  return "not an internet address";
}

} // namespace carillon
