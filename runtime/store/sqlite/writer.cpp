#include "runtime/store/sqlite/writer.hpp"

#include <algorithm>

#include "runtime/store/sqlite/faults.hpp"
#include "runtime/thread.hpp"

namespace carillon {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// Background work waits until nothing was written for a moment, so that it does
// not stand before a lone request; under load it still gets a step now and then.
constexpr auto idle_before_upkeep = 20ms;
constexpr auto upkeep_under_load = 10ms;
constexpr auto probe_every = 1s;
constexpr auto damage_lasts = 60s; // after it was last met
constexpr auto nothing_to_do = std::chrono::hours{1};

duration since(steady_time began) {
  return std::chrono::duration_cast<duration>(steady_clock::now() - began);
}

} // namespace

writer::writer(store_file file, written_file& side, store_observer& watch, checkpointer& wal)
    : file_(std::move(file)), side_(side), watch_(watch), wal_(file_, wal), queue_(queue_calls) {
  side_.open();
  thread_ = std::thread{[this] { loop(); }};
}

writer::~writer() {
  stop();
}

void writer::stop() {
  queue_.close();
  if (thread_.joinable())
    thread_.join();
}

std::optional<fault> writer::trouble() const {
  std::scoped_lock guard{trouble_mutex_};
  return trouble_;
}

void writer::loop() {
  begin_thread(file_.name + "-w", file_.whose);
  auto due = steady_clock::now();
  while (!queue_.closed()) {
    auto batch = queue_.take(batch_calls, due);
    if (queue_.closed())
      return; // what is left is answered by its destructor
    if (!batch.empty()) {
      run_batch(std::move(batch));
      auto now = steady_clock::now();
      due = std::min(now + idle_before_upkeep, std::max(now, last_upkeep_ + upkeep_under_load));
    }
    if (steady_clock::now() >= due)
      due = upkeep();
  }
}

void writer::run_batch(std::vector<job_ptr> batch) {
  auto began = steady_clock::now();
  try {
    while (auto culprit = try_batch(batch)) {
      // Rolled back and run again without the one that failed: savepoints would
      // cost every call what almost none needs.
      batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(*culprit));
      if (batch.empty())
        return;
    }
  } catch (const sqlite_error& e) {
    refuse_all(batch, e);
    return;
  }
  report_success();
  // Counted before it is answered: who sees the answer sees the count.
  watch_.committed(file_.name, batch.size(), since(began));
  for (auto& one : batch)
    one->finish(nullptr);
}

std::optional<std::size_t> writer::try_batch(std::vector<job_ptr>& batch) {
  std::size_t at = 0;
  auto own_fault = [&](const fault& why) {
    side_.rolled_back();
    batch[at]->finish(&why);
    return at;
  };
  try {
    wal_.mend(side_.open());
    transaction all{side_.open()};
    for (; at < batch.size(); ++at)
      batch[at]->run();
    all.commit();
    return std::nullopt;
  } catch (const sqlite_error& e) {
    if (concerns_file(e) || at == batch.size())
      throw;
    return own_fault(fault_of(e, file_.path.string()));
  } catch (const std::exception& e) {
    if (at == batch.size())
      throw;
    return own_fault({errc::internal_error, file_.name + ": " + e.what()});
  }
}

void writer::refuse_all(std::vector<job_ptr>& batch, const sqlite_error& why) {
  report_trouble(why);
  auto told = fault_of(why, file_.path.string());
  for (auto& one : batch)
    one->finish(&told);
}

void writer::report_trouble(const sqlite_error& why) {
  side_.rolled_back();
  if (is_failed_sync(why))
    wal_.suspect();
  if (is_damage(why))
    damage_lasts_until_ = steady_clock::now() + damage_lasts;
  if (needs_reopen(why))
    side_.close();
  auto told = fault_of(why, file_.path.string());
  {
    std::scoped_lock guard{trouble_mutex_};
    trouble_ = told;
  }
  watch_.trouble(file_.name, told);
}

/// A damaged page hurts some calls and not others, nor the probe: that those work says
/// nothing of it.
void writer::report_success() {
  if (steady_clock::now() < damage_lasts_until_)
    return;
  {
    std::scoped_lock guard{trouble_mutex_};
    if (!trouble_)
      return;
    trouble_.reset();
  }
  watch_.recovered(file_.name);
}

steady_time writer::upkeep() {
  auto next = steady_clock::now() + nothing_to_do;
  try {
    wal_.mend(side_.open());
    if (trouble())
      probe();
    wal_.tend(side_.open());
    if (auto wanted = side_.upkeep(wal_))
      next = *wanted;
    if (trouble()) // damage outlasts the probe
      next = std::min(next, steady_clock::now() + probe_every);
  } catch (const sqlite_error& e) {
    report_trouble(e);
    next = steady_clock::now() + probe_every;
  }
  last_upkeep_ = steady_clock::now();
  return next;
}

// A write that changes nothing people see, to learn whether writing works again.
void writer::probe() {
  auto& db = side_.open();
  transaction attempt{db};
  db.exec("INSERT OR REPLACE INTO meta(name, value) VALUES('probe', random())");
  attempt.commit();
  report_success();
}

} // namespace carillon
