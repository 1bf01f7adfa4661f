#include "runtime/http/digest.hpp"

#include <openssl/sha.h>

namespace carillon {

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
  std::array<std::uint8_t, 32> out;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data());
  return out;
}

} // namespace carillon
