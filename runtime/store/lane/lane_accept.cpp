#include "runtime/store/lane/lane_file.hpp"

namespace carillon {

result<std::optional<receipt>> lane_file::recall(const space& where, const idempotency_claim& what) {
  return recall(claim_key_of(where, what.key), what, clock_.now());
}

result<std::optional<receipt>> lane_file::recall(const claim_key& key, const idempotency_claim& what, sys_time now) {
  auto found = claims_.find(*db_, key, now);
  if (!found)
    return std::move(found.error());
  auto& known = *found;
  if (!known)
    return std::optional<receipt>{};
  if (known->digest != what.digest)
    return fault{errc::key_reused, "The idempotency key was used for a different request; use a new key for it."};
  return std::optional{receipt{known->id, lane_of(known->id), true}};
}

result<receipt> lane_file::accept(const acceptance& what) {
  auto& n = *what.n;
  if (auto wrong = misplaced(what))
    return *wrong;
  auto now = clock_.now();
  auto key = what.claim ? claim_key_of(n.space, what.claim->key) : claim_key{};
  if (what.claim) {
    auto known = recall(key, *what.claim, now);
    if (!known)
      return std::move(known.error());
    if (*known)
      return **known;
  }
  if (upkeep_.is_of_erased(n))
    return erased_meanwhile();
  if (what.claim)
    claims_.add(*db_, key, *what.claim, n.id, now);
  insert_notification(tables(), n, what.deliveries.size());
  for (auto& d : what.deliveries)
    insert_delivery(tables(), d);
  upkeep_.added(tables(), n);
  return receipt{n.id, n.lane, false};
}

} // namespace carillon
