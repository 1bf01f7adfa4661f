// What passes between actors: requests on their way to acceptance and
// deliveries on their way to a provider. Both are handed over, never shared: the
// actor that holds the pointer is the only one that touches it. If an actor dies
// with work in its mailbox, destructors answer the caller and return the slot.
#pragma once

#include <caf/actor_control_block.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/domain.hpp"
#include "messages/limit.hpp"
#include "messages/ports.hpp"

namespace carillon {

/// Answers a door exactly once. Destroyed unanswered, it answers `overloaded`,
/// so that no caller waits for work that is gone; nothing was accepted then.
template <class T>
class reply {
public:
  reply() = default;
  explicit reply(done<T> then) : then_(std::move(then)) {}
  reply(reply&& other) noexcept : then_(std::exchange(other.then_, nullptr)) {}
  reply& operator=(reply&& other) noexcept {
    std::swap(then_, other.then_);
    return *this;
  }
  ~reply() {
    if (then_)
      then_(fault{errc::overloaded,
                  "The request was dropped before it was stored; send it again with the same key.",
                  {},
                  std::chrono::seconds{1}});
  }
  void operator()(result<T> answer) {
    if (then_)
      std::exchange(then_, nullptr)(std::move(answer));
  }
  explicit operator bool() const { return static_cast<bool>(then_); }
  /// The callback itself, for a port that promises to call it once.
  done<T> release() { return std::exchange(then_, nullptr); }

private:
  done<T> then_;
};

/// The right to one call at a provider. Unused, it goes back to whoever granted it.
class slot {
public:
  slot() = default;
  slot(std::string provider, std::uint64_t epoch, std::function<void()> give_back)
      : provider_(std::move(provider)), epoch_(epoch), give_back_(std::move(give_back)) {}
  slot(slot&& other) noexcept { swap(other); }
  slot& operator=(slot&& other) noexcept {
    slot{std::move(other)}.swap(*this);
    return *this;
  }
  ~slot() {
    if (give_back_)
      give_back_();
  }
  explicit operator bool() const { return epoch_ != 0; }
  const std::string& provider() const { return provider_; }
  std::uint64_t epoch() const { return epoch_; }
  /// The provider took it over: it will not be given back from here.
  void spend() {
    give_back_ = nullptr;
    epoch_ = 0;
  }

private:
  void swap(slot& other) noexcept {
    std::swap(provider_, other.provider_);
    std::swap(epoch_, other.epoch_);
    std::swap(give_back_, other.give_back_);
  }
  std::string provider_;
  std::uint64_t epoch_ = 0; ///< 0: no slot
  std::function<void()> give_back_;
};

/// A debit of a limit, kept so that it can be taken back.
struct debit {
  std::string limit; ///< per_user, per_user_channel, ...
  std::string key;   ///< of its bucket
  limit_options terms;
  sys_time at{};      ///< the place: when it may be used
  time_taken taken{}; ///< of the bucket that it was made in
  unsigned buckets{}; ///< which buckets those were: a throttle that starts over has others
};
using debits_ptr = std::shared_ptr<const std::vector<debit>>;

/// What a request or a delivery takes of the limits: in its own lane at once, in the
/// other one when it is kept, because what it was made for is durable. Dropped before
/// that, it goes back to the throttle that made it.
class booking {
public:
  /// How that throttle and the other lane's are reached. Any thread.
  struct book {
    std::function<void(debits_ptr)> give_back, pass_on;
  };
  booking() = default;
  explicit booking(std::shared_ptr<const book> from) : from_(std::move(from)) {}
  booking(booking&& other) noexcept { swap(other); }
  booking& operator=(booking&& other) noexcept {
    booking{std::move(other)}.swap(*this);
    return *this;
  }
  ~booking() { give_back(); }

  std::vector<debit> own;    ///< made here
  std::vector<debit> others; ///< that critical leaves to bulk's throttle

  void keep() {
    own.clear();
    hand_over(others, from_ ? from_->pass_on : nullptr);
  }
  void give_back() {
    others.clear();
    hand_over(own, from_ ? from_->give_back : nullptr);
  }

private:
  static void hand_over(std::vector<debit>& what, const std::function<void(debits_ptr)>& to) {
    if (!what.empty() && to)
      to(std::make_shared<const std::vector<debit>>(std::exchange(what, {})));
    what.clear();
  }
  void swap(booking& other) noexcept {
    std::swap(from_, other.from_);
    std::swap(own, other.own);
    std::swap(others, other.others);
  }
  std::shared_ptr<const book> from_;
};

/// One delivery being prepared or sent.
struct delivery_work {
  notification_ptr n;
  delivery d;
  std::vector<std::string> route; ///< providers in order; the dispatcher picks from it
  carillon::slot slot;
  booking booked;                                   ///< of stored work; until its start is durable
  delivery_status stored = delivery_status::queued; ///< status and attempts in the store, for guarded updates
  std::size_t stored_attempts = 0;
  std::optional<sys_time> stored_due = {}; ///< as it was read, for the guarded start
};
using work_ptr = std::shared_ptr<delivery_work>;

/// Held while a key is being accepted; a second request meets `key_in_flight`.
using key_reservation = std::shared_ptr<void>;

/// One request on its way to acceptance.
struct intake {
  carillon::command command;
  carillon::space space;
  carillon::lane lane = lane::bulk;
  std::string correlation_id;
  std::string_view source = "http";
  std::optional<idempotency_claim> claim;
  std::optional<fault> outdated; ///< its time has passed: refused, unless it repeats what was accepted in time
  std::chrono::steady_clock::time_point received{};
  reply<receipt> answer;
  reply<explanation> explain; ///< set: a dry run, nothing is stored or debited

  // Filled on the way:
  std::shared_ptr<notification> n;
  std::vector<delivery_work> deliveries;
  std::vector<std::vector<limit_view>> limits; ///< dry run: per delivery
  booking booked;                              ///< until it is accepted
  key_reservation reservation;

  // Answer the caller. The key is free before that: whoever has the answer may repeat the request.
  void accept(const receipt& kept) {
    reservation.reset();
    answer(kept);
  }
  void refuse(fault why) {
    reservation.reset();
    if (explain)
      explain(std::move(why));
    else
      answer(std::move(why));
  }
};
using intake_ptr = std::shared_ptr<intake>;

/// An attempt and what came of it, from provider to status sink. Not changed once
/// sent: the provider keeps it, and sends it again to a status sink that was restarted.
struct report {
  notification_ptr n;
  delivery d; ///< `attempts.back()` is the attempt, finished
  std::optional<duration> retry_after;
  bool attempted = true;              ///< false: never sent; the start is undone and does not count
  std::optional<sys_time> not_before; ///< of one not attempted: when its turn may come
  decision not_attempted;             ///< why
  bool confirms = false;              ///< the protocol's acceptance is delivery
  bool key_carried = false;           ///< the vendor recognises a repeat by our id: ambiguous is safe to retry
};
using report_ptr = std::shared_ptr<const report>;

/// A state to make durable, and what follows once it is.
struct update_order {
  notification_ptr n;
  delivery_update update;
  std::string settle_with;             ///< provider whose slot becomes free; empty: none
  bool suppress_address = false;       ///< put the address on the ledger first
  std::shared_ptr<delivery_work> work; ///< of work that never reached a provider: let go once durable
};
using order_ptr = std::shared_ptr<update_order>;

/// A user, suppression or setting changed: caches drop what they hold of it.
struct change {
  carillon::space space;
  std::string user_id;                                    ///< empty: not a user
  std::optional<std::pair<channel, std::string>> address; ///< a suppression came or went
};

/// How one provider stands in one lane.
struct provider_view {
  std::string name, protocol;
  std::optional<carillon::channel> channel;
  breaker_state breaker = breaker_state::closed;
  breaker_order forced = breaker_order::automatic;
  double failure_rate = 0;
  std::size_t in_flight = 0, slots = 0;
  std::uint64_t opened = 0; ///< times the breaker opened since start
  // What keeps it from taking more work, by the wall clock:
  std::optional<sys_time> reopens_at = {};   ///< an open breaker is probed then; nullopt while a person keeps it open
  std::optional<sys_time> paused_until = {}; ///< the vendor's Retry-After
  std::optional<sys_time> rate_until = {};   ///< its rate is used up until then
  bool starting = false;                     ///< calls from before are being settled
  bool draining = false;
  bool passed_over = false; ///< others may take its work until it grants again
};

/// How a lane stands, for readiness and metrics.
struct lane_view {
  bool healthy = true;
  std::string reason;
  std::uint64_t restarts = 0;
};

} // namespace carillon
