#include "runtime/store/postgres/worker.hpp"

#include <utility>

namespace carillon {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto between_looks = 1s; // upkeep, and whether a lost database is back
constexpr int repeats = 3;         // of a transaction that the server gave up

} // namespace

postgres_worker::postgres_worker(database where, std::string thread_name, turn whose, std::size_t queue_calls)
    : where_(std::move(where)), thread_name_(std::move(thread_name)), whose_(whose), queue_(queue_calls) {}

postgres_worker::~postgres_worker() {
  stop();
}

void postgres_worker::start() {
  thread_ = std::thread{[this] { loop(); }};
}

void postgres_worker::stop() {
  queue_.close();
  if (thread_.joinable())
    thread_.join();
}

std::optional<fault> postgres_worker::trouble() const {
  std::scoped_lock guard{trouble_mutex_};
  return trouble_;
}

void postgres_worker::connect() {
  if (session_ && !session_->is_open())
    session_.reset();
  if (!session_)
    session_ = std::make_unique<session>(where_);
}

fault postgres_worker::note(const std::exception& what) {
  auto told = fault_of(what, where_.name);
  if (is_lost(what))
    session_.reset();
  else if (session_)
    session_->roll_back();
  if (concerns_server(what)) {
    std::scoped_lock guard{trouble_mutex_};
    trouble_ = told;
  }
  return told;
}

bool postgres_worker::note_success() {
  std::scoped_lock guard{trouble_mutex_};
  return std::exchange(trouble_, std::nullopt).has_value();
}

void postgres_worker::loop() {
  begin_thread(thread_name_, whose_);
  auto look = steady_clock::now() + between_looks;
  while (!queue_.closed()) {
    auto batch = queue_.take(batch_calls(), look);
    if (queue_.closed())
      return; // what is left is answered by its destructor
    if (!batch.empty())
      serve(std::move(batch));
    if (steady_clock::now() >= look) {
      idle();
      look = steady_clock::now() + between_looks;
    }
  }
}

// ---------------------------------------------------------------- writer

postgres_writer::postgres_writer(database where, turn whose, store_observer& watch, runner run, chore upkeep)
    : postgres_worker(where, where.name + "-w", whose, queue_calls),
      watch_(watch),
      run_(std::move(run)),
      upkeep_(std::move(upkeep)) {
  if (!run_)
    run_ = [](const std::vector<job_ptr>& batch) {
      for (auto& one : batch)
        one->run();
    };
  connect();
  start();
}

void postgres_writer::commit(const std::vector<job_ptr>& batch) {
  for (int n = 1;; ++n) {
    try {
      connect();
      now().begin();
      run_(batch);
      return now().commit();
    } catch (const std::exception& e) {
      if (!is_worth_repeating(e) || n == repeats)
        throw;
      now().roll_back();
    }
  }
}

void postgres_writer::serve(std::vector<job_ptr> batch) {
  auto began = steady_clock::now();
  try {
    commit(batch);
  } catch (const std::exception& e) {
    if (concerns_server(e) || batch.size() == 1)
      return refuse(batch, e);
    note(e);
    return one_by_one(std::move(batch));
  }
  recovered();
  // Counted before it is answered: who sees the answer sees the count.
  watch_.committed(where().name, batch.size(), std::chrono::duration_cast<duration>(steady_clock::now() - began));
  for (auto& one : batch)
    one->finish(nullptr);
}

void postgres_writer::one_by_one(std::vector<job_ptr> batch) {
  for (auto& one : batch) {
    std::vector<job_ptr> alone;
    alone.push_back(std::move(one));
    serve(std::move(alone));
  }
}

void postgres_writer::refuse(const std::vector<job_ptr>& batch, const std::exception& why) {
  auto told = note(why);
  if (concerns_server(why))
    watch_.trouble(where().name, told);
  for (auto& one : batch)
    one->finish(&told);
}

void postgres_writer::recovered() {
  if (note_success())
    watch_.recovered(where().name);
}

/// Also finds out, without traffic, whether a database that was lost is back.
void postgres_writer::idle() {
  try {
    connect();
    now().begin();
    if (upkeep_)
      upkeep_();
    else
      now().run("SELECT 1");
    now().commit();
    recovered();
  } catch (const std::exception& e) {
    auto before = trouble();
    auto told = note(e);
    if (!before)
      watch_.trouble(where().name, told);
  }
}

// ---------------------------------------------------------------- reader

postgres_reader::postgres_reader(database where, std::string thread_name, turn whose)
    : postgres_worker(std::move(where), std::move(thread_name), whose, queue_calls) {
  connect();
  start();
}

void postgres_reader::serve(std::vector<job_ptr> batch) {
  auto& one = *batch.front();
  try {
    connect();
    now().begin_reading();
    one.run();
    now().commit();
    note_success();
    one.finish(nullptr);
  } catch (const std::exception& e) {
    auto told = note(e);
    one.finish(&told);
  }
}

} // namespace carillon
