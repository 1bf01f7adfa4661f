#include "tests/sim/disk.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t batch_calls = 64;

const fault unavailable{errc::store_unavailable, "The simulated disk refused the call.", {}, 1s};
const fault full{errc::storage_full, "The simulated disk is full.", {}, {}};

} // namespace

// ---------------------------------------------------------------- writes

void write_line::push(port_call what) {
  around_.wire.touch();
  if (closed_)
    return;
  waiting_.push_back(std::move(what));
  if (!busy_)
    begin();
}

void write_line::close() {
  closed_ = true;
  auto dropped = std::pair{std::exchange(waiting_, {}), std::exchange(batch_, {})};
}

void write_line::begin() {
  busy_ = true;
  auto& chance = around_.chance;
  auto takes = chance.chance(around_.bad().commit_stalls) ? chance.between(500ms, 15s) : chance.between(100us, 3ms);
  around_.todo.in(chance.between(0us, 50us), [weak = weak_from_this(), takes] {
    auto self = weak.lock();
    if (!self || self->closed_)
      return;
    while (!self->waiting_.empty() && self->batch_.size() < batch_calls) {
      self->batch_.push_back(std::move(self->waiting_.front()));
      self->waiting_.pop_front();
    }
    self->around_.todo.in(takes, [weak] {
      if (auto still = weak.lock(); still && !still->closed_)
        still->commit();
    });
  });
}

void write_line::commit() {
  auto& chance = around_.chance;
  auto crash = chance.chance(around_.bad().crash_at_commit);
  if (crash && chance.chance(0.5))
    return around_.crash("before a commit of " + file_);
  const fault* why = nullptr;
  if (!around_.calm && around_.clock.steady() < around_.disk_full_until)
    why = &full;
  else if (chance.chance(around_.bad().commit_fails))
    why = &unavailable;
  around_.log.note("commit", file_, batch_.size(), why != nullptr ? "failed" : "ok");
  if (why != nullptr)
    around_.trouble();
  else
    for (auto& one : batch_)
      one.apply();
  if (crash)
    return around_.crash("after a commit of " + file_);
  for (auto& one : std::exchange(batch_, {}))
    if (!around_.planted(plant::lost_acknowledgement) || one.name != "update" || !chance.chance(0.05))
      one.answer(why);
  busy_ = false;
  if (!waiting_.empty())
    begin();
}

// ---------------------------------------------------------------- reads

void read_line::push(port_call what) {
  around_.wire.touch();
  if (closed_)
    return;
  waiting_.push_back(std::move(what));
  if (waiting_.size() == 1)
    serve();
}

void read_line::close() {
  closed_ = true;
  auto dropped = std::exchange(waiting_, {});
}

void read_line::serve() {
  auto& chance = around_.chance;
  auto until_read = chance.between(10us, 300us);
  auto until_answer = chance.chance(around_.bad().read_stalls) ? chance.between(200ms, 8s) : chance.between(10us, 1ms);
  around_.todo.in(until_read, [weak = weak_from_this(), until_answer] {
    auto self = weak.lock();
    if (!self || self->closed_)
      return;
    auto failed = self->around_.chance.chance(self->around_.bad().read_fails);
    if (!failed)
      self->waiting_.front().apply();
    self->around_.todo.in(until_answer, [weak, failed] {
      if (auto still = weak.lock(); still && !still->closed_)
        still->finish(failed);
    });
  });
}

void read_line::finish(bool failed) {
  auto done = std::move(waiting_.front());
  waiting_.pop_front();
  around_.log.note("read", file_, done.name, failed ? "failed" : "ok");
  if (failed)
    around_.trouble();
  if (!waiting_.empty())
    serve();
  done.answer(failed ? &unavailable : nullptr);
}

} // namespace carillon::sim
