// The randomness of property tests: another seed every run, shown when a test
// fails (`INFO(random.seed_text())`), taken from CARILLON_SEED to repeat a run.
#pragma once

#include <cstdlib>
#include <random>
#include <string>

namespace carillon::test {

class seeded_random {
public:
  seeded_random() : seed_(chosen()), engine_(seed_) {}

  std::string seed_text() const { return "CARILLON_SEED=" + std::to_string(seed_); }
  std::mt19937_64& engine() { return engine_; }

  /// Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(engine_);
  }
  std::size_t index(std::size_t size) {
    return static_cast<std::size_t>(between(0, static_cast<std::int64_t>(size) - 1));
  }
  double real(double low, double high) { return std::uniform_real_distribution<double>{low, high}(engine_); }
  bool chance(double p) { return std::bernoulli_distribution{p}(engine_); }

private:
  static std::uint64_t chosen() {
    if (auto given = std::getenv("CARILLON_SEED"))
      return std::strtoull(given, nullptr, 10);
    return std::random_device{}();
  }
  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

} // namespace carillon::test
