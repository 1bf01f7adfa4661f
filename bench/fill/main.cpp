// Fills a store whose engine is not running:
//
//   bench_fill --config carillon.toml --like ID[,ID...] --count 1000000
//              [--from-h 48] [--to-h 1] [--due-spread-s 86400] [--users 100000] [--seed 1]
//
// Copies those notifications in turn, as if they had been accepted between so many
// hours ago. Two fills of one store need spans that do not overlap: keys come from
// instants. Nothing is synced before the end, and nothing is too old to be kept.
#include <cstdio>
#include <exception>

#include "bench/common/arguments.hpp"
#include "bench/fill/filler.hpp"
#include "bench/fill/templates.hpp"
#include "config/load.hpp"
#include "runtime/store/lane/sqlite_lane_store.hpp"
#include "runtime/store/stores.hpp"

namespace {

using namespace carillon;

class nobody final : public store_observer {
  void committed(std::string_view, std::size_t, duration) override {}
  void trouble(std::string_view, const fault&) override {}
  void recovered(std::string_view) override {}
};

options options_of(const std::string& file) {
  auto config = load_options({.file = file, .environment = {}, .set = {}}).value;
  config.store.allow_weak_durability = true;
  config.store.retention = std::chrono::days{3650};
  return config;
}

fill::plan plan_of(const bench::arguments& given) {
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  auto seconds = [&](const char* name, double unit, double otherwise) {
    return std::chrono::seconds{static_cast<std::int64_t>(given.number(name, otherwise) * unit)};
  };
  fill::plan what;
  what.count = static_cast<std::uint64_t>(given.number("count"));
  what.first = now - seconds("from-h", 3600, 48);
  what.last = now - seconds("to-h", 3600, 1);
  what.due_spread = seconds("due-spread-s", 1, 0);
  what.users = static_cast<std::uint64_t>(given.number("users", static_cast<double>(what.users)));
  what.seed = static_cast<std::uint64_t>(given.number("seed", 1));
  return what;
}

void fill_store(const bench::arguments& given) {
  fill::past_clock clock;
  nobody watch;
  const auto what = plan_of(given);
  clock.set(what.first);
  auto open = fill::value_of(open_stores(options_of(given.text("config")), clock, watch));
  auto templates = fill::read_templates(open, given.text("like"));
  auto& into = open.of(templates.front().n->lane);
  fill::copier copies{std::move(templates), what, 0};
  fill::write_copies(into, copies, what, clock);
  // The type is the one open_stores makes.
  auto& file = static_cast<sqlite_lane_store&>(into);
  fill::wait_for<ok_t>([&](auto then) { file.catch_up(std::move(then)); });
}

} // namespace

int main(int argc, char** argv) {
  try {
    fill_store({argc, argv, "config like count from-h to-h due-spread-s users seed"});
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_fill: %s\n", problem.what());
    return 2;
  }
}
