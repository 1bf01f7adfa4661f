#include "actors/policy/token_bucket.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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
  book(limit, now, now);
  return true;
}

sys_time token_bucket::next(const limit_options& limit, sys_time from) const {
  if (unlimited(limit))
    return from;
  if (from < seen_) {
    auto set_back = *this;
    set_back.follow(from);
    return set_back.next(limit, from);
  }
  for (auto at = from;;) {
    auto end = after_free(interval_of(limit), at);
    if (end - at <= tolerance_of(limit))
      return at;
    // Nothing before that can do: a later start ends later still. Nor can anything in
    // the free time around `at`: what is skipped of it is missing at the end.
    at = std::max(end - tolerance_of(limit), end_of_gap(at));
  }
}

time_taken token_bucket::book(const limit_options& limit, sys_time at, sys_time now) {
  if (unlimited(limit))
    return {};
  follow(now);
  forget_before(now);
  at = std::max(at, now);
  time_taken place{after_free({}, at), std::min(after_free(interval_of(limit), at), latest)};
  occupy({at, place.until});
  return place.until - place.from == interval_of(limit) ? place : time_taken{};
}

void token_bucket::refund(const time_taken& place) {
  if (place.from >= place.until)
    return;
  auto within = std::find_if(later_.begin(), later_.end(), [&](auto& taken) { return place.until <= taken.until; });
  if (place.until <= taken_until_) {
    later_.insert(later_.begin(), {place.until, std::exchange(taken_until_, place.from)});
  } else if (within != later_.end() && within->from <= place.from) {
    auto after = std::next(later_.insert(within, {within->from, place.from}));
    after->from = place.until;
  }
  std::erase_if(later_, [](auto& taken) { return taken.from >= taken.until; });
}

void token_bucket::refund(const limit_options& limit) {
  if (!unlimited(limit))
    taken_until_ -= interval_of(limit);
}

double token_bucket::remaining(const limit_options& limit, sys_time now) const {
  if (unlimited(limit))
    return std::numeric_limits<double>::infinity();
  auto all = *this;
  all.follow(now);
  auto end = now + tolerance_of(limit);
  auto free = end - std::clamp(all.taken_until_, now, end);
  for (auto& taken : all.later_)
    free -= std::max(std::min(taken.until, end) - std::max(taken.from, now), duration::zero());
  return std::clamp(static_cast<double>(free.count()) / static_cast<double>(interval_of(limit).count()), 0.0,
                    burst_of(limit));
}

void token_bucket::follow(sys_time now) {
  if (auto back = seen_ - now; back > duration::zero()) {
    taken_until_ -= back;
    for (auto& taken : later_)
      taken = {taken.from - back, taken.until - back};
  }
  seen_ = now;
}

void token_bucket::forget_before(sys_time now) {
  taken_until_ = std::max(taken_until_, now);
  join_stretches();
}

void token_bucket::join_stretches() {
  auto joined = later_.begin();
  for (; joined != later_.end() && joined->from <= taken_until_; ++joined)
    taken_until_ = std::max(taken_until_, joined->until);
  later_.erase(later_.begin(), joined);
}

void token_bucket::occupy(time_taken what) {
  if (what.from <= taken_until_) {
    taken_until_ = std::max(taken_until_, what.until);
    return join_stretches();
  }
  auto first = std::partition_point(later_.begin(), later_.end(), [&](auto& t) { return t.until < what.from; });
  auto last = first;
  for (; last != later_.end() && last->from <= what.until; ++last)
    what = {std::min(what.from, last->from), std::max(what.until, last->until)};
  if (what.from < what.until)
    later_.insert(later_.erase(first, last), what);
}

sys_time token_bucket::after_free(duration need, sys_time from) const {
  from = std::max(from, taken_until_);
  auto taken = std::partition_point(later_.begin(), later_.end(), [&](auto& t) { return t.until <= from; });
  for (; taken != later_.end(); ++taken) {
    auto free = std::max(taken->from - from, duration::zero());
    if (free > need || (free == need && need > duration::zero()))
      break;
    need -= free;
    from = taken->until;
  }
  return from + need;
}

sys_time token_bucket::end_of_gap(sys_time at) const {
  auto taken = std::partition_point(later_.begin(), later_.end(), [&](auto& t) { return t.until <= at; });
  return at < taken_until_ || taken == later_.end() ? at : std::max(at, taken->from);
}

time_taken bucket_table::book(const std::string& key, const limit_options& limit, sys_time at, sys_time now) {
  auto& bucket = this->at(key);
  auto before = bucket.gaps();
  auto place = bucket.book(limit, gaps_ < most_gaps ? at : std::min(at, now), now);
  gaps_ += bucket.gaps() - before;
  return place;
}

void bucket_table::refund(const std::string& key, const time_taken& place) {
  auto& bucket = at(key);
  auto before = bucket.gaps();
  if (gaps_ < most_gaps)
    bucket.refund(place);
  gaps_ += bucket.gaps() - before;
}

void bucket_table::copy(const std::string& key, copies& into) const {
  auto* found = find(key);
  into.emplace_back(key, found ? std::optional{*found} : std::nullopt);
}

void bucket_table::put_back(copies before) {
  for (auto& [key, bucket] : before) {
    auto found = buckets_.find(key);
    if (found == buckets_.end())
      continue;
    gaps_ -= found->second.bucket.gaps();
    if (bucket) {
      found->second.bucket = std::move(*bucket);
      gaps_ += found->second.bucket.gaps();
    } else {
      ages_.erase(found->second.age);
      buckets_.erase(found);
    }
  }
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
    gaps_ -= oldest->second.bucket.gaps();
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
