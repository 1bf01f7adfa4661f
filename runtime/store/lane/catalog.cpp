#include "runtime/store/lane/catalog.hpp"

namespace carillon {

std::optional<std::int64_t> catalog::find_space(const space& where) {
  if (auto known = space_ids_.find(where); known != space_ids_.end())
    return known->second;
  auto name = to_string(where);
  auto found = db_.use("SELECT id FROM space WHERE name = ?1");
  if (!found.with(name).step())
    return std::nullopt;
  learn(found.integer(0), where);
  return found.integer(0);
}

std::optional<std::int64_t> catalog::find_queue(const std::string& name, const space& where) {
  auto space_key = find_space(where);
  if (!space_key)
    return std::nullopt;
  if (auto known = queue_ids_.find({*space_key, name}); known != queue_ids_.end())
    return known->second;
  auto found = db_.use("SELECT id FROM queue WHERE space = ?1 AND name = ?2");
  if (!found.with(*space_key, name).step())
    return std::nullopt;
  learn(found.integer(0), {name, where});
  return found.integer(0);
}

std::int64_t catalog::space_id(const space& where) {
  if (auto known = find_space(where))
    return *known;
  auto name = to_string(where);
  db_.use("INSERT INTO space(name) VALUES(?1)").with(name).run();
  return *find_space(where);
}

std::int64_t catalog::queue_id(const std::string& name, const space& where) {
  if (auto known = find_queue(name, where))
    return *known;
  auto space_key = space_id(where);
  db_.use("INSERT INTO queue(space, name) VALUES(?1, ?2)").with(space_key, name).run();
  return *find_queue(name, where);
}

const space& catalog::space_of(std::int64_t id) {
  if (auto known = spaces_.find(id); known != spaces_.end())
    return known->second;
  auto found = db_.use("SELECT name FROM space WHERE id = ?1");
  learn(id, found.with(id).step() ? parse_space(found.view(0)) : space{});
  return spaces_[id];
}

const queue_name& catalog::queue_of(std::int64_t id) {
  if (auto known = queues_.find(id); known != queues_.end())
    return known->second;
  auto found = db_.use("SELECT name, space FROM queue WHERE id = ?1");
  if (!found.with(id).step()) {
    static const queue_name none;
    return none;
  }
  learn(id, {found.text(0), space_of(found.integer(1))});
  return queues_[id];
}

void catalog::forget() {
  space_ids_.clear();
  queue_ids_.clear();
  spaces_.clear();
  queues_.clear();
}

void catalog::learn(std::int64_t id, const space& where) {
  space_ids_[where] = id;
  spaces_[id] = where;
}

void catalog::learn(std::int64_t id, queue_name what) {
  queue_ids_[{*find_space(what.space), what.name}] = id;
  queues_[id] = std::move(what);
}

} // namespace carillon
