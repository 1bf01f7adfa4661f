// The door of a lane: how many requests may be between it and their answer, and
// how many may wait for their turn. Bounding what is inside is what keeps a
// flooded lane from hurting the other one (they share the disk). Pure: no clock,
// no threads; its pool calls it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "messages/errors.hpp"

namespace carillon::http {

/// What comes to a door. Exactly one of these is called first; after `give_up`
/// nothing else is.
class visitor {
public:
  virtual ~visitor() = default;
  /// It is inside: whoever answers it calls door::leave with that ticket.
  virtual void begin(std::uint64_t ticket) = 0;
  /// It was turned away, or not answered in time; a later answer is dropped.
  virtual void give_up(fault why) = 0;
};

class door {
public:
  using instant = std::chrono::steady_clock::time_point;
  /// After so long a visitor is told that the queue was full. A client that asks
  /// again at once would otherwise spend the processors on being refused: without
  /// the pause a flood brought bulk down to a fifth of its capacity.
  static constexpr std::chrono::milliseconds refusal_pause{500};

  /// `inside` visitors at once, `queue` more in arrival order, and as many as that
  /// who wait for their refusal; beyond that they are refused at once.
  door(std::size_t inside, std::size_t queue) : inside_limit_(inside), queue_limit_(queue) {}

  /// Begins the visitor, queues it, or gives it up with `overloaded` where the
  /// queue is full: `refusal_pause` from now, or at its deadline if that is earlier.
  void enter(std::shared_ptr<visitor> who, instant now, instant deadline);
  /// The visitor was answered: its place goes to the next in line. False where it
  /// had been given up: the answer is nobody's. An unknown ticket is ignored.
  bool leave(std::uint64_t ticket);
  /// Gives up with `store_unavailable` who was not answered by now, and whose
  /// refusal is due. One that was inside keeps its place until it leaves: the
  /// engine still works on it.
  void expire(instant now);

  std::size_t inside() const { return inside_.size(); }
  std::size_t waiting() const { return queue_.size(); }

private:
  struct guest {
    std::shared_ptr<visitor> who; ///< null once given up
    instant deadline;
  };
  void begin(guest next);

  std::size_t inside_limit_, queue_limit_;
  std::uint64_t last_ticket_ = 0;
  std::unordered_map<std::uint64_t, guest> inside_;
  std::deque<guest> queue_;
  std::deque<guest> refused_; ///< their deadline is when they are told
};

} // namespace carillon::http
