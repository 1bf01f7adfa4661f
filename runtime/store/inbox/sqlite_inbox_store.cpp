#include "runtime/store/inbox/sqlite_inbox_store.hpp"

namespace carillon {
namespace {

constexpr std::size_t read_at_once = 1'000;

} // namespace

sqlite_inbox_store::sqlite_inbox_store(std::shared_ptr<store_folder> folder, store_file file, duration retention,
                                       const wall_clock& clock, store_observer& watch)
    : folder_(std::move(folder)),
      file_(file, [retention, &clock](connection& db) { return remove_items_before(db, clock.now() - retention); }),
      writer_(file, file_, watch, folder_->wal()),
      reads_(file.name + "-r", file) {}

void sqlite_inbox_store::add(inbox_item what, done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), [this, what = std::move(what)]() -> status_result {
    store_item(file_.open(), what);
    return ok;
  });
}

void sqlite_inbox_store::list(space where, std::string user_id, std::string state, std::optional<row_key> before,
                              std::size_t limit, done<std::vector<inbox_item>> then) {
  reads_.submit<std::vector<inbox_item>>(
    std::move(then), [where = std::move(where), user_id = std::move(user_id), state = std::move(state), before,
                      limit](inbox_tables& in) { return items_before(in.db, where, user_id, state, before, limit); });
}

void sqlite_inbox_store::counts(space where, std::string user_id, done<inbox_counts> then) {
  reads_.submit<inbox_counts>(std::move(then), [where = std::move(where), user_id = std::move(user_id)](
                                                 inbox_tables& in) { return count_items(in.db, where, user_id); });
}

void sqlite_inbox_store::mark(space where, std::string user_id, uuid delivery_id, std::string state,
                              done<inbox_item> then) {
  writer_.submit<inbox_item>(std::move(then), [this, where = std::move(where), user_id = std::move(user_id),
                                               delivery_id, state = std::move(state)] {
    return mark_item(file_.open(), where, user_id, delivery_id, state);
  });
}

void sqlite_inbox_store::read_all(space where, std::string user_id, done<std::vector<inbox_item>> then) {
  using items = std::vector<inbox_item>;
  writer_.submit<items>(std::move(then),
                        [this, where = std::move(where), user_id = std::move(user_id)]() -> result<items> {
                          return mark_all_read(file_.open(), where, user_id, read_at_once);
                        });
}

void sqlite_inbox_store::erase(space where, std::string user_id, done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then),
                       [this, where = std::move(where), user_id = std::move(user_id)]() -> status_result {
                         erase_items(file_.open(), where, user_id);
                         file_.empty_wal();
                         return ok;
                       });
}

} // namespace carillon
