// What the load generator is asked to do; one field a command line argument.
#pragma once

#include <cstdint>
#include <string>

namespace load {

struct options {
  std::uint16_t port = 8080;          ///< of the engine on 127.0.0.1
  std::string key;                    ///< bearer key
  std::string work = "notifications"; ///< or "people": creates users and their preferences

  std::size_t connections = 64;
  double rate = 0;         ///< requests per second (open loop); 0: as fast as answers come (closed loop)
  double burst_on = 1;     ///< open loop: seconds of sending before each pause
  double burst_off = 0;    ///< seconds of each pause; 0: no pauses
  double seconds = 10;     ///< for how long requests are started
  double drain = 30;       ///< how long to wait for the last answers
  std::uint64_t count = 0; ///< stop after so many requests; 0: no bound
  bool insist = false;     ///< send the same bytes again until they are answered with 2xx
  std::uint64_t seed = 0;  ///< of keys and users; 0: by the clock
  std::string accepted;    ///< file that takes a line `key id` for every 202

  std::size_t first_user = 0; ///< number of the first user
  std::size_t users = 100'000;
  std::size_t opted_out_every = 10; ///< every n-th user, by number, has opted out; 0: nobody
  std::string contact;              ///< "people": everyone's webhook address

  std::string priority = "medium";
  std::string type = "bench";
  bool priority_header = false; ///< say `Priority: u=0` before the body
  char traffic = 'b';           ///< the letter under which the vendor counts it
  std::size_t body_bytes = 512;
};

} // namespace load
