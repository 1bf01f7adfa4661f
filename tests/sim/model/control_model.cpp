#include "tests/sim/model/control_model.hpp"

#include <algorithm>

#include "messages/ledger_address.hpp"

namespace carillon::sim {
namespace {

fault version_mismatch(std::uint64_t version) {
  return {errc::version_mismatch, "It is at version " + std::to_string(version) + " now."};
}

user merged(const user& stored, const user& what, user_part part) {
  auto out = stored;
  out.space = what.space;
  out.id = what.id;
  if (part != user_part::preferences) {
    out.contacts = what.contacts;
    out.time_zone = what.time_zone;
    out.locale = what.locale;
    out.attributes = what.attributes;
    ++out.version;
  }
  if (part != user_part::profile) {
    out.rules = what.rules;
    out.quiet_hours = what.quiet_hours;
    out.digest = what.digest;
    ++out.preferences_version;
  }
  return out;
}

} // namespace

// ---------------------------------------------------------------- people

person control_model::find_person(const space& where, const std::string& user_id,
                                  std::vector<std::pair<channel, std::string>> addresses) const {
  person found;
  auto stored = users_.find({where, user_id});
  if (stored != users_.end())
    found.who = stored->second;
  found.erased = !found.who && tombstones_.contains({where, user_id});
  if (found.who)
    for (auto on : all_channels)
      for (auto& one : addresses_of(found.who->contacts, on, user_id))
        addresses.emplace_back(on, one);
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  for (auto& [on, one] : addresses)
    if (auto* entry = in_force({where, on, one})) {
      found.suppressed.emplace_back(on, one);
      if (entry->expires_at && (!found.good_until || *entry->expires_at < *found.good_until))
        found.good_until = entry->expires_at;
    }
  return found;
}

result<user_ptr> control_model::get_user(const space& where, const std::string& id) const {
  auto found = users_.find({where, id});
  if (found == users_.end())
    return fault{errc::not_found, "There is no user with this id."};
  return found->second;
}

result<user_ptr> control_model::put_user(const user& what, user_part part, version_bond if_match) {
  auto stored = users_.find({what.space, what.id});
  auto before = stored == users_.end() ? user{} : *stored->second;
  auto version = part == user_part::preferences ? before.preferences_version : before.version;
  if (!fulfils(if_match, version))
    return version_mismatch(version);
  auto after = std::make_shared<user>(merged(before, what, part));
  after->updated_at = changed_at_ = clock_.now();
  after->created_at = stored == users_.end() ? after->updated_at : before.created_at;
  users_[{what.space, what.id}] = after;
  return user_ptr{after};
}

status_result control_model::erase_user(const space& where, const std::string& id) {
  users_.erase({where, id});
  tombstones_[{where, id}] = false;
  changed_at_ = clock_.now();
  return ok;
}

std::vector<std::pair<space, std::string>> control_model::unfinished_erasures() const {
  std::vector<owner> all;
  for (auto& [who, finished] : tombstones_)
    if (!finished)
      all.push_back(who);
  return all;
}

void control_model::finish_erasure(const space& where, const std::string& id) {
  if (auto found = tombstones_.find({where, id}); found != tombstones_.end())
    found->second = true;
}

// ---------------------------------------------------------------- suppressions

const suppression* control_model::in_force(const address& whom) const {
  auto& [where, on, written] = whom;
  auto found = ledger_.find({where, on, ledger_address(on, written)});
  auto stands = found != ledger_.end() && (!found->second.expires_at || *found->second.expires_at > clock_.now());
  return stands ? &found->second : nullptr;
}

suppression control_model::add_suppression(const suppression& what) {
  address whom{what.space, what.channel, ledger_address(what.channel, what.address)};
  auto* known = in_force(whom);
  if (known != nullptr && (!known->expires_at || (what.expires_at && *what.expires_at <= *known->expires_at)))
    return *known;
  auto stored = what;
  stored.address = std::get<std::string>(whom);
  changed_at_ = clock_.now();
  if (stored.created_at == sys_time{})
    stored.created_at = clock_.now();
  return ledger_[whom] = stored;
}

result<suppression> control_model::remove_suppression(const space& where, const std::string& id) {
  auto is_it = [&](auto& entry) { return entry.second.space == where && entry.second.id == id; };
  auto found = std::find_if(ledger_.begin(), ledger_.end(), is_it);
  if (found == ledger_.end())
    return fault{errc::not_found, "There is no suppression with this id."};
  auto removed = found->second;
  changed_at_ = clock_.now();
  ledger_.erase(found);
  return removed;
}

std::vector<suppression> control_model::list_suppressions(const space& where, std::optional<channel> on,
                                                          const std::string& after, std::size_t limit) const {
  std::vector<suppression> all;
  for (auto& [whom, entry] : ledger_)
    if (entry.space == where && in_force(whom) != nullptr && (!on || entry.channel == *on) && entry.id > after)
      all.push_back(entry);
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.id < b.id; });
  all.resize(std::min(all.size(), limit));
  return all;
}

// ---------------------------------------------------------------- keys, settings, breakers

api_key control_model::add_key(const api_key& what) {
  return keys_[what.id] = what;
}

status_result control_model::revoke_key(const std::string& tenant, const std::string& id) {
  auto found = keys_.find(id);
  if (found == keys_.end() || found->second.space.tenant != tenant)
    return fault{errc::not_found, "There is no key with this id."};
  found->second.revoked = true;
  return ok;
}

std::vector<api_key> control_model::list_keys(const std::string& tenant) const {
  std::vector<api_key> all;
  for (auto& [id, key] : keys_)
    if (tenant.empty() || key.space.tenant == tenant)
      all.push_back(key);
  return all;
}

result<versioned_json> control_model::get_setting(const std::string& feature) const {
  auto found = settings_.find(feature);
  if (found == settings_.end())
    return fault{errc::not_found, "There is no setting of this name."};
  return found->second;
}

result<versioned_json> control_model::put_setting(const std::string& feature, const std::string& config, bool enabled,
                                                  version_bond if_match) {
  auto found = settings_.find(feature);
  auto version = found == settings_.end() ? 0 : found->second.version;
  if (!fulfils(if_match, version))
    return version_mismatch(version);
  return settings_[feature] = versioned_json{config, enabled, version + 1};
}

std::vector<std::pair<std::string, breaker_order>> control_model::breaker_orders() const {
  return {orders_.begin(), orders_.end()};
}

} // namespace carillon::sim
