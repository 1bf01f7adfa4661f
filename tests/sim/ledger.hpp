// The books of a run: what callers were promised, what vendors were asked and
// took, and what was written to the store. Every entry is held against the
// promises as it is made; `close` holds the whole against them at the end.
// README.md lists the promises by the names used here.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/files.hpp"
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
  ledger(surroundings& around, files& disk);

  // --- the engine and its vendors (ledger.cpp)
  /// The engine asks to record the start of an attempt; it has decided just now.
  void start_asked(lane l, const notification& n, const delivery& d);
  /// A call goes out. Its start has to be durable, and it has to be the only one of its attempt.
  call_id called(lane l, const std::string& provider, const uuid& delivery);
  /// The vendor took the message; a deceitful one will deny it.
  void took(const call_id& id, bool deceitful = false);
  /// The vendor's answer, with that meaning, reached the engine.
  void vendor_answered(const call_id& id, outcome meaning, const wire_answer& with);
  void died(lane l, std::string_view actor);
  /// A call failed or a person ordered its breaker: slots of it may be void.
  void shaken(lane l, std::string_view provider);
  void window(lane l, std::size_t in_use);

  // --- callers (ledger.cpp)
  /// A request was answered with 202; `key` is its idempotency key or empty.
  void accepted(const receipt& answer, const std::string& key);
  /// A request with that key was refused.
  void refused(const fault& why, const std::string& key);
  void cancelled(const notification_view& answer);

  // --- the end (ledger_close.cpp)
  /// Deliveries that the engine still has work with, of both lanes.
  std::size_t unfinished() const;
  /// The earliest due time of them; nothing where one should be under way now.
  std::optional<sys_time> next_due() const;
  /// Everything that was accepted is there with all its deliveries; at any time.
  void check_kept();
  /// Nothing more will happen by itself: is everything where it should be?
  void close();

  void broken(std::string promise, std::string what);
  const std::vector<std::string>& violations() const { return violations_; }
  std::size_t calls() const { return calls_.size(); }
  /// Calls to that provider which no answer has reached yet.
  std::size_t open_calls(lane l, const std::string& provider) const;
  /// Of those, the ones whose caller died or stopped waiting.
  std::size_t given_up_on(lane l, const std::string& provider) const;
  /// How many calls may be recorded as started at that provider.
  std::size_t slots_of(lane l, const std::string& provider) const;
  /// The most that a row was late in starting after its due time.
  duration latest_start() const { return latest_start_; }
  void forget_lateness() { latest_start_ = {}; }

private:
  struct call_record {
    call_id id;
    instant at{};
    int taken = 0;
    bool deceitful = false;
    std::optional<outcome> meaning; ///< of the answer that reached the engine
    std::optional<instant> not_before = {};
  };
  using place = std::pair<lane, row_key>;
  /// What is remembered of a delivery beside its row.
  struct remembered {
    instant kept_at{};            ///< when it became durable
    instant asked_at{};           ///< when its latest start was asked for
    bool plain = true;            ///< never waited for a time, a retry or a sibling
    bool started_in_turn = false; ///< its first attempt, while it was plain
    int by_hand = 0;              ///< times that a person put it back into its queue
    /// With which it began an attempt, by the attempts made before it was last redriven.
    std::map<int, limits_place> places;
    std::vector<std::uint64_t> calls;
  };

  // --- ledger_rows.cpp: what is written
  void written(lane l, const row_change& change);
  void check_move(lane l, const row_change& change);
  void check_start(lane l, const row_change& change);
  void check_outcome(lane l, const row_change& change);
  void check_slots(lane l, const std::string& provider);
  void check_order(lane l, const delivery& d);
  void check_attempts(lane l, const delivery& d);

  // --- ledger_close.cpp
  void check_duplicates(const place& at, const remembered& known);
  void check_channels(lane l);
  void check_limits();
  void check_limit(const std::string& name, const limit_options& limit, std::vector<sys_time> uses);

  const call_record* call_of(lane l, const delivery& d) const;
  bool stepped_within(duration d) const { return around_.clock.steady() - around_.clock_stepped_at < d; }
  std::string name_of(lane l, row_key key) const;

  surroundings& around_;
  files& disk_;
  std::vector<call_record> calls_; ///< by number
  std::map<place, remembered> deliveries_;
  std::map<std::string, instant> shaken_; ///< providers, by lane and name
  std::map<std::string, instant> deaths_; ///< of actors, by lane and name
  std::map<uuid, std::size_t> accepted_;  ///< and how many deliveries they had
  std::map<std::string, uuid> keys_;      ///< idempotency keys that were answered
  std::map<std::pair<lane, std::string>, std::size_t> sending_;
  duration latest_start_{};
  std::vector<std::string> violations_;
};

} // namespace carillon::sim
