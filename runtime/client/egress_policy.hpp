// Which addresses a guarded call may reach. URLs that senders or persons give
// must not lead into the operator's own network, so private and special ranges
// are refused unless `[egress] allow` lists them. Checked at socket open, after
// name resolution, so that DNS cannot go round it. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/errors.hpp"

struct sockaddr;

namespace carillon {

/// An IPv6 address in network order; an IPv4 address stands as ::ffff:a.b.c.d.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};
  bool operator==(const ip_address&) const = default;
};

/// Reads dotted IPv4 or IPv6 text without brackets or zone.
std::optional<ip_address> parse_ip(std::string_view text);

/// A CIDR block; `bits` counts from the start of the 16 bytes (IPv4: 96..128).
struct ip_block {
  ip_address start;
  unsigned bits = 128;
  bool contains(const ip_address& address) const;
};

/// Reads `10.0.0.0/8`, `fd00::/8` or a single address. Nullopt where it is none
/// or where bits beyond the prefix are set.
std::optional<ip_block> parse_ip_block(std::string_view text);

class egress_policy {
public:
  /// Refuses every private and special range.
  egress_policy() = default;
  /// Permits those blocks besides. invalid_request with one field error for each
  /// entry that is no CIDR block (pointer `/egress/allow/INDEX`).
  static result<egress_policy> parse(std::span<const std::string> allow);

  /// The name of the range that forbids the address; nullopt where it may be reached.
  std::optional<std::string_view> refusal(const ip_address& address) const;
  /// The same for what a socket is about to connect to.
  std::optional<std::string_view> refusal(const sockaddr& address) const;

private:
  std::vector<ip_block> allow_;
};

} // namespace carillon
