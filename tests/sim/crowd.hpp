// The people and programs around the engine: they send, cancel, change their
// minds, look, and repeat what was not answered, as clients of the doors do.
#pragma once

#include <functional>
#include <memory>

#include "tests/sim/ledger.hpp"
#include "tests/sim/process.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

class crowd {
public:
  /// `engine` is the process of the moment; null while there is none.
  crowd(surroundings& around, ledger& book, const std::unique_ptr<process>& engine)
      : around_(around), book_(book), engine_(engine) {}

  /// Plans everything they will do.
  void gather();

private:
  std::string somebody();
  void send();

  surroundings& around_;
  ledger& book_;
  const std::unique_ptr<process>& engine_;
};

} // namespace carillon::sim
