#include "actors/providers/crypto.hpp"

#include <array>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdexcept>

namespace carillon {
namespace {

constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view for_urls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (char c : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(c);
    for (held += 8; held >= 6; held -= 6)
      out += alphabet[bits >> (held - 6) & 63];
  }
  if (held > 0)
    out += alphabet[bits << (6 - held) & 63];
  return out;
}

/// The value of each digit of an alphabet; 64 for what is none.
constexpr std::array<std::uint8_t, 256> values_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> values{};
  values.fill(64);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}

constexpr auto standard_values = values_of(standard);
constexpr auto url_values = values_of(for_urls);

std::optional<std::string> decode(std::string_view text, const std::array<std::uint8_t, 256>& values) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (char c : text) {
    std::uint32_t value = values[static_cast<std::uint8_t>(c)];
    if (value == 64)
      return std::nullopt;
    bits = bits << 6 | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xff);
    }
  }
  // A lone digit carries no byte, and left-over bits would let two texts mean one value.
  if (held >= 6 || (bits & ((1U << held) - 1)) != 0)
    return std::nullopt;
  return out;
}

} // namespace

std::string base64(std::string_view bytes) {
  auto out = encode(bytes, standard);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string base64url(std::string_view bytes) {
  return encode(bytes, for_urls);
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i)
    text.remove_suffix(1);
  return decode(text, standard_values);
}

std::optional<std::string> from_base64url(std::string_view text) {
  return decode(text, url_values);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
            text.size(), digest.data(), &size))
    throw std::runtime_error{"OpenSSL cannot compute HMAC-SHA256"};
  return {reinterpret_cast<const char*>(digest.data()), size};
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace carillon
