// The embedded store in a folder of its own that goes with the fixture.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "runtime/store/lane/sqlite_lane_store.hpp"
#include "runtime/store/stores.hpp"
#include "store_fixture.hpp"

namespace carillon::test {

class temporary_folder {
public:
  temporary_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "carillon-store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"No temporary folder could be made."};
    path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// Remembers what the writers said.
class recording_observer final : public store_observer {
public:
  std::vector<std::string> lost; ///< files that began empty beside others; on the thread that opens
  struct commit {
    std::string file;
    std::size_t rows;
  };
  void committed(std::string_view file, std::size_t rows, duration) override {
    std::scoped_lock guard{mutex_};
    commits_.push_back({std::string{file}, rows});
  }
  void trouble(std::string_view, const fault&) override { note(troubles_); }
  void began_empty(std::string_view file) override { lost.emplace_back(file); }
  void recovered(std::string_view) override { note(recoveries_); }

  std::vector<commit> commits() {
    std::scoped_lock guard{mutex_};
    return commits_;
  }
  int troubles() {
    std::scoped_lock guard{mutex_};
    return troubles_;
  }
  /// Waits until a file recovered, at most 20 s.
  bool wait_for_recovery() {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, 20s, [this] { return recoveries_ > 0; });
  }

private:
  void note(int& counter) {
    std::scoped_lock guard{mutex_};
    ++counter;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<commit> commits_;
  int troubles_ = 0;
  int recoveries_ = 0;
};

class sqlite_fixture final : public store_fixture {
public:
  sqlite_fixture() {
    config_.store.folder = folder_.path() / "data";
    config_.store.retention = 30 * 24h;
    config_.server.idempotency_ttl = 24h;
    open();
  }
  lane_store& of(lane l) override { return open_->of(l); }
  control_store& control() override { return *open_->control; }
  inbox_store& inbox() override { return *open_->inbox; }
  manual_clock& clock() override { return clock_; }
  void reopen() override {
    close();
    open();
  }
  void settle(lane l) override {
    must<ok_t>([&](auto then) { sqlite(l).catch_up(then); });
  }
  duration retention() const override { return config_.store.retention; }
  duration idempotency_ttl() const override { return config_.server.idempotency_ttl; }

  void close() { open_.reset(); }
  void open() {
    auto opened = open_stores(config_, clock_, observer_);
    if (!opened)
      throw std::runtime_error{opened.error().detail};
    open_ = std::make_unique<stores>(std::move(*opened));
  }
  sqlite_lane_store& sqlite(lane l) { return static_cast<sqlite_lane_store&>(of(l)); }
  stores& all() { return *open_; }
  options& config() { return config_; }
  recording_observer& observer() { return observer_; }
  std::filesystem::path file(const std::string& name) const { return config_.store.folder / name; }

private:
  temporary_folder folder_;
  options config_;
  manual_clock clock_;
  recording_observer observer_;
  std::unique_ptr<stores> open_;
};

} // namespace carillon::test
