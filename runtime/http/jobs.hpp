// Paced redrives of dead letters: each runs as a job that callers can look at.
// Jobs live in memory; one that a restart cut off is started again by hand, which
// is safe: what was redriven is no dead letter any more.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "messages/ports.hpp"
#include "runtime/http/engine_port.hpp"
#include "runtime/http/pool.hpp"

namespace carillon::http {

/// How a job stands.
struct job_view {
  enum class state : std::uint8_t { running, done, failed };
  std::string id;
  carillon::space space;
  state status = state::running;
  std::size_t matched = 0;   ///< dead letters the filter found when it began
  std::size_t processed = 0; ///< of those, looked at
  std::size_t redriven = 0;  ///< of those, queued again
  std::string detail;        ///< why it failed
  sys_time started_at{};
  std::optional<sys_time> finished_at;
};
std::string_view to_string(job_view::state value);

struct redrive_order {
  dead_letter_filter filter; ///< its space is the job's
  double rate = 100;         ///< deliveries per second, min_redrive_rate..max_redrive_rate
  std::size_t matched = 0;
  std::string by;            ///< name of the key that ordered it
  std::string by_request_id; ///< of the request that did
};
inline constexpr double min_redrive_rate = 0.001; ///< one in about 17 minutes
inline constexpr double max_redrive_rate = 10'000;

class redrive_job;

class job_board {
public:
  static constexpr std::size_t running_limit = 8;
  static constexpr std::size_t kept_limit = 100; ///< finished ones, newest

  /// Jobs run on `where`'s thread, which outlives the board.
  job_board(engine_port& engine, pool& where);
  ~job_board();

  /// overloaded where running_limit jobs run.
  result<job_view> redrive(redrive_order what);
  /// Any thread; nothing where that space has no such job (any more).
  std::optional<job_view> find(const space& where, std::string_view id) const;

private:
  friend class redrive_job;
  void change(const std::string& id, const std::function<void(job_view&)>& how);
  void ended(const redrive_job* which);

  engine_port& engine_;
  pool& pool_;
  mutable std::mutex mutex_;
  std::deque<job_view> jobs_;                         ///< oldest first
  std::vector<std::shared_ptr<redrive_job>> running_; ///< what keeps them alive; callbacks do not
};

} // namespace carillon::http
