// The books of a run: what was promised to callers, what the vendors were asked
// and took, and what the store was told. Every entry is held against the promises
// as it is made; `close` holds the whole against them at the end.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/model/lane_model.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

/// One call to a vendor.
struct call_id {
  std::uint64_t number = 0;
  carillon::lane lane = lane::bulk;
  std::string provider;
  row_key delivery = 0;
  int attempt = 0;
};

class ledger {
public:
  ledger(surroundings& around, std::array<lane_model*, 2> lanes);

  // --- vendors
  /// A call goes out. Its start has to be durable, and it has to be the only one of its attempt.
  call_id called(lane l, const std::string& provider, const uuid& delivery);
  /// The vendor took the message.
  void took(const call_id& id);
  /// The vendor's answer reached the engine.
  void vendor_answered(const call_id& id, const wire_answer& with);

  // --- callers
  /// A request was answered with 202.
  void accepted(const receipt& answer);

  // --- the end
  /// Deliveries that the engine still has work with, of both lanes.
  std::size_t unfinished() const;
  /// The earliest due time of them; nothing where one is not due at any time.
  std::optional<sys_time> next_due() const;
  /// Nothing more will happen by itself: is everything that was accepted where it should be?
  void close();

  void broken(std::string promise, std::string what);
  const std::vector<std::string>& violations() const { return violations_; }
  std::size_t calls() const { return calls_.size(); }

private:
  struct call_record {
    call_id id;
    int taken = 0;
    bool answered = false;
    wire_answer with;
  };

  void written(lane l, const row_change& change);
  const lane_model& model(lane l) const { return *lanes_[static_cast<std::size_t>(l)]; }

  surroundings& around_;
  std::array<lane_model*, 2> lanes_;
  std::vector<call_record> calls_; ///< by number
  std::map<std::pair<lane, row_key>, std::vector<std::uint64_t>> calls_of_;
  std::vector<uuid> accepted_;
  std::vector<std::string> violations_;
};

} // namespace carillon::sim
