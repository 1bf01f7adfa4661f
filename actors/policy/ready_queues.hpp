// What the dispatcher knows of providers and of the work that waits for them:
// credit per provider, and per queue whether older work stands in the store. From
// that it says whether a new delivery may go the straight way, and which queue to
// read next: round-robin, so that neither a slow provider nor a busy tenant keeps
// the others waiting. Holds no rows, only their keys while they are in hand. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/actors.hpp"

namespace carillon {

class ready_queues {
public:
  using instant = std::chrono::steady_clock::time_point;
  /// Providers that may serve a queue, in order; empty for a queue nobody serves.
  using route_function = std::function<std::vector<std::string>(const std::string& queue)>;

  explicit ready_queues(route_function route) : route_(std::move(route)) {}

  // --- credit
  /// `n` more slots of that epoch. A newer epoch voids what was granted before;
  /// a newer epoch with nothing blocks the provider until it grants again.
  void grant(const std::string& provider, std::uint64_t epoch, std::size_t n);
  /// Voids what was granted before that epoch; its work waits for it, nobody else takes it.
  void pause(const std::string& provider, std::uint64_t epoch);
  /// Takes one slot at the first provider of the route that is not blocked; the
  /// next one is used only when those before it are blocked, not when they are busy.
  struct credit {
    std::string provider;
    std::uint64_t epoch = 0;
  };
  std::optional<credit> take(const std::vector<std::string>& route);
  /// A slot of that epoch has not been voided since it was taken.
  bool is_current(const std::string& provider, std::uint64_t epoch) const;

  // --- queues
  /// A new row may start without a read: nothing older waits in its queue.
  bool straight(const queue_key& queue) const;
  /// Which way a new row of that queue goes.
  enum class way {
    straight, ///< it can start without a read now
    soon,     ///< in a moment: only a slot is missing and nobody else's rows wait for one, or the few
              ///< rows before it are on their way out
    store,    ///< by way of the store
  };
  way way_of(const queue_key& queue, const std::vector<std::string>& route, instant now) const;
  /// `soon` was not soon enough: it is not said again until then, of that queue where
  /// its rows were the reason, of its provider where that one's slots were.
  void gave_up(const queue_key& queue, instant until);
  /// A row is on its way into the store; until `parked`, the straight way is closed.
  void parking(const queue_key& queue);
  void parked(const queue_key& queue);
  /// Rows wait in the store.
  void ready(const queue_key& queue);

  /// The next queue to read and how many rows at most; nothing if no queue has
  /// both work and credit. It is not read again until `pulled`.
  struct pull {
    queue_key queue;
    std::size_t limit = 0;
    std::vector<row_key> except;
  };
  std::optional<pull> next_pull();
  /// The read ended; `more` rows remain in the store beyond those taken in hand.
  void pulled(const queue_key& queue, bool more);

  void take_in_hand(const queue_key& queue, row_key key);
  /// Whether rows of it are in hand.
  bool holds(const queue_key& queue) const;
  /// False where it was not in hand (any more).
  bool let_go(const queue_key& queue, row_key key);

private:
  struct provider_state {
    std::uint64_t epoch = 0;
    std::size_t credits = 0;
    bool blocked = false; ///< others may take its work
    bool taken = false;   ///< a slot of this epoch is or was in use
    instant soon_again{}; ///< until then nobody waits for a slot of it
  };
  struct queue_state {
    bool ready = false; ///< rows wait in the store
    bool reading = false;
    bool ready_again = false;  ///< became ready while it was read
    bool long_wait = false;    ///< the last read left rows behind
    instant soon_again{};      ///< until then nobody waits for its rows to go
    std::size_t parking = 0;   ///< rows on their way into the store
    std::set<row_key> in_hand; ///< read, not yet started or let go
  };
  static constexpr std::size_t largest_pull = 64;

  /// Keeps count of the queues that are not straight while one of them changes.
  struct counted {
    counted(ready_queues& of, const queue_key& changing) : all(of), queue(changing), before(of.straight(changing)) {}
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted();
    ready_queues& all;
    const queue_key& queue;
    bool before;
  };
  provider_state* server_of(const std::vector<std::string>& route);
  std::optional<pull> pull_from(const queue_key& queue, queue_state& state);

  route_function route_;
  std::map<std::string, provider_state> providers_;
  std::map<queue_key, queue_state> queues_;
  std::map<std::string, std::size_t> rows_for_; ///< queues that are not straight, by who may serve them
  std::deque<queue_key> turns_;                 ///< ready queues, the one whose turn it is first
};

} // namespace carillon
