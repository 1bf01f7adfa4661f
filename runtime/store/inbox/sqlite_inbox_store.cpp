#include "runtime/store/inbox/sqlite_inbox_store.hpp"

namespace carillon {
namespace {

constexpr std::size_t read_at_once = 1'000;

} // namespace

sqlite_inbox_store::sqlite_inbox_store(std::shared_ptr<store_folder> folder, store_file file, duration retention,
                                       const wall_clock& clock, store_observer& watch)
    : folder_(std::move(folder)),
      file_(file,
            [retention, &clock](connection& db, step_budget& budget) {
              return remove_items_before(db, clock.now() - retention, budget);
            }),
      writer_(file, file_, watch, folder_->wal()),
      reads_(file.name + "-r", file) {}

void sqlite_inbox_store::add(inbox_item what, done<ok_t> then) {
  writer_.submit<ok_t>(std::move(then), [this, what = std::move(what)]() -> status_result {
    store_item(file_.open(), what);
    return ok;
  });
}

void sqlite_inbox_store::list(space where, std::string user_id, std::string state, std::optional<uuid> before,
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

// A few items a call, so that a full inbox holds nobody up: the rest goes to the
// end of the queue.
void sqlite_inbox_store::erase(space where, std::string user_id, done<ok_t> then) {
  auto go_on = [this, where, user_id, then = std::move(then)](result<bool> more) {
    if (!more)
      return then(more.error());
    if (*more)
      return erase(where, user_id, then);
    then(ok);
  };
  writer_.submit<bool>(std::move(go_on),
                       [this, where = std::move(where), user_id = std::move(user_id)]() -> result<bool> {
                         file_.empty_wal();
                         return erase_items(file_.open(), where, user_id);
                       });
}

} // namespace carillon
