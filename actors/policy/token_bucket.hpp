// Token bucket, kept as time that is taken (the generic cell rate algorithm, ITU-T
// I.371, with places in the future). `rate` events per `per`, `burst` at once.
//
// An event takes one interval (per / rate) of free time, from its own instant on;
// there is room for it where it has that by a whole burst (burst intervals) later.
// So any n events that begin within a time t have n intervals within t + burst
// intervals: n <= burst + rate * t, in whatever order the places were given. With
// no place in the future, what is taken is one stretch, and its end is I.371's
// theoretical arrival time.
//
// Pure; instants are wall-clock so that buckets survive a restart.
// A rate of 0 is no limit. Less than one token of burst counts as one. The time
// between tokens is rounded up to a microsecond, so that a rate is never
// exceeded; up to 10,000 a second it is kept within 1 %.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/options.hpp"
#include "messages/limit.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

class token_bucket {
public:
  /// Takes a place now if there is room.
  bool take(const limit_options& limit, sys_time now);
  /// The first instant from `from` on at which there is room (>= from).
  sys_time next(const limit_options& limit, sys_time from) const;
  /// Takes a place at that instant, the past counting as now, even where there is no
  /// room: later ones wait until it is paid for. Answers the time it took, for a
  /// refund; empty where that was not one stretch. Replay history oldest first.
  time_taken book(const limit_options& limit, sys_time at, sys_time now);
  /// Gives the time of a place back, and no other place's.
  void refund(const time_taken& place);
  /// The last event did not happen; for buckets without places in the future.
  void refund(const limit_options& limit);
  /// Whole and part tokens that are there now, 0..burst; infinity without a limit.
  double remaining(const limit_options& limit, sys_time now) const;
  /// When the bucket is full again.
  sys_time full_at() const { return later_.empty() ? taken_until_ : later_.back().until; }
  /// Stretches of taken time that free time lies before.
  std::size_t gaps() const { return later_.size(); }

private:
  /// A clock that was set back takes the bucket along, or it would stay empty until
  /// that time comes again.
  void follow(sys_time now);
  void forget_before(sys_time now);
  void occupy(time_taken what);
  void join_stretches();
  /// When so much free time has passed from an instant on.
  sys_time after_free(duration need, sys_time from) const;
  /// When the free time around that instant ends.
  sys_time end_of_gap(sys_time at) const;

  sys_time taken_until_{};        ///< everything before is taken, or past
  std::vector<time_taken> later_; ///< ascending, with free time between them
  sys_time seen_{};               ///< the clock when it was last taken from
};

/// Buckets by key, bounded: the least recently used one goes first, which can only
/// make a limit more generous to somebody who was quiet the longest.
class bucket_table {
public:
  /// `capacity` is at least 1.
  explicit bucket_table(std::size_t capacity) : capacity_(capacity) {}
  bucket_table(const bucket_table&) = delete;
  bucket_table(bucket_table&&) = default;
  bucket_table& operator=(const bucket_table&) = delete;
  bucket_table& operator=(bucket_table&&) = default;

  /// The key's bucket, made full where there is none. Valid until `capacity` other
  /// keys were asked for.
  token_bucket& at(const std::string& key);
  /// As of token_bucket. Past `most_gaps` places in the future with free time before
  /// them, of all buckets, a place takes the next free time instead: the number of
  /// events stays right, only their distance may not.
  time_taken book(const std::string& key, const limit_options& limit, sys_time at, sys_time now);
  void refund(const std::string& key, const time_taken& place);
  /// Null where the key has no bucket yet (a full one).
  const token_bucket* find(const std::string& key) const;
  std::size_t size() const { return buckets_.size(); }

  /// Of some keys, to be put back: a dry run leaves them as they were.
  using copies = std::vector<std::pair<std::string, std::optional<token_bucket>>>;
  void copy(const std::string& key, copies& into) const;
  void put_back(copies before);

  static constexpr std::size_t most_gaps = 20'000;

private:
  struct entry {
    token_bucket bucket;
    std::list<const std::string*>::iterator age;
  };
  std::size_t capacity_;
  std::unordered_map<std::string, entry> buckets_;
  std::list<const std::string*> ages_; ///< oldest first; points at the map's keys
  std::size_t gaps_ = 0;
};

} // namespace carillon
