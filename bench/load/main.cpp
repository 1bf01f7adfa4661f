// Load generator: `bench_load --port 8080 --key ck_... --rate 5000 --seconds 60`.
// Prints one JSON object when it is done; SIGTERM ends it early. The arguments
// are the fields of `options`, with dashes.
#include <csignal>
#include <cstdio>
#include <exception>
#include <sys/prctl.h>

#include "bench/common/arguments.hpp"
#include "bench/common/cpu.hpp"
#include "bench/load/generator.hpp"

namespace {

volatile std::sig_atomic_t stop = 0;

load::options read(int argc, char** argv) {
  const bench::arguments given{
    argc, argv,
    "port key work connections rate burst-on burst-off seconds drain count insist seed "
    "accepted first-user users opted-out-every contact priority type priority-header traffic body-bytes"};
  load::options what;
  auto whole = [&](const char* name, auto otherwise) {
    return static_cast<decltype(otherwise)>(given.number(name, static_cast<double>(otherwise)));
  };
  what.port = whole("port", what.port);
  what.key = given.text("key");
  what.work = given.text("work", what.work);
  what.connections = whole("connections", what.connections);
  what.rate = given.number("rate", what.rate);
  what.burst_on = given.number("burst-on", what.burst_on);
  what.burst_off = given.number("burst-off", what.burst_off);
  what.seconds = given.number("seconds", what.seconds);
  what.drain = given.number("drain", what.drain);
  what.count = whole("count", what.count);
  what.insist = given.number("insist") != 0;
  what.seed = whole("seed", what.seed);
  what.accepted = given.text("accepted");
  what.first_user = whole("first-user", what.first_user);
  what.users = whole("users", what.users);
  what.opted_out_every = whole("opted-out-every", what.opted_out_every);
  what.contact = given.text("contact");
  what.priority = given.text("priority", what.priority);
  what.type = given.text("type", what.type);
  what.priority_header = given.number("priority-header") != 0;
  what.traffic = given.text("traffic", "b").at(0);
  what.body_bytes = whole("body-bytes", what.body_bytes);
  return what;
}

void print(const load::tally& result, std::uint64_t wanted) {
  std::string statuses;
  std::uint64_t good = 0;
  for (auto& [status, count] : result.statuses) {
    statuses += (statuses.empty() ? "\"" : ", \"") + std::to_string(status) + "\": " + std::to_string(count);
    good += status < 300 ? count : 0;
  }
  const double elapsed = static_cast<double>(result.elapsed.count()) / 1e9;
  std::printf(
    "{\"started\": %llu, \"accepted\": %llu, \"wanted\": %llu, \"replayed\": %llu, \"lost_connections\": %llu, "
    "\"unanswered\": %llu, \"unsent\": %llu, \"elapsed_s\": %.3f, \"rate\": %.1f, \"cpu_s\": %.3f, \"statuses\": {%s}, "
    "\"latency\": "
    "%s}\n",
    static_cast<unsigned long long>(result.started), static_cast<unsigned long long>(good),
    static_cast<unsigned long long>(wanted), static_cast<unsigned long long>(result.replayed),
    static_cast<unsigned long long>(result.lost_connections), static_cast<unsigned long long>(result.unanswered),
    static_cast<unsigned long long>(result.unsent), elapsed, elapsed > 0 ? static_cast<double>(good) / elapsed : 0,
    bench::cpu_seconds(), statuses.c_str(), result.latency.to_json().c_str());
}

/// The system may otherwise wake a sleeper 50 us late, which would be charged to the engine.
void keep_time_exactly() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

} // namespace

int main(int argc, char** argv) {
  try {
    const auto what = read(argc, argv);
    keep_time_exactly();
    std::signal(SIGTERM, [](int) { stop = 1; });
    std::signal(SIGINT, [](int) { stop = 1; });
    const auto requests = load::make_workload(what);
    load::generator generator{what, *requests};
    const auto& result = generator.run(stop);
    print(result, requests->wanted());
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_load: %s\n", problem.what());
    return 2;
  }
}
