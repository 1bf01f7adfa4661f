// Begins every thread of an actor system as `begin_thread` has it.
#pragma once

#include <caf/thread_hook.hpp>
#include <string>

#include "runtime/thread.hpp"

namespace carillon {

class thread_naming final : public caf::thread_hook {
public:
  thread_naming(std::string name, turn whose) : name_(std::move(name)), whose_(whose) {}
  void init(caf::actor_system&) override {}
  void thread_started() override { begin_thread(name_, whose_); }
  void thread_terminates() override {}

private:
  std::string name_;
  turn whose_;
};

} // namespace carillon
