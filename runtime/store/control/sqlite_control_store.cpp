#include "runtime/store/control/sqlite_control_store.hpp"

namespace carillon {
namespace {

store_file for_turn(store_file file, turn whose) {
  file.whose = whose;
  return file;
}

} // namespace

sqlite_control_store::sqlite_control_store(std::shared_ptr<store_folder> folder, store_file file,
                                           const wall_clock& clock, store_observer& watch)
    : folder_(std::move(folder)),
      clock_(clock),
      file_(file),
      writer_(file, file_, watch, folder_->wal()),
      critical_reads_("crit-people-r", for_turn(file, turn::critical)),
      bulk_reads_("bulk-people-r", for_turn(file, turn::bulk)),
      door_reads_(file.name + "-d", file) {}

// ---------------------------------------------------------------- people

void sqlite_control_store::find_person(lane asks, space where, std::string user_id, std::vector<channel_address> extra,
                                       done<person> then) {
  auto& reads = asks == lane::critical ? critical_reads_ : bulk_reads_;
  reads.submit<person>(std::move(then),
                       [this, where = std::move(where), user_id = std::move(user_id), extra = std::move(extra)](
                         control_tables& in) { return load_person(in.db, where, user_id, extra, clock_.now()); });
}

void sqlite_control_store::get_user(space where, std::string id, done<user_ptr> then) {
  door_reads_.submit<user_ptr>(std::move(then),
                               [where = std::move(where), id = std::move(id)](control_tables& in) -> result<user_ptr> {
                                 if (auto found = load_user(in.db, where, id))
                                   return found;
                                 return fault{errc::not_found, "There is no user with this id."};
                               });
}

void sqlite_control_store::put_user(user what, user_part part, version_bond if_match, done<user_ptr> then) {
  writer_.submit<user_ptr>(std::move(then), [this, what = std::move(what), part, if_match] {
    return store_user(file_.open(), what, part, if_match, clock_.now());
  });
}

void sqlite_control_store::erase_user(space where, std::string id, sys_time now, done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), [this, where = std::move(where), id = std::move(id), now] {
    file_.empty_wal();
    return erase_user_row(file_.open(), where, id, now);
  });
}

void sqlite_control_store::unfinished_erasures(done<std::vector<std::pair<space, std::string>>> then) {
  door_reads_.submit<std::vector<std::pair<space, std::string>>>(
    std::move(then), [](control_tables& in) { return open_erasures(in.db); });
}

void sqlite_control_store::finish_erasure(space where, std::string id, done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), [this, where = std::move(where), id = std::move(id)]() -> status_result {
    close_erasure(file_.open(), where, id);
    return ok;
  });
}

// ---------------------------------------------------------------- suppressions

void sqlite_control_store::add_suppression(suppression what, done<suppression> then) {
  writer_.submit<suppression>(std::move(then), [this, what = std::move(what)]() -> result<suppression> {
    return store_suppression(file_.open(), what, clock_.now());
  });
}

void sqlite_control_store::remove_suppression(space where, std::string id, done<suppression> then) {
  writer_.submit<suppression>(std::move(then), [this, where = std::move(where), id = std::move(id)] {
    return drop_suppression(file_.open(), where, id);
  });
}

void sqlite_control_store::list_suppressions(space where, std::optional<channel> on, std::string after,
                                             std::size_t limit, done<std::vector<suppression>> then) {
  door_reads_.submit<std::vector<suppression>>(
    std::move(then), [this, where = std::move(where), on, after = std::move(after), limit](control_tables& in) {
      return suppressions_after(in.db, where, on, after, limit, clock_.now());
    });
}

void sqlite_control_store::suppressions_of(space where, std::vector<std::pair<channel, std::string>> whom,
                                           done<std::vector<suppression>> then) {
  door_reads_.submit<std::vector<suppression>>(
    std::move(then), [this, where = std::move(where), whom = std::move(whom)](control_tables& in) {
      std::vector<suppression> found;
      for (auto& address : whom)
        if (auto entry = suppression_of(in.db, where, address, clock_.now()))
          found.push_back(std::move(*entry));
      return found;
    });
}

// ---------------------------------------------------------------- keys, settings, breakers

void sqlite_control_store::add_key(api_key what, done<api_key> then) {
  writer_.submit<api_key>(std::move(then), [this, what = std::move(what)]() -> result<api_key> {
    store_key(file_.open(), what);
    return what;
  });
}

void sqlite_control_store::revoke_key(std::string tenant, std::string id, done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), [this, tenant = std::move(tenant), id = std::move(id)] {
    return revoke_key_row(file_.open(), tenant, id);
  });
}

void sqlite_control_store::list_keys(std::string tenant, done<std::vector<api_key>> then) {
  door_reads_.submit<std::vector<api_key>>(
    std::move(then), [tenant = std::move(tenant)](control_tables& in) { return keys_of(in.db, tenant); });
}

void sqlite_control_store::get_setting(std::string feature, done<versioned_json> then) {
  door_reads_.submit<versioned_json>(
    std::move(then), [feature = std::move(feature)](control_tables& in) { return load_setting(in.db, feature); });
}

void sqlite_control_store::put_setting(std::string feature, std::string config, bool enabled, version_bond if_match,
                                       done<versioned_json> then) {
  writer_.submit<versioned_json>(std::move(then),
                                 [this, feature = std::move(feature), config = std::move(config), enabled, if_match] {
                                   return store_setting(file_.open(), feature, config, enabled, if_match);
                                 });
}

void sqlite_control_store::breaker_orders(done<std::vector<std::pair<std::string, breaker_order>>> then) {
  door_reads_.submit<std::vector<std::pair<std::string, breaker_order>>>(
    std::move(then), [](control_tables& in) { return load_breaker_orders(in.db); });
}

void sqlite_control_store::put_breaker_order(std::string provider, breaker_order order, std::string reason,
                                             done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then),
                       [this, provider = std::move(provider), order, reason = std::move(reason)]() -> status_result {
                         store_breaker_order(file_.open(), provider, order, reason, clock_.now());
                         return ok;
                       });
}

} // namespace carillon
