#include "tests/sim/files.hpp"

namespace carillon::sim {
namespace {

constexpr auto claims_live = std::chrono::hours{24};
constexpr auto finished_live = std::chrono::days{30};

} // namespace

files::files(const sim_clock& time)
    : clock_(time),
      critical(lane::critical, clock_, claims_live, finished_live),
      bulk(lane::bulk, clock_, claims_live, finished_live),
      control(clock_) {
  critical.look_also_in(bulk);
  bulk.look_also_in(critical);
}

} // namespace carillon::sim
