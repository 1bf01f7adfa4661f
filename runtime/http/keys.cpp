#include "runtime/http/keys.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "runtime/http/digest.hpp"
#include "runtime/unique_fd.hpp"

namespace carillon {
namespace {

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t key_digits = 43; // 62^43 > 2^256

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
  std::array<std::uint8_t, N> out{};
  if (RAND_bytes(out.data(), static_cast<int>(N)) != 1)
    throw std::runtime_error{"the system has no random numbers to make a key from"};
  return out;
}

/// Random digits without bias: bytes past the largest multiple of 62 are drawn again.
std::string random_digits(std::size_t count) {
  std::string out;
  while (out.size() < count)
    for (auto byte : random_bytes<64>())
      if (byte < 4 * base62.size() && out.size() < count)
        out += base62[byte % base62.size()];
  return out;
}

fault file_fault(const std::filesystem::path& file) {
  auto reason = std::generic_category().message(errno);
  return {errc::internal_error, "The key cannot be written to " + file.string() + ": " + reason + "."};
}

} // namespace

new_key make_key(api_key wanted, sys_time now) {
  new_key out;
  out.text = (wanted.space.mode == mode::live ? "ck_live_" : "ck_test_") + random_digits(key_digits);
  out.kept = std::move(wanted);
  out.kept.id = new_row_id(now);
  out.kept.digest = key_digest(out.text);
  out.kept.created_at = now;
  out.kept.revoked = false;
  return out;
}

std::array<std::uint8_t, 32> key_digest(std::string_view text) {
  return sha256(text);
}

api_key admin_key_template() {
  api_key out;
  out.name = "admin";
  out.scopes = {scope::send, scope::read, scope::manage, scope::admin};
  return out;
}

status_result write_key_file(const std::filesystem::path& file, std::string_view text) {
  // A new file each time: an old one could have wider rights or be a link to elsewhere.
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  unique_fd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd)
    return file_fault(file);
  auto line = std::string{text} + '\n';
  if (::write(fd.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) || ::fsync(fd.get()) != 0)
    return file_fault(file);
  return ok;
}

std::string new_row_id(sys_time now) {
  uuid id{random_bytes<16>()};
  auto millis = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return to_string(id);
}

} // namespace carillon
