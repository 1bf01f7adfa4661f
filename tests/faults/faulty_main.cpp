// `carillon serve` with a disk, a clock and actors that fail on request: for
// tests/faults/run.py, which writes one order a line to standard input and reads
// one line back, "ok" or what is wrong with it.
//
//   disk [file=PART] [write_errors] [short_writes] [sync_errors] [room=BYTES]
//                       from now on, for files whose path contains PART; alone: the disk is well
//   clock SECONDS       how far this process's wall clock is ahead of the system's
//   kill LANE ACTOR     ends that actor as a crash would
//   power SEED          loses power: ends here, with what the crash may have left on the disk
//
//   carillon_faulty FILE [SECONDS]     with that configuration, and its clock so far ahead
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <thread>

#include "config/load.hpp"
#include "faulty_disk.hpp"
#include "runtime/engine/engine.hpp"
#include "runtime/engine/serve.hpp"

namespace {

using namespace carillon;
using namespace carillon::test;

class stepped_clock final : public wall_clock {
public:
  explicit stepped_clock(std::chrono::seconds ahead) : ahead_(ahead) {}
  sys_time now() const override {
    return std::chrono::floor<duration>(std::chrono::system_clock::now()) + ahead_.load();
  }
  void step_to(std::chrono::seconds ahead) { ahead_ = ahead; }

private:
  std::atomic<std::chrono::seconds> ahead_;
};

std::string fail_disk(std::istream& words) {
  disk_faults what;
  for (std::string word; words >> word;) {
    auto value = word.substr(word.find('=') + 1);
    if (word.starts_with("file="))
      what.file = value;
    else if (word.starts_with("room="))
      what.room = std::stoll(value);
    else if (word == "write_errors")
      what.write_errors = true;
    else if (word == "short_writes")
      what.short_writes = true;
    else if (word == "sync_errors")
      what.sync_errors = true;
    else
      return "unknown fault " + word;
  }
  faulty_disk::install().set(what);
  return "ok";
}

[[noreturn]] void lose_power(std::uint64_t seed) {
  auto& disk = faulty_disk::install();
  std::mt19937_64 random{seed};
  disk.lose_power();
  disk.leave_remains(random);
  _exit(137);
}

std::string obey(const std::string& order, engine& e, stepped_clock& clock) {
  std::istringstream words{order};
  std::string what;
  words >> what;
  if (what == "disk")
    return fail_disk(words);
  std::int64_t number = 0;
  if (what == "clock" && words >> number) {
    clock.step_to(std::chrono::seconds{number});
    return "ok";
  }
  if (what == "power" && words >> number)
    lose_power(static_cast<std::uint64_t>(number));
  std::string lane_word, actor;
  if (what == "kill" && words >> lane_word >> actor) {
    e.end_actor(lane_word == "critical" ? lane::critical : lane::bulk, actor);
    return "ok";
  }
  return "unknown order " + order;
}

/// Until whoever gives orders is gone; then so is this process.
void take_orders(engine& e, stepped_clock& clock) {
  for (std::string order; std::getline(std::cin, order);)
    std::cout << obey(order, e, clock) << std::endl;
  _exit(1);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: carillon_faulty FILE [SECONDS]\n");
    return 2;
  }
  faulty_disk::install();
  stepped_clock clock{std::chrono::seconds{argc > 2 ? std::atoll(argv[2]) : 0}};
  auto config = load_options({.file = argv[1], .environment = {}, .set = {}});
  for (auto& problem : config.problems)
    std::fprintf(stderr, "%s\n", to_string(problem).c_str());
  return serve(config.value, clock,
               [&clock](engine& e) { std::thread{[&e, &clock] { take_orders(e, clock); }}.detach(); });
}
