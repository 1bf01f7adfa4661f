// Token bucket, kept as one instant (the generic cell rate algorithm, ITU-T
// I.371: the theoretical arrival time). `rate` events per `per`, `burst` at once.
// Reserving past the limit spaces the waiting ones out instead of releasing them
// together. Pure; instants are wall-clock so that buckets survive a restart.
//
// A rate of 0 is no limit. Less than one token of burst counts as one. The time
// between tokens is rounded up to a microsecond, so that a rate is never
// exceeded; up to 10,000 a second it is kept within 1 %.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "config/options.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

class token_bucket {
public:
  token_bucket() = default;

  /// Takes a token if one is there.
  bool take(const limit_options& limit, sys_time now);
  /// Takes a token that may lie in the future; answers when it may be used (>= now).
  sys_time reserve(const limit_options& limit, sys_time now);
  /// When the next token is there, without taking it (>= now).
  sys_time next(const limit_options& limit, sys_time now) const;
  /// Whole and part tokens that are there now, 0..burst; infinity without a limit.
  double remaining(const limit_options& limit, sys_time now) const;
  /// When the bucket is full again.
  sys_time full_at() const { return arrival_; }
  /// Counts an event that happened anyway (replayed history, the other lane), even
  /// past the limit: later ones wait until it is paid for. Replay oldest first.
  void debit(const limit_options& limit, sys_time at);
  /// Gives one token back.
  void refund(const limit_options& limit);

private:
  /// When it is full by a clock that shows `now`: one that was set back since takes
  /// the bucket along, or it would stay empty until that time comes again.
  sys_time arrival_at(sys_time now) const;
  void follow(sys_time now);

  sys_time arrival_{}; ///< when the bucket is full
  sys_time seen_{};    ///< the clock when it was last taken from
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
  /// Null where the key has no bucket yet (a full one).
  const token_bucket* find(const std::string& key) const;
  std::size_t size() const { return buckets_.size(); }

private:
  struct entry {
    token_bucket bucket;
    std::list<const std::string*>::iterator age;
  };
  std::size_t capacity_;
  std::unordered_map<std::string, entry> buckets_;
  std::list<const std::string*> ages_; ///< oldest first; points at the map's keys
};

} // namespace carillon
