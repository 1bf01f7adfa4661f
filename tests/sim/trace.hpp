// What happened in a run, line by line: always hashed, so that two runs of one
// seed can be compared, and printed where somebody wants to read it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/sim/agenda.hpp"

namespace carillon::sim {

class trace {
public:
  trace(const sim_clock& clock, bool print) : clock_(clock), print_(print) {}

  template <class... Parts>
  void note(std::string_view what, const Parts&... parts) {
    line_.assign(what);
    (append(parts), ...);
    auto at = clock_.elapsed().count();
    hash_line(at);
    if (print_)
      std::printf("%12.6f  %s\n", static_cast<double>(at) / 1e6, line_.c_str());
  }
  /// A line for readers only, not hashed.
  void aside(const std::string& text) const {
    if (print_)
      std::printf("%12.6f  %s\n", static_cast<double>(clock_.elapsed().count()) / 1e6, text.c_str());
  }
  bool prints() const { return print_; }
  /// FNV-1a over every line and its instant.
  std::uint64_t hash() const { return hash_; }
  std::uint64_t lines() const { return lines_; }

private:
  void append(std::string_view text) { (line_ += ' ') += text; }
  void append(const std::string& text) { append(std::string_view{text}); }
  void append(const char* text) { append(std::string_view{text}); }
  template <class T>
  void append(T number) {
    append(std::to_string(number));
  }
  void hash_line(std::int64_t at) {
    auto mix = [this](std::uint64_t value) { hash_ = (hash_ ^ value) * 1'099'511'628'211ULL; };
    mix(static_cast<std::uint64_t>(at));
    for (auto c : line_)
      mix(static_cast<unsigned char>(c));
    ++lines_;
  }

  const sim_clock& clock_;
  bool print_;
  std::string line_;
  std::uint64_t hash_ = 14'695'981'039'346'656'037ULL;
  std::uint64_t lines_ = 0;
};

} // namespace carillon::sim
