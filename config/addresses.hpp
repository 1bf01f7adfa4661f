// Network addresses as they stand in a configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carillon {

/// `host:port`, the host a name, an IPv4 address or an IPv6 address in brackets.
struct listen_address {
  std::string host;       ///< without brackets, never empty
  std::uint16_t port = 0; ///< 0: the system chooses
};
/// Nothing where the text is something else.
std::optional<listen_address> parse_listen(std::string_view text);

/// True for 127.0.0.0/8, ::1 and `localhost`.
bool is_loopback(std::string_view host);

/// True for `address/bits` of IPv4 or IPv6, bits within the address.
bool is_cidr(std::string_view text);

} // namespace carillon
