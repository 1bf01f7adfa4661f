// Runs one part of the engine alone, beside a folder in which an engine ran before:
//
//   bench_parts --part http --config carillon.toml
//   bench_parts --part store|client --config carillon.toml --like ID[,ID...]
//   bench_parts --part actors
//
// with [--seconds 5] [--at-once 64]. Prints one JSON object.
#include <cstdio>
#include <exception>

#include "bench/common/arguments.hpp"
#include "bench/parts/parts.hpp"
#include "config/load.hpp"

namespace {

parts::assignment read(const bench::arguments& given) {
  parts::assignment what;
  if (const auto file = given.text("config"); !file.empty())
    what.config = carillon::load_options({.file = file, .environment = {}, .set = {}}).value;
  what.like = given.text("like");
  what.seconds = given.number("seconds", what.seconds);
  what.at_once = static_cast<std::size_t>(given.number("at-once", static_cast<double>(what.at_once)));
  return what;
}

void print(const parts::tally& done) {
  const auto count = static_cast<double>(done.count);
  std::printf("{\"count\": %llu, \"per_s\": %.1f, \"cpu_s_per_1000\": %.6f}\n",
              static_cast<unsigned long long>(done.count), count / done.seconds, done.cpu_seconds / count * 1000);
}

void run(const std::string& part, const parts::assignment& what) {
  if (part == "http")
    parts::run_http(what);
  else if (part == "store")
    print(parts::run_store(what));
  else if (part == "actors")
    print(parts::run_actors(what));
  else if (part == "client")
    print(parts::run_client(what));
  else
    throw std::invalid_argument("--part is http, store, actors or client, not \"" + part + "\"");
}

} // namespace

int main(int argc, char** argv) {
  try {
    const bench::arguments given{argc, argv, "part config like seconds at-once"};
    run(given.text("part"), read(given));
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_parts: %s\n", problem.what());
    return 2;
  }
}
