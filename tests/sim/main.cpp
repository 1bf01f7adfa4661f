// sim_tests: lives through seeds and says which promises were not kept.
#include <CLI/CLI.hpp>
#include <iostream>

#include "tests/sim/run.hpp"

using namespace carillon::sim;

namespace {

struct arguments {
  std::uint64_t from = 1, count = 1;
  bool trace = false;
};

/// False where a promise was broken.
bool run_one(std::uint64_t seed, bool trace) {
  auto report = live_through({seed, trace});
  std::printf("seed %llu: %zu calls, %llu events, trace %016llx%s\n", static_cast<unsigned long long>(seed),
              report.calls, static_cast<unsigned long long>(report.lines), static_cast<unsigned long long>(report.hash),
              report.violations.empty() ? "" : "  BROKEN");
  for (auto& what : report.violations)
    std::printf("  %s\n", what.c_str());
  std::fflush(stdout);
  return report.violations.empty();
}

} // namespace

int main(int argc, char** argv) {
  std::cout.rdbuf(nullptr); // CAF tells of every actor that dies; the trace does too
  arguments how;
  std::uint64_t seed = 0;
  CLI::App app{"The whole engine in virtual time, with everything around it failing."};
  auto* one = app.add_option("--seed", seed, "live through this one seed");
  app.add_option("--from", how.from, "first of several seeds");
  app.add_option("--seeds", how.count, "how many seeds, from --from on");
  app.add_flag("--trace", how.trace, "print everything that happens");
  CLI11_PARSE(app, argc, argv);
  if (*one)
    how = {seed, 1, how.trace};
  std::uint64_t broken = 0;
  for (auto s = how.from; s < how.from + how.count; ++s)
    broken += run_one(s, how.trace) ? 0 : 1;
  std::printf("%llu seeds, %llu with broken promises\n", static_cast<unsigned long long>(how.count),
              static_cast<unsigned long long>(broken));
  return broken == 0 ? 0 : 1;
}
