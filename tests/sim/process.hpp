// One life of the engine, from start to crash: both lanes wired together as
// runtime/engine wires them, over ports that belong to this life. Destroyed, it
// leaves nothing behind but what was committed and what is on the wire.
#pragma once

#include <memory>

#include "tests/sim/disk.hpp"
#include "tests/sim/lane_system.hpp"
#include "tests/sim/ledger.hpp"
#include "tests/sim/model/model_stores.hpp"
#include "tests/sim/ports.hpp"
#include "tests/sim/vendor.hpp"

namespace carillon::sim {

class process {
public:
  process(surroundings& around, files& disk, ledger& book);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  // --- as doors use an engine
  void submit(intake_ptr what);
  lane_store& store_of(lane l) { return *at(l).store; }
  control_store& control() { return *control_; }
  inbox_store& inbox() { return *inbox_; }
  void announce(const change& what);
  void wake(lane l, const std::vector<delivery>& queued);
  void order_breaker(const std::string& provider, breaker_order what);
  /// Asks every provider of the lane how it stands.
  void look(lane l, std::function<void(const provider_view&)> then);
  /// Kills a child of that lane, by its name in the supervisor's table.
  void kill(lane l, const std::string& child);

  // --- as time uses it
  std::size_t ready() const;
  /// Handles one message of the actor with that number, of both lanes together.
  void run(std::size_t job);
  std::optional<instant> next_timer() const;
  void move_to(instant now);

private:
  struct file_of_lines {
    std::shared_ptr<write_line> writes;
    std::shared_ptr<read_line> engine_reads, door_reads;
    file_lines lines() { return {*writes, *engine_reads, *door_reads}; }
  };
  struct lane_parts {
    file_of_lines file;
    std::unique_ptr<model_lane_store> store;
    std::shared_ptr<wire_client> client;
    std::unique_ptr<id_generator> ids;
    std::unique_ptr<lane_system> system;
  };

  file_of_lines open(const std::string& name);
  lane_parts& at(lane l) { return lanes_[static_cast<std::size_t>(l)]; }
  lane_context context_of(lane l);
  void start(lane l);
  /// Critical's debits of people's limits, to bulk's throttle.
  void hand_over(debits_ptr debits);

  surroundings& around_;
  ledger& book_;
  fragile_clock clock_;
  std::unique_ptr<fragile_telemetry> watch_;
  std::unique_ptr<watched_sandbox> sandbox_;
  key_registry keys_;
  std::map<std::string, breaker_order> orders_;
  file_of_lines control_file_, inbox_file_;
  std::unique_ptr<model_control_store> control_;
  std::unique_ptr<model_inbox_store> inbox_store_;
  std::unique_ptr<watched_inbox> inbox_;
  std::array<lane_parts, 2> lanes_;
};

} // namespace carillon::sim
