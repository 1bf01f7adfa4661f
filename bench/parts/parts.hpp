// The parts that a notification's way goes through, each alone: what it would cost
// if there were nothing between them. A part runs for some seconds with so many
// pieces of work on their way at once.
#pragma once

#include <cstdint>
#include <string>

#include "config/options.hpp"

namespace parts {

struct assignment {
  carillon::options config; ///< the engine's own
  std::string like;         ///< ids of notifications that the engine wrote into its store
  double seconds = 5;
  std::size_t at_once = 64; ///< as the load generator of `capacity` has connections
};

/// What one piece of work is: a notification, or for the client a call.
struct tally {
  std::uint64_t count = 0;
  double seconds = 0;
  double cpu_seconds = 0; ///< of this process, meanwhile
};

/// Accepts copies with their start, then writes the outcome of each.
tally run_store(const assignment& what);
/// Passes messages along as many actors as work meets in a lane.
tally run_actors(const assignment& what);
/// Calls the vendor of the first of `like` with the engine's own request.
tally run_client(const assignment& what);
/// Serves HTTP, keys and parsing included, and accepts everything at once. Prints
/// its port and runs until the process is ended.
void run_http(const assignment& what);

} // namespace parts
