// Suppressions: addresses that must not be used, with who or what said so.
#include "messages/ledger_address.hpp"
#include "runtime/store/control/control_rows.hpp"

namespace carillon {
namespace {

/// Columns: id, channel, address, cause, note, expires_at, created_at.
suppression read_suppression(statement& row, const space& where) {
  suppression s;
  s.id = row.text(0);
  s.space = where;
  s.channel = parse_channel(row.view(1)).value_or(channel::email);
  s.address = row.text(2);
  s.cause = parse_suppression_cause(row.view(3)).value_or(suppression_cause::manual);
  s.note = row.text(4);
  s.expires_at = row.time(5);
  s.created_at = row.time(6).value_or(sys_time{});
  return s;
}

std::optional<suppression> find_by_address(connection& db, const space& where, channel on, const std::string& address) {
  auto space_name = to_string(where);
  auto row = db.use("SELECT id, channel, address, cause, note, expires_at, created_at FROM suppression "
                    "WHERE space = ?1 AND channel = ?2 AND address = ?3");
  auto kept_as = ledger_address(on, address);
  if (!row.with(space_name, to_string(on), kept_as).step())
    return std::nullopt;
  return read_suppression(row, where);
}

bool in_force(const suppression& s, sys_time now) {
  return !s.expires_at || *s.expires_at > now;
}

/// True where it keeps the address away for as long as the other would.
bool outlasts(const suppression& s, const suppression& other) {
  return !s.expires_at || (other.expires_at && *other.expires_at <= *s.expires_at);
}

} // namespace

std::optional<suppression> suppression_of(connection& db, const space& where, const channel_address& whom,
                                          sys_time now) {
  auto found = find_by_address(db, where, whom.first, whom.second);
  return found && in_force(*found, now) ? std::move(found) : std::nullopt;
}

// One that has expired, or would before the new one does, gives way to it.
suppression store_suppression(connection& db, const suppression& what, sys_time now) {
  auto known = find_by_address(db, what.space, what.channel, what.address);
  if (known && in_force(*known, now) && outlasts(*known, what))
    return *known;
  auto space_name = to_string(what.space);
  auto stored = what;
  stored.address = ledger_address(what.channel, what.address);
  if (stored.created_at == sys_time{})
    stored.created_at = now;
  db.use("INSERT OR REPLACE INTO suppression(space, id, channel, address, cause, note, expires_at, created_at) "
         "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
    .with(space_name, stored.id, to_string(stored.channel), stored.address, to_string(stored.cause), stored.note,
          stored.expires_at, stored.created_at)
    .run();
  return stored;
}

result<suppression> drop_suppression(connection& db, const space& where, const std::string& id) {
  auto space_name = to_string(where);
  auto row = db.use("SELECT id, channel, address, cause, note, expires_at, created_at FROM suppression "
                    "WHERE space = ?1 AND id = ?2");
  if (!row.with(space_name, id).step())
    return fault{errc::not_found, "There is no suppression with this id."};
  auto found = read_suppression(row, where);
  db.use("DELETE FROM suppression WHERE space = ?1 AND id = ?2").with(space_name, id).run();
  return found;
}

std::vector<suppression> suppressions_after(connection& db, const space& where, std::optional<channel> on,
                                            const std::string& after, std::size_t limit, sys_time now) {
  auto space_name = to_string(where);
  auto rows = db.use("SELECT id, channel, address, cause, note, expires_at, created_at FROM suppression "
                     "WHERE space = ?1 AND id > ?2 ORDER BY id");
  rows.with(space_name, after);
  std::vector<suppression> all;
  while (all.size() < limit && rows.step()) {
    auto s = read_suppression(rows, where);
    if (in_force(s, now) && (!on || s.channel == *on))
      all.push_back(std::move(s));
  }
  return all;
}

} // namespace carillon
