// Fills a store with copies of notifications that the engine itself wrote, each
// with ids, a person and instants of its own, through the engine's store library:
// rows, index by user and idempotency keys lie as they would after days of work.
#pragma once

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "messages/ports.hpp"

namespace fill {

struct plan {
  std::uint64_t count = 0;                ///< notifications to write
  carillon::sys_time first{}, last{};     ///< between these they were accepted, evenly spread
  std::chrono::milliseconds due_spread{}; ///< send_at and due move by a random share of this
  std::uint64_t users = 100'000;          ///< u_0000000 and on; every tenth has opted out
  std::uint64_t seed = 1;                 ///< of keys, people and due times
};

/// The clock of a store that is being filled: the instant of the copy at hand.
class past_clock final : public carillon::wall_clock {
public:
  carillon::sys_time now() const override { return carillon::sys_time{carillon::duration{now_.load()}}; }
  void set(carillon::sys_time to) { now_ = to.time_since_epoch().count(); }

private:
  std::atomic<carillon::duration::rep> now_{0};
};

class copier {
public:
  /// Copies `templates` in turn; at least one. Ids ascend from `after`.
  copier(std::vector<carillon::notification_view> templates, const plan& what, carillon::row_key after);
  /// The copy with that number; numbers ascend.
  carillon::acceptance make(std::uint64_t number);
  /// When that copy was accepted.
  carillon::sys_time instant_of(std::uint64_t number) const;

private:
  std::string user_like(const std::string& user);
  carillon::idempotency_claim random_claim();
  carillon::duration random_delay();

  std::vector<carillon::notification_view> templates_;
  plan what_;
  std::mt19937_64 random_;
  carillon::id_generator ids_;
};

/// Writes the copies into `into` and waits until they are durable and the store's
/// background work is done. Throws std::runtime_error where the store refuses one.
void write_copies(carillon::lane_store& into, copier& copies, const plan& what, past_clock& clock);

} // namespace fill
