#include "runtime/thread.hpp"

#include <atomic>
#include <cstring>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace carillon {
namespace {

/// The kernel's own structure (sched_setattr(2)); the C library declares none.
struct scheduling_attributes {
  std::uint32_t size = sizeof(scheduling_attributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0; ///< of SCHED_OTHER: the length of a turn, from Linux 6.12 on
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

std::atomic<scheduling> chosen{scheduling::off};

bool set_attributes(const scheduling_attributes& wanted) {
  return ::syscall(SYS_sched_setattr, 0, &wanted, 0) == 0;
}

bool run_in_real_time() {
  scheduling_attributes wanted;
  wanted.policy = SCHED_RR;
  wanted.priority = 1;
  return set_attributes(wanted);
}

bool take_turns_of(std::uint64_t ns) {
  scheduling_attributes wanted;
  wanted.runtime_ns = ns;
  return set_attributes(wanted);
}

bool run_when_idle() {
  scheduling_attributes wanted;
  wanted.policy = SCHED_IDLE;
  return set_attributes(wanted);
}

} // namespace

void share_processors(scheduling how) {
  chosen = how;
}

void begin_thread(const std::string& name, turn whose) {
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
  switch (chosen.load()) {
  case scheduling::realtime:
    if (whose == turn::critical)
      run_in_real_time();
    break;
  case scheduling::slices:
    take_turns_of(whose == turn::critical ? 100'000 : whose == turn::bulk ? 10'000'000 : 1'000'000);
    break;
  case scheduling::idle:
    if (whose == turn::bulk)
      run_when_idle();
    break;
  case scheduling::off: break;
  }
}

} // namespace carillon
