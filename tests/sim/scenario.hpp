// What one seed stands for: a configuration, a crowd, and how much goes wrong.
// Drawn once, at the start; small numbers on purpose, so that slots, windows,
// breakers and limits are met all the time.
#pragma once

#include "config/options.hpp"
#include "tests/sim/dice.hpp"

namespace carillon::sim {

/// How often what goes wrong; shares 0..1 of the calls or messages concerned.
struct troubles {
  double commit_fails = 0, commit_stalls = 0, crash_at_commit = 0;
  double read_fails = 0, read_stalls = 0;
  double handler_throws = 0; ///< of the messages handled
  double vendor_lies = 0;    ///< of the calls: any answer but a prompt, honest yes
  int actors_killed = 0, process_crashes = 0, full_disks = 0, clock_steps = 0, breaker_orders = 0, switches = 0;
  /// Nothing may excuse a promise that is not kept exactly.
  bool none() const;
  /// An actor or the process may die.
  bool deaths() const { return handler_throws > 0 || actors_killed > 0 || process_crashes > 0 || crash_at_commit > 0; }
  /// A write may be refused, or take long.
  bool bad_disk() const { return commit_fails > 0 || commit_stalls > 0 || read_fails > 0 || full_disks > 0; }
};

struct scenario {
  options config;
  troubles bad;
  int people = 8;
  int requests = 60;
  duration busy = std::chrono::seconds{40}; ///< how long requests and troubles come
};

/// Types, providers and people's names that every scenario has.
scenario draw_scenario(dice& chance);

} // namespace carillon::sim
