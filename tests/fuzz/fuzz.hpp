// What every fuzz target shares. libFuzzer calls LLVMFuzzerTestOneInput with bytes
// of its own making; a crash, a sanitizer's report or a broken promise ends the run
// and leaves the bytes in a file.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::fuzz {

/// A promise of the parser that must hold for all input.
inline void promise(bool kept, const char* what) {
  if (kept)
    return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return size == 0 ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(data), size};
}

/// The text in front of the first of those bytes; `rest` begins behind it, and is
/// empty where there is none.
inline std::string_view cut(std::string_view& rest, char at) {
  auto end = rest.find(at);
  auto front = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return front;
}

inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty())
    lines.push_back(cut(text, '\n'));
  return lines;
}

} // namespace carillon::fuzz
