// inbox_store over inbox.db.
#pragma once

#include <memory>

#include "runtime/store/folder.hpp"
#include "runtime/store/inbox/inbox_rows.hpp"
#include "runtime/store/sqlite/plain_file.hpp"
#include "runtime/store/sqlite/reader.hpp"

namespace carillon {

class sqlite_inbox_store final : public inbox_store {
public:
  /// `file` is migrated; items older than `retention` are removed in the
  /// background. Opens it on the calling thread; throws sqlite_error.
  sqlite_inbox_store(std::shared_ptr<store_folder> folder, store_file file, duration retention, const wall_clock& clock,
                     store_observer& watch);

  void add(inbox_item what, done<ok_t> then) override;
  void list(space where, std::string user_id, std::string state, std::optional<uuid> before, std::size_t limit,
            done<std::vector<inbox_item>> then) override;
  void counts(space where, std::string user_id, done<inbox_counts> then) override;
  void mark(space where, std::string user_id, uuid delivery_id, std::string state, done<inbox_item> then) override;
  void read_all(space where, std::string user_id, done<std::vector<inbox_item>> then) override;
  void erase(space where, std::string user_id, done<ok_t> then) override;

  std::optional<fault> trouble() const { return writer_.trouble(); }
  const std::string& name() const { return writer_.file().name; }

private:
  std::shared_ptr<store_folder> folder_;
  plain_file file_;
  writer writer_;
  reader<inbox_tables> reads_;
};

} // namespace carillon
