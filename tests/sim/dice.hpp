// The one source of chance of a run: the same seed, the same rolls.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "messages/vocabulary.hpp"

namespace carillon::sim {

class dice {
public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t raw() { return engine_(); }
  /// Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  duration between(duration low, duration high) { return duration{between(low.count(), high.count())}; }
  std::size_t below(std::size_t size) { return static_cast<std::size_t>(engine_() % size); }
  double real() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  bool chance(double p) { return real() < p; }
  template <class T>
  const T& one_of(const std::vector<T>& from) {
    return from[below(from.size())];
  }

private:
  std::mt19937_64 engine_;
};

} // namespace carillon::sim
