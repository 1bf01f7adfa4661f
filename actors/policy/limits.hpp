// Which limits a delivery is held to, and what they say. The buckets live in the
// throttle actor; this is the rule it applies. Pure.
#pragma once

#include <string>
#include <vector>

#include "actors/policy/token_bucket.hpp"
#include "config/options.hpp"
#include "messages/domain.hpp"
#include "messages/work.hpp"

namespace carillon {

/// One limit that applies to one delivery, and whose bucket it uses.
struct applied_limit {
  std::string name; ///< as in reasons and metrics: per_user, type, channel, ...
  std::string key;  ///< of the bucket: name, space and whom it concerns
  limit_options limit;
};

/// Which limits count where. The people's limits belong to bulk: critical work is
/// exempt from them and only debits. A lane's (per_channel, global) hold it to its
/// own traffic, and bulk to that of both lanes.
enum class limit_owner : std::uint8_t { people, lane };

/// The limits of that kind a delivery is held to, the narrowest first.
std::vector<applied_limit> limits_of(const options& config, const feature_settings& settings, const delivery& d,
                                     const std::string& category, limit_owner owner);

struct limit_verdict {
  enum class kind : std::uint8_t { pass, delay, drop, reject };
  kind what = kind::pass;
  std::string limit;  ///< the one that decided
  std::string reason; ///< for people
  sys_time until{};   ///< when there is room; now, where it passes
  double quota = 0;   ///< of reject: events a window
};

/// What a delivery had of its limits before.
struct earlier_place {
  bool let_in = false;             ///< once: it waits where a new one would be dropped
  std::optional<sys_time> at = {}; ///< still reserved: kept, unless there is room earlier
};

/// Decides and debits together: a delivery that is dropped or rejected costs nothing;
/// one that is delayed gets the first instant at which all its limits have room, and
/// has its place reserved at that instant in each.
limit_verdict charge(bucket_table& buckets, const std::vector<applied_limit>& limits, sys_time now,
                     std::vector<debit>& debits, const earlier_place& before = {});

/// How each limit stands; for dry runs.
std::vector<limit_view> views_of(const bucket_table& buckets, const std::vector<applied_limit>& limits, sys_time now);

/// The longest period of any configured limit: how much history rebuilds them.
duration longest_period(const options& config);

} // namespace carillon
