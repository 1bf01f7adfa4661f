#include "actors/policy/token_bucket.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace carillon {
namespace {

// Nothing is reserved past the last year RFC 3339 can write; also keeps sums in range.
constexpr sys_time latest{std::chrono::sys_days{std::chrono::December / 31 / 9999}};
constexpr duration longest_interval = std::chrono::days{36'525};
constexpr duration longest_tolerance = 1'000 * longest_interval;

bool unlimited(const limit_options& limit) {
  return limit.rate <= 0;
}

double burst_of(const limit_options& limit) {
  return std::max(1.0, limit.burst > 0 ? limit.burst : limit.rate);
}

/// Time from one token to the next: I.371's increment T.
duration interval_of(const limit_options& limit) {
  auto micros = std::ceil(static_cast<double>(limit.per.count()) / limit.rate);
  return duration{static_cast<duration::rep>(std::min(micros, static_cast<double>(longest_interval.count())))};
}

/// How far arrivals may run ahead of the clock: a whole burst, I.371's T + tau.
duration tolerance_of(const limit_options& limit) {
  auto micros = std::floor(burst_of(limit) * static_cast<double>(interval_of(limit).count()));
  return duration{static_cast<duration::rep>(std::min(micros, static_cast<double>(longest_tolerance.count())))};
}

} // namespace

bool token_bucket::take(const limit_options& limit, sys_time now) {
  follow(now);
  if (next(limit, now) > now)
    return false;
  debit(limit, now);
  return true;
}

sys_time token_bucket::reserve(const limit_options& limit, sys_time now) {
  follow(now);
  auto when = next(limit, now);
  debit(limit, now);
  return when;
}

void token_bucket::follow(sys_time now) {
  arrival_ = arrival_at(now);
  seen_ = now;
}

sys_time token_bucket::arrival_at(sys_time now) const {
  return now < seen_ ? arrival_ - (seen_ - now) : arrival_;
}

sys_time token_bucket::next(const limit_options& limit, sys_time now) const {
  if (unlimited(limit))
    return now;
  return std::max(now, std::max(arrival_at(now), now) + interval_of(limit) - tolerance_of(limit));
}

double token_bucket::remaining(const limit_options& limit, sys_time now) const {
  if (unlimited(limit))
    return std::numeric_limits<double>::infinity();
  auto used = std::max(arrival_at(now), now) - now;
  auto left = static_cast<double>((tolerance_of(limit) - used).count());
  return std::clamp(left / static_cast<double>(interval_of(limit).count()), 0.0, burst_of(limit));
}

void token_bucket::debit(const limit_options& limit, sys_time at) {
  if (!unlimited(limit))
    arrival_ = std::min(std::max(arrival_, at) + interval_of(limit), latest);
}

void token_bucket::refund(const limit_options& limit) {
  if (!unlimited(limit))
    arrival_ -= interval_of(limit);
}

token_bucket& bucket_table::at(const std::string& key) {
  auto found = buckets_.find(key);
  if (found != buckets_.end()) {
    ages_.splice(ages_.end(), ages_, found->second.age);
    return found->second.bucket;
  }
  if (buckets_.size() >= capacity_) {
    auto oldest = buckets_.find(*ages_.front());
    ages_.pop_front();
    buckets_.erase(oldest);
  }
  auto made = buckets_.try_emplace(key).first;
  made->second.age = ages_.insert(ages_.end(), &made->first);
  return made->second.bucket;
}

const token_bucket* bucket_table::find(const std::string& key) const {
  auto found = buckets_.find(key);
  return found == buckets_.end() ? nullptr : &found->second.bucket;
}

} // namespace carillon
