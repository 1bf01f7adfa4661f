// How the suppression ledger tells addresses apart.
#pragma once

#include <algorithm>
#include <string>

#include "messages/vocabulary.hpp"

namespace carillon {

/// The form under which the ledger keeps an address. Mail addresses in it differ by
/// more than ASCII case: whoever may not be written to as `A@Example.org` may not be
/// as `a@example.org` either, though a mail server might tell the two apart.
inline std::string ledger_address(channel on, std::string address) {
  if (on == channel::email)
    std::transform(address.begin(), address.end(), address.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return address;
}

} // namespace carillon
