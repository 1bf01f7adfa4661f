#include "actors/policy/limits.hpp"

#include <algorithm>
#include <cstdio>

namespace carillon {
namespace {

void add(std::vector<applied_limit>& out, std::string name, const std::string& whose,
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

limit_verdict charge(bucket_table& buckets, const std::vector<applied_limit>& limits, sys_time now,
                     std::vector<debit>& debits) {
  for (auto& l : limits)
    if (refuses(l.limit))
      if (auto* bucket = buckets.find(l.key); bucket && bucket->next(l.limit, now) > now)
        return refusal(l, bucket->next(l.limit, now));
  limit_verdict verdict;
  for (auto& l : limits) {
    auto until = buckets.at(l.key).reserve(l.limit, now);
    debits.push_back({l.name, l.key, l.limit});
    if (until > now && until > verdict.until)
      verdict = delayed(l, until);
  }
  return verdict;
}

limit_verdict peek(const bucket_table& buckets, const std::vector<applied_limit>& limits, sys_time now,
                   std::vector<limit_view>& views) {
  limit_verdict verdict;
  for (auto& l : limits) {
    auto* found = buckets.find(l.key);
    token_bucket bucket = found ? *found : token_bucket{};
    auto until = bucket.next(l.limit, now);
    views.push_back({l.name, bucket.remaining(l.limit, now), std::max(bucket.full_at(), now)});
    if (until <= now)
      continue;
    if (refuses(l.limit))
      return refusal(l, until);
    if (until > verdict.until)
      verdict = delayed(l, until);
  }
  return verdict;
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
