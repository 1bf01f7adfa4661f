// A histogram with buckets of constant relative width (1.6 %), as HdrHistogram
// has them: 1 ns to 18 minutes in 30 KiB, one increment per value.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <string>

namespace bench {

class histogram {
public:
  void add(std::chrono::nanoseconds value) {
    const auto n = static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0));
    ++buckets_[std::min(bucket_of(n), buckets_.size() - 1)];
    ++count_;
    max_ = std::max(max_, n);
  }
  std::uint64_t count() const { return count_; }

  /// Milliseconds below which `share` (0..1) of the values lie; 0 without values.
  double quantile_ms(double share) const {
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      if (seen += buckets_[i]; seen > rank)
        return static_cast<double>(std::min(upper_bound_of(i), max_)) / 1e6;
    return static_cast<double>(max_) / 1e6;
  }

  std::string to_json() const {
    return "{\"count\": " + std::to_string(count_) + ", \"p50_ms\": " + std::to_string(quantile_ms(0.5))
           + ", \"p90_ms\": " + std::to_string(quantile_ms(0.9)) + ", \"p99_ms\": " + std::to_string(quantile_ms(0.99))
           + ", \"p999_ms\": " + std::to_string(quantile_ms(0.999))
           + ", \"max_ms\": " + std::to_string(static_cast<double>(max_) / 1e6) + "}";
  }

private:
  static constexpr unsigned bits = 6; ///< 64 buckets for every doubling

  static std::size_t bucket_of(std::uint64_t n) {
    if (n < (1U << bits))
      return n;
    const auto shift = static_cast<unsigned>(std::bit_width(n)) - bits - 1;
    return ((shift + 1) << bits) + (n >> shift) - (1U << bits);
  }
  static std::uint64_t upper_bound_of(std::size_t bucket) {
    if (bucket < (1U << bits))
      return bucket;
    const auto shift = (bucket >> bits) - 1;
    return (((bucket & ((1U << bits) - 1)) + (1U << bits) + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 36U << bits> buckets_{};
  std::uint64_t count_ = 0, max_ = 0;
};

} // namespace bench
