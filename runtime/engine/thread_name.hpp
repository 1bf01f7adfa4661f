// Thread names, so that `top -H`, a debugger and the tests can tell the lanes apart.
#pragma once

#include <caf/thread_hook.hpp>
#include <pthread.h>
#include <string>

namespace carillon {

/// Names the calling thread; the system keeps 15 bytes.
inline void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

/// Names every thread of an actor system.
class thread_naming final : public caf::thread_hook {
public:
  explicit thread_naming(std::string name) : name_(std::move(name)) {}
  void init(caf::actor_system&) override {}
  void thread_started() override { name_this_thread(name_); }
  void thread_terminates() override {}

private:
  std::string name_;
};

} // namespace carillon
