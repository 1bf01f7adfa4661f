// The embedded store on the faulty disk, in a folder that goes with it.
#pragma once

#include "faulty_disk.hpp"
#include "tests/store/samples.hpp"
#include "tests/store/sqlite_fixture.hpp"

namespace carillon::test {

class faulty_store {
public:
  faulty_store() : disk_(faulty_disk::install()) {
    config_.store.folder = folder_.path() / "data";
    open();
  }
  faulty_store(const faulty_store&) = delete;
  ~faulty_store() {
    disk_.set({});
    close();
  }

  void open() {
    auto opened = open_stores(config_, clock_, observer_);
    if (!opened)
      throw std::runtime_error{opened.error().detail};
    open_ = std::make_unique<stores>(std::move(*opened));
  }
  void close() { open_.reset(); }
  /// What a power loss leaves, opened again.
  void crash(std::mt19937_64& random) {
    disk_.lose_power();
    close();
    disk_.restore_power(random);
    open();
  }

  faulty_disk& disk() { return disk_; }
  sqlite_lane_store& bulk() { return static_cast<sqlite_lane_store&>(*open_->bulk); }
  stores& all() { return *open_; }
  options& config() { return config_; }
  manual_clock& clock() { return clock_; }
  recording_observer& observer() { return observer_; }

private:
  faulty_disk& disk_;
  temporary_folder folder_;
  options config_;
  manual_clock clock_;
  recording_observer observer_;
  std::unique_ptr<stores> open_;
};

} // namespace carillon::test
