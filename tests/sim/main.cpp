// sim_tests: lives through seeds and says which promises were not kept.
#include <CLI/CLI.hpp>
#include <iostream>

#include "tests/sim/run.hpp"

using namespace carillon::sim;

namespace {

struct arguments {
  std::uint64_t from = 1, count = 1;
  bool trace = false;
  plant defect = plant::none;
};

/// False where a promise was broken.
bool run_one(std::uint64_t seed, const arguments& how) {
  auto report = live_through({seed, how.defect, how.trace});
  std::printf("seed %llu: %zu calls, %llu events, trace %016llx%s\n", static_cast<unsigned long long>(seed),
              report.calls, static_cast<unsigned long long>(report.lines), static_cast<unsigned long long>(report.hash),
              report.violations.empty() ? "" : "  BROKEN");
  for (auto& what : report.violations)
    std::printf("  %s\n", what.c_str());
  std::fflush(stdout);
  return report.violations.empty();
}

/// Each defect has to be caught within so many seeds; false where one is not.
bool catch_planted(std::uint64_t seeds) {
  bool all = true;
  for (auto& row : plants) {
    run_report report;
    for (std::uint64_t s = 1; s <= seeds && report.violations.empty(); ++s)
      report = live_through({s, row.what});
    auto caught = !report.violations.empty();
    std::printf("%-22s %s\n", std::string{row.name}.c_str(),
                caught ? ("seed " + std::to_string(report.seed) + ": " + report.violations.front()).c_str()
                       : "NOT CAUGHT");
    std::fflush(stdout);
    all = all && caught;
  }
  return all;
}

int list_plants() {
  for (auto& row : plants)
    std::printf("%-22s %s\n", std::string{row.name}.c_str(), std::string{row.defect}.c_str());
  return 0;
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
  std::string defect;
  bool list = false;
  std::uint64_t catch_within = 0;
  app.add_option("--plant", defect, "plant this defect");
  app.add_flag("--list-plants", list, "what can be planted");
  app.add_option("--catch", catch_within, "plant each defect in turn; each has to be caught within so many seeds");
  CLI11_PARSE(app, argc, argv);
  if (list)
    return list_plants();
  if (catch_within > 0)
    return catch_planted(catch_within) ? 0 : 1;
  if (!defect.empty()) {
    auto known = find_plant(defect);
    if (!known) {
      std::fprintf(stderr, "There is no defect %s to plant; --list-plants shows them.\n", defect.c_str());
      return 2;
    }
    how.defect = *known;
  }
  if (*one)
    how.from = seed;
  std::uint64_t broken = 0;
  for (auto s = how.from; s < how.from + how.count; ++s)
    broken += run_one(s, how) ? 0 : 1;
  std::printf("%llu seeds, %llu with broken promises\n", static_cast<unsigned long long>(how.count),
              static_cast<unsigned long long>(broken));
  return broken == 0 ? 0 : 1;
}
