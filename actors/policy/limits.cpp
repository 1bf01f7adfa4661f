#include "actors/policy/limits.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace carillon {
namespace {

void add(std::vector<applied_limit>& out, const std::string& name, const std::string& whose,
         const std::optional<limit_options>& limit) {
  if (limit && limit->rate > 0)
    out.push_back({name, name + '\n' + whose, *limit});
}

std::string wording(const limit_options& limit) {
  char text[64];
  std::snprintf(text, sizeof text, "%g per %g s", limit.rate, std::chrono::duration<double>(limit.per).count());
  return text;
}

limit_verdict refusal(const applied_limit& l, sys_time until) {
  auto rejects = l.limit.over == over_limit::reject;
  return {rejects ? limit_verdict::kind::reject : limit_verdict::kind::drop, l.name,
          "Over the limit " + l.name + " of " + wording(l.limit) + '.', until, l.limit.rate};
}

bool refuses(const limit_options& limit) {
  return limit.over == over_limit::drop || limit.over == over_limit::reject;
}

limit_verdict delayed(const applied_limit& l, sys_time until) {
  return {limit_verdict::kind::delay, l.name,
          "Over the limit " + l.name + " of " + wording(l.limit) + ": waits for its turn.", until};
}

} // namespace

std::vector<applied_limit> limits_of(const options& config, const feature_settings& settings, const delivery& d,
                                     const std::string& category, limit_owner owner) {
  std::vector<applied_limit> out;
  auto where = to_string(d.space) + '\n';
  std::string on{to_string(d.channel)};
  if (owner == limit_owner::lane) {
    add(out, "per_channel", where + on, config.limits.per_channel);
    add(out, "global", "", config.limits.global);
    return out;
  }
  auto whom = where + d.user_id;
  if (auto type = config.types.find(d.type); type != config.types.end())
    add(out, "type", whom + '\n' + d.type, type->second.limit);
  if (auto found = config.categories.find(category); found != config.categories.end())
    add(out, "category", whom + '\n' + category, found->second.limits);
  if (auto found = config.channels.find(d.channel); found != config.channels.end())
    add(out, "channel", whom + '\n' + on, found->second.limits);
  add(out, "per_user_channel", whom + '\n' + on, config.limits.per_user_channel);
  add(out, "per_user", whom, config.limits.per_user);
  if (settings.per_user_per_minute)
    add(out, "throttle_per_user_per_minute", whom,
        limit_options{.rate = static_cast<double>(*settings.per_user_per_minute), .per = std::chrono::minutes{1}});
  return out;
}

namespace {

sys_time next_of(const bucket_table& buckets, const applied_limit& l, sys_time from) {
  auto* bucket = buckets.find(l.key);
  return bucket ? bucket->next(l.limit, from) : from;
}

/// Each limit moves the instant on to where it has room, until none does any more.
limit_verdict judge(const bucket_table& buckets, const std::vector<applied_limit>& limits, sys_time now,
                    const earlier_place& before) {
  if (!before.let_in)
    for (auto& l : limits)
      if (auto next = next_of(buckets, l, now); refuses(l.limit) && next > now)
        return refusal(l, next);
  auto at = now;
  const applied_limit* last = nullptr;
  for (bool moved = true; std::exchange(moved, false);)
    for (auto& l : limits)
      if (auto next = next_of(buckets, l, at); next > at) {
        at = next;
        last = &l;
        moved = true;
      }
  if (last != nullptr)
    return delayed(*last, at);
  limit_verdict passes;
  passes.until = now;
  return passes;
}

} // namespace

limit_verdict charge(bucket_table& buckets, const std::vector<applied_limit>& limits, sys_time now,
                     std::vector<debit>& debits, const earlier_place& before) {
  auto verdict = judge(buckets, limits, now, before);
  if (before.at && verdict.what == limit_verdict::kind::delay && *before.at <= verdict.until) {
    verdict.until = *before.at;
    return verdict;
  }
  if (verdict.what == limit_verdict::kind::pass || verdict.what == limit_verdict::kind::delay)
    for (auto& l : limits)
      debits.push_back({l.name, l.key, l.limit, verdict.until, buckets.book(l.key, l.limit, verdict.until, now)});
  return verdict;
}

std::vector<limit_view> views_of(const bucket_table& buckets, const std::vector<applied_limit>& limits, sys_time now) {
  std::vector<limit_view> views;
  for (auto& l : limits) {
    auto* found = buckets.find(l.key);
    token_bucket bucket = found ? *found : token_bucket{};
    views.push_back({l.name, bucket.remaining(l.limit, now), std::max(bucket.full_at(), now)});
  }
  return views;
}

duration longest_period(const options& config) {
  duration longest = std::chrono::minutes{1};
  auto consider = [&](const std::optional<limit_options>& limit) {
    if (limit)
      longest = std::max(longest, limit->per);
  };
  for (auto* limit :
       {&config.limits.global, &config.limits.per_user, &config.limits.per_user_channel, &config.limits.per_channel})
    consider(*limit);
  for (auto& [name, type] : config.types)
    consider(type.limit);
  for (auto& [name, category] : config.categories)
    consider(category.limits);
  for (auto& [on, channel] : config.channels)
    consider(channel.limits);
  return longest;
}

} // namespace carillon
