// SHA-256 (FIPS 180-4), for keys and for what an idempotency key is compared by.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace carillon {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);

} // namespace carillon
