#include "runtime/thread.hpp"

#include <atomic>
#include <pthread.h>
#include <sched.h>

namespace carillon {
namespace {

std::atomic<scheduling> chosen{scheduling::off};

bool run_under(int policy, int priority) {
  sched_param wanted{};
  wanted.sched_priority = priority;
  return ::pthread_setschedparam(::pthread_self(), policy, &wanted) == 0;
}

bool run_in_real_time() {
  return run_under(SCHED_RR, 1);
}

bool run_when_idle() {
  return run_under(SCHED_IDLE, 0);
}

bool run_as_usual() {
  return run_under(SCHED_OTHER, 0);
}

} // namespace

bool share_processors(scheduling how) {
  auto permitted = how != scheduling::realtime || (run_in_real_time() && run_as_usual());
  chosen = permitted ? how : scheduling::off;
  return permitted;
}

void begin_thread(const std::string& name, turn whose) {
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
  switch (chosen.load()) {
  case scheduling::realtime:
    if (whose == turn::critical)
      run_in_real_time();
    break;
  case scheduling::idle:
    if (whose == turn::bulk)
      run_when_idle();
    break;
  case scheduling::off: break;
  }
}

} // namespace carillon
