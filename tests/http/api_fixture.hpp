// Made-up notifications in a fake engine's stores, for tests of single calls.
#pragma once

#include "messages/transitions.hpp"
#include "tests/http/server_fixture.hpp"

namespace carillon::test {

struct made {
  std::string id, delivery_id;
};

/// Puts a notification with one delivery in that status into its lane's store.
inline made put_notification(fake_engine& engine, lane l, delivery_status status, channel on = channel::email,
                             const std::string& user_id = "u_1", const space& where = {}) {
  auto& ids = l == lane::critical ? engine.critical_ids : engine.bulk_ids;
  auto key = ids.reserve(engine.time.at, 2);
  auto n = std::make_shared<notification>();
  n->id = ids.make(key);
  n->key = key;
  n->space = where;
  n->lane = l;
  n->user_id = user_id;
  n->type = "order_shipped";
  n->category = "transactional";
  n->content.title = "On its way";
  n->created_at = engine.time.at;
  delivery d;
  d.id = ids.make(key + 1);
  d.key = key + 1;
  d.notification_key = key;
  d.space = where;
  d.user_id = user_id;
  d.type = n->type;
  d.channel = on;
  d.address = on == channel::in_app ? user_id : "someone@example.org";
  d.status = status;
  d.queue = "post";
  d.decision = {"allowed", "nothing stands against it"};
  d.attempts.push_back({1, "post", engine.time.at, engine.time.at, outcome::retry, "451", "try later", ""});
  d.history.push_back({status, engine.time.at, {}, {}});
  auto& store = l == lane::critical ? engine.critical_store : engine.bulk_store;
  store.add({n, {d}});
  if (status == delivery_status::dead_lettered)
    store.dead.push_back({n, d});
  return {to_string(n->id), to_string(d.id)};
}

} // namespace carillon::test
