// The system's wall clock behind the port that everything else uses.
#pragma once

#include "messages/ports.hpp"

namespace carillon {

class system_clock final : public wall_clock {
public:
  sys_time now() const override { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }
};

} // namespace carillon
