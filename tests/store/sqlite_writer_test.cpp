// Group commit, bounds and what is answered at the end.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "runtime/store/sqlite/plain_file.hpp"
#include "samples.hpp"
#include "sqlite_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

/// Holds a lane's writer inside a transaction until it is let go.
class blocked_writer {
public:
  explicit blocked_writer(sqlite_lane_store& store) {
    auto reached = std::make_shared<std::promise<void>>();
    auto entered = reached->get_future();
    auto wait = go_.get_future().share();
    store.on_writer(
      [reached, wait](connection&) {
        reached->set_value();
        wait.wait();
      },
      [](status_result) {});
    entered.wait();
  }
  void let_go() { go_.set_value(); }

private:
  std::promise<void> go_;
};

std::vector<std::size_t> batches_of(recording_observer& watch, const std::string& file) {
  std::vector<std::size_t> rows;
  for (auto& one : watch.commits())
    if (one.file == file)
      rows.push_back(one.rows);
  return rows;
}

} // namespace

TEST_CASE("accepts that queue behind a busy writer become durable in one commit") {
  sqlite_fixture f;
  sample_maker make{f, lane::bulk};
  blocked_writer busy{f.sqlite(lane::bulk)};
  std::atomic<int> accepted = 0;
  for (int i = 0; i < 200; ++i)
    f.bulk().accept(make.make(), [&](result<receipt> r) { accepted += r ? 1 : 0; });
  busy.let_go();
  must<ok_t>([&](auto then) { f.bulk().barrier(then); });
  CHECK(accepted == 200);
  auto batches = batches_of(f.observer(), "bulk.db");
  REQUIRE(batches.size() >= 2);
  CHECK(batches[1] >= 200);
}

TEST_CASE("one call that fails for its own reason does not take its batch along") {
  sqlite_fixture f;
  sample_maker make{f, lane::bulk};
  auto twice = kept(f.bulk(), make.make());
  blocked_writer busy{f.sqlite(lane::bulk)};
  std::vector<acceptance> good;
  std::atomic<int> accepted = 0;
  std::atomic<int> refused = 0;
  auto count = [&](result<receipt> r) { (r ? accepted : refused) += 1; };
  for (int i = 0; i < 5; ++i) {
    good.push_back(make.make());
    f.bulk().accept(good.back(), count);
    if (i == 2)
      f.bulk().accept(twice, count); // its key exists already
  }
  busy.let_go();
  must<ok_t>([&](auto then) { f.bulk().barrier(then); });
  CHECK(accepted == 5);
  CHECK(refused == 1);
  for (auto& what : good)
    CHECK(found(f.bulk(), *what.n).deliveries.size() == 1);
}

TEST_CASE("calls that still wait when the writer ends are answered with shutting_down") {
  temporary_folder place;
  store_options where;
  where.folder = place.path();
  auto files = files_of(where);
  REQUIRE(migrate(files.inbox));
  plain_file side{files.inbox};
  checkpointer wal;
  recording_observer watch;
  std::vector<errc> answers;
  std::atomic<bool> refused = false;
  auto w = std::make_unique<writer>(files.inbox, side, watch, wal);
  std::promise<void> reached;
  std::promise<void> go;
  w->submit<ok_t>([](status_result) {},
                  [&]() -> status_result {
                    reached.set_value();
                    go.get_future().wait();
                    return ok;
                  });
  reached.get_future().wait();
  w->submit<ok_t>([&](status_result r) { answers.push_back(r ? errc::internal_error : r.error().code); },
                  []() -> status_result { return ok; });
  std::thread closing{[&] { w->stop(); }};
  // The queue is closed once it refuses; only then may the writer go on.
  for (; !refused; std::this_thread::yield())
    w->submit<ok_t>([&](status_result r) { refused = refused || !r; }, []() -> status_result { return ok; });
  go.set_value();
  closing.join();
  w.reset();
  CHECK(answers == std::vector{errc::shutting_down});
}

TEST_CASE("past its bound the queue answers overloaded") {
  std::vector<errc> answers; // outlives the queue, whose end answers what is left
  job_queue queue{2};
  auto push = [&] {
    queue.push(make_job<ok_t>(
      [&](status_result r) {
        if (!r)
          answers.push_back(r.error().code);
      },
      []() -> status_result { return ok; }));
  };
  push();
  push();
  CHECK(answers.empty());
  push();
  CHECK(answers == std::vector{errc::overloaded});
  queue.close();
  push();
  CHECK(answers.back() == errc::shutting_down);
}

TEST_CASE("a job answers exactly once, destroyed or not") {
  int answers = 0;
  auto count = [&](status_result) { ++answers; };
  auto work = []() -> status_result { return ok; };
  make_job<ok_t>(count, work).reset();
  CHECK(answers == 1);
  auto job = make_job<ok_t>(count, work);
  job->run();
  job->finish(nullptr);
  job.reset();
  CHECK(answers == 2);
}
