#include "runtime/store/lane/lane_file.hpp"

namespace carillon {

lane_file::lane_file(store_file file, claim_book claims, upkeep_config upkeep, const wall_clock& clock)
    : file_(std::move(file)), clock_(clock), claims_(std::move(claims)), upkeep_(upkeep, clock) {}

connection& lane_file::open() {
  if (!db_) {
    db_ = open_for_writing(file_);
    tables_ = std::make_unique<lane_tables>(*db_);
    stale_ = true;
  }
  if (stale_) {
    tables_->names.forget();
    claims_.load(*db_);
    upkeep_.load(*tables_);
    stale_ = false;
  }
  return *db_;
}

void lane_file::close() {
  tables_.reset();
  db_.reset();
}

std::optional<steady_time> lane_file::upkeep(wal_keeper& wal) {
  open();
  return upkeep_.step(tables(), claims_, wal);
}

} // namespace carillon
