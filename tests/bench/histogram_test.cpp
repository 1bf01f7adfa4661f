#include "bench/common/histogram.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using bench::histogram;

TEST_CASE("a histogram's quantiles are at most 1.6 % off, from 1 ns to minutes") {
  for (auto value : {1ns, 63ns, 64ns, 65ns, 1'000ns, 999'999ns, 123'456'789ns, 600'000'000'000ns}) {
    histogram one;
    one.add(value);
    one.add(value);
    const auto ms = static_cast<double>(value.count()) / 1e6;
    CHECK(one.quantile_ms(0.5) >= ms * 0.999999);
    CHECK(one.quantile_ms(0.5) <= ms * 1.016);
  }
}

TEST_CASE("a histogram finds the quantiles of a known series") {
  histogram series;
  for (int ms = 1; ms <= 1000; ++ms)
    series.add(std::chrono::milliseconds{ms});
  CHECK(series.count() == 1000);
  CHECK(std::abs(series.quantile_ms(0.5) - 501) < 501 * 0.016);
  CHECK(std::abs(series.quantile_ms(0.99) - 991) < 991 * 0.016);
  CHECK(series.quantile_ms(1) == 1000);
}

TEST_CASE("a histogram takes values beyond its range into its last bucket") {
  histogram one;
  one.add(-5ns);
  one.add(24h);
  CHECK(one.count() == 2);
  CHECK(one.quantile_ms(0.2) == 0);
  CHECK(one.quantile_ms(1) == 24 * 3600 * 1000.0);
}

TEST_CASE("an empty histogram has zero quantiles") {
  CHECK(histogram{}.quantile_ms(0.99) == 0);
}
