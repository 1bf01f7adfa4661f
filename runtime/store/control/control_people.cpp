#include <algorithm>

#include "runtime/store/codec.hpp"
#include "runtime/store/control/control_rows.hpp"

namespace carillon {
namespace {

fault changed_since(std::uint64_t version) {
  return {errc::version_mismatch,
          "It is at version " + std::to_string(version) + " now; read it again, then write with that version."};
}

bool has_tombstone(connection& db, const std::string& space_name, const std::string& id) {
  auto row = db.use("SELECT 1 FROM tombstone WHERE space = ?1 AND user_id = ?2");
  return row.with(space_name, id).step();
}

/// The stored user with the written part taken from `what`.
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

void write_user(connection& db, const user& u) {
  auto space_name = to_string(u.space);
  auto contacts_text = encode_contacts(u.contacts);
  auto rules_text = encode_rules(u.rules);
  std::optional<std::string> window;
  if (u.quiet_hours)
    window = encode_window(*u.quiet_hours);
  db.use("INSERT OR REPLACE INTO user(space, id, contacts, time_zone, locale, attributes, rules, quiet_hours, digest, "
         "version, preferences_version, created_at, updated_at) "
         "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")
    .with(space_name, u.id, contacts_text, u.time_zone, u.locale, u.attributes, rules_text, window, u.digest, u.version,
          u.preferences_version, u.created_at, u.updated_at)
    .run();
}

} // namespace

user_ptr load_user(connection& db, const space& where, const std::string& id) {
  auto space_name = to_string(where);
  auto row = db.use("SELECT contacts, time_zone, locale, attributes, rules, quiet_hours, digest, version, "
                    "preferences_version, created_at, updated_at FROM user WHERE space = ?1 AND id = ?2");
  if (!row.with(space_name, id).step())
    return nullptr;
  auto u = std::make_shared<user>();
  u->space = where;
  u->id = id;
  u->contacts = decode_contacts(row.view(0));
  u->time_zone = row.text(1);
  u->locale = row.text(2);
  u->attributes = row.text(3);
  u->rules = decode_rules(row.view(4));
  if (!row.is_null(5))
    u->quiet_hours = decode_window(row.view(5));
  u->digest = row.text(6);
  u->version = static_cast<std::uint64_t>(row.integer(7));
  u->preferences_version = static_cast<std::uint64_t>(row.integer(8));
  u->created_at = row.time(9).value_or(sys_time{});
  u->updated_at = row.time(10).value_or(sys_time{});
  return u;
}

person load_person(connection& db, const space& where, const std::string& id, const std::vector<channel_address>& extra,
                   sys_time now) {
  snapshot still{db};
  person found;
  found.who = load_user(db, where, id);
  // Somebody who was stored again after an erasure is a person like any other.
  found.erased = !found.who && has_tombstone(db, to_string(where), id);
  auto addresses = extra;
  if (found.who)
    for (auto on : all_channels)
      for (auto& address : addresses_of(found.who->contacts, on, id))
        addresses.emplace_back(on, std::move(address));
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  for (auto& whom : addresses)
    if (auto entry = suppression_of(db, where, whom, now)) {
      found.suppressed.push_back(std::move(whom));
      if (entry->expires_at && (!found.good_until || *entry->expires_at < *found.good_until))
        found.good_until = entry->expires_at;
    }
  return found;
}

result<user_ptr> store_user(connection& db, const user& what, user_part part, version_bond if_match, sys_time now) {
  auto stored = load_user(db, what.space, what.id);
  auto before = stored ? *stored : user{};
  auto version = part == user_part::preferences ? before.preferences_version : before.version;
  if (!fulfils(if_match, version))
    return changed_since(version);
  auto after = merged(before, what, part);
  after.created_at = stored ? stored->created_at : now;
  after.updated_at = now;
  write_user(db, after);
  return user_ptr{std::make_shared<user>(std::move(after))};
}

status_result erase_user_row(connection& db, const space& where, const std::string& id, sys_time now) {
  auto space_name = to_string(where);
  db.use("DELETE FROM user WHERE space = ?1 AND id = ?2").with(space_name, id).run();
  db.use("INSERT OR REPLACE INTO tombstone(space, user_id, erased_at, finished) VALUES(?1, ?2, ?3, 0)")
    .with(space_name, id, now)
    .run();
  return ok;
}

std::vector<std::pair<space, std::string>> open_erasures(connection& db) {
  std::vector<std::pair<space, std::string>> all;
  auto rows = db.use("SELECT space, user_id FROM tombstone WHERE finished = 0");
  while (rows.step())
    all.emplace_back(parse_space(rows.view(0)), rows.text(1));
  return all;
}

void close_erasure(connection& db, const space& where, const std::string& id) {
  auto space_name = to_string(where);
  db.use("UPDATE tombstone SET finished = 1 WHERE space = ?1 AND user_id = ?2").with(space_name, id).run();
}

} // namespace carillon
