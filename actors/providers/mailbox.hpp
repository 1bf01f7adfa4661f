// Email addresses, as far as a sender must understand them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace carillon {

struct mailbox {
  std::string name; ///< display name, UTF-8; may be empty
  std::string address;
};

enum class address_form : std::uint8_t {
  invalid,       ///< nothing that could be mailed to
  ascii,         ///< a dot-atom, an @ and a domain or an address literal (RFC 5321, section 4.1.2)
  international, ///< the same with UTF-8 (RFC 6531), which not every server takes
};

/// At most 254 bytes, 64 of them before the @. Quoted local parts count as invalid.
address_form form_of(std::string_view address);

/// Reads `Name <a@b>`, `"Name" <a@b>` or `a@b`; nullopt where the address is invalid.
std::optional<mailbox> parse_mailbox(std::string_view text);

/// What follows the @.
std::string_view domain_of(std::string_view address);

} // namespace carillon
