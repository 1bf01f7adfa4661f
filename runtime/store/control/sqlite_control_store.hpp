// control_store over control.db. Look-ups of people have a reader a lane: preference
// waits for them, and critical's must not wait behind those of a flood.
#pragma once

#include <memory>

#include "runtime/store/control/control_rows.hpp"
#include "runtime/store/folder.hpp"
#include "runtime/store/sqlite/plain_file.hpp"
#include "runtime/store/sqlite/reader.hpp"

namespace carillon {

class sqlite_control_store final : public control_store {
public:
  /// `file` is migrated. Opens it on the calling thread; throws sqlite_error.
  sqlite_control_store(std::shared_ptr<store_folder> folder, store_file file, const wall_clock& clock,
                       store_observer& watch);

  void find_person(lane asks, space where, std::string user_id, std::vector<channel_address> extra,
                   done<person> then) override;
  void get_user(space where, std::string id, done<user_ptr> then) override;
  void put_user(user what, user_part part, version_bond if_match, done<user_ptr> then) override;
  void erase_user(space where, std::string id, sys_time now, done<ok_t> then) override;
  void unfinished_erasures(done<std::vector<std::pair<space, std::string>>> then) override;
  void finish_erasure(space where, std::string id, done<ok_t> then) override;

  void add_suppression(suppression what, done<suppression> then) override;
  void remove_suppression(space where, std::string id, done<suppression> then) override;
  void list_suppressions(space where, std::optional<channel> on, std::string after, std::size_t limit,
                         done<std::vector<suppression>> then) override;
  void suppressions_of(space where, std::vector<std::pair<channel, std::string>> whom,
                       done<std::vector<suppression>> then) override;

  void add_key(api_key what, done<api_key> then) override;
  void revoke_key(std::string tenant, std::string id, done<ok_t> then) override;
  void list_keys(std::string tenant, done<std::vector<api_key>> then) override;

  void get_setting(std::string feature, done<versioned_json> then) override;
  void put_setting(std::string feature, std::string config, bool enabled, version_bond if_match,
                   done<versioned_json> then) override;

  void breaker_orders(done<std::vector<std::pair<std::string, breaker_order>>> then) override;
  void put_breaker_order(std::string provider, breaker_order order, std::string reason, done<ok_t> then) override;

  std::optional<fault> trouble() const { return writer_.trouble(); }
  const std::string& name() const { return writer_.file().name; }

private:
  std::shared_ptr<store_folder> folder_;
  const wall_clock& clock_;
  plain_file file_;
  writer writer_;
  reader<control_tables> critical_reads_;
  reader<control_tables> bulk_reads_;
  reader<control_tables> door_reads_;
};

} // namespace carillon
