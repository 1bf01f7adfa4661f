// Sends a workload and measures it. Open loop: request n leaves when the schedule
// says, or as soon after it as a connection is free, and its latency counts from
// the instant it should have left, so a stall is charged to every request it held
// up. Closed loop: each connection sends its next request on an answer.
#pragma once

#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "bench/common/histogram.hpp"
#include "bench/common/http.hpp"
#include "bench/common/net.hpp"
#include "bench/load/options.hpp"
#include "bench/load/schedule.hpp"
#include "bench/load/workload.hpp"

namespace load {

struct tally {
  std::map<int, std::uint64_t> statuses;
  std::uint64_t started = 0;          ///< requests
  std::uint64_t replayed = 0;         ///< answers with Idempotent-Replayed
  std::uint64_t lost_connections = 0; ///< closed by the other side while a request was under way
  std::uint64_t unanswered = 0;       ///< requests without an answer at the end
  std::uint64_t unsent = 0;           ///< open loop: their time came, but no connection was free for them
  nanoseconds elapsed{};              ///< first request to last answer
  bench::histogram latency;           ///< of 2xx answers
};

class generator {
public:
  generator(const options& what, workload& requests);
  /// Until the time, the workload or `stop` ends it; then waits for answers.
  const tally& run(const volatile std::sig_atomic_t& stop);

private:
  struct connection {
    bench::handle socket;
    bool connected = false, busy = false;
    bool resting = false; ///< a timer will connect or send again
    std::string request, in;
    std::size_t sent = 0;
    nanoseconds intended{};
  };
  using timer = std::pair<nanoseconds, std::size_t>;

  void open_connections();
  void serve_until(nanoseconds until);
  void start_due(nanoseconds at);
  void start(std::size_t slot, nanoseconds intended);
  void connect(std::size_t slot);
  void transmit(std::size_t slot);
  void receive(std::size_t slot);
  void answered(std::size_t slot, const bench::frame& answer);
  void lost(std::size_t slot);
  void rest(std::size_t slot);
  void run_timers(nanoseconds at);
  bool more(nanoseconds at) const;
  nanoseconds wake_at(nanoseconds at) const;
  nanoseconds next_arrival() const { return start_ + schedule_->at(arrivals_); }

  options what_;
  workload& requests_;
  tally tally_;
  bench::poller poller_;
  std::vector<connection> connections_;
  std::vector<std::size_t> idle_;
  std::priority_queue<timer, std::vector<timer>, std::greater<>> timers_; ///< connect or send again
  std::optional<schedule> schedule_;                                      ///< open loop
  nanoseconds start_{}, end_{};
  std::uint64_t arrivals_ = 0; ///< open loop: requests whose time has come
  std::size_t under_way_ = 0;
  bool ended_ = false;
};

} // namespace load
