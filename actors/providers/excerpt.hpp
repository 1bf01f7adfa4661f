// What of a vendor's text may be kept and shown.
#pragma once

#include <string>
#include <string_view>

namespace carillon {

/// The first `most` bytes as one line: control characters are spaces, what is no
/// UTF-8 is dropped, and words that hold an address (with an @, or a number of
/// seven digits and more) are replaced by `…`. Pure.
std::string excerpt(std::string_view text, std::size_t most = 300);

} // namespace carillon
