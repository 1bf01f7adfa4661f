// What stands between a port and its model: a line of calls that are applied in
// order. `at_once` applies and answers where it stands, as the contract suite
// wants it; the simulation's own line lets time pass, fails and forgets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "messages/ports.hpp"

namespace carillon::sim {

/// One call on its way: `apply` does it to the model, `answer` tells the caller
/// what `apply` came to, or that fault.
struct port_call {
  std::string_view name; ///< of the port's function; a literal
  std::function<void()> apply;
  std::function<void(const fault*)> answer;
};

class call_line {
public:
  virtual ~call_line() = default;

  template <class T, class Work>
  void call(std::string_view name, done<T> then, Work work) {
    auto kept = std::make_shared<std::optional<result<T>>>();
    push({name, [kept, work = std::move(work)]() mutable { kept->emplace(work()); },
          [kept, then = std::move(then)](const fault* why) {
            then(why != nullptr ? result<T>{*why} : std::move(**kept));
          }});
  }

private:
  virtual void push(port_call what) = 0;
};

class at_once final : public call_line {
  void push(port_call what) override {
    what.apply();
    what.answer(nullptr);
  }
};

} // namespace carillon::sim
