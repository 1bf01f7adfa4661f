#include "runtime/http/jobs.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cmath>
#include <functional>

#include "runtime/http/keys.hpp"

namespace carillon::http {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t rows_a_step = 1000;
constexpr auto shortest_step = std::chrono::milliseconds{50};

/// How many rows a step takes and how long it lasts, so that `rate` comes out.
struct pace {
  std::size_t rows;
  steady_clock::duration step;
};

pace pace_of(double rate) {
  rate = std::clamp(rate, min_redrive_rate, max_redrive_rate); // as the door has it: a longer step would be no duration
  auto rows = std::max(1.0, std::floor(rate * 0.05));
  auto step = std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>{rows / rate});
  return {static_cast<std::size_t>(rows), std::max<steady_clock::duration>(step, shortest_step)};
}

} // namespace

/// One redrive: reads dead letters page by page, newest first, lane after lane, and
/// hands them back to the engine a few at a time. Rows that die again have not
/// moved in that order, so they are not met twice.
class redrive_job : public std::enable_shared_from_this<redrive_job> {
public:
  redrive_job(job_board& board, std::string id, redrive_order what)
      : board_(board),
        id_(std::move(id)),
        filter_(std::move(what.filter)),
        by_request_id_(std::move(what.by_request_id)),
        why_{std::string{rule_redriven}, "redriven by hand with key " + what.by},
        pace_(pace_of(what.rate)),
        timer_(board.pool_.context()),
        next_(steady_clock::now()) {
    filter_.limit = rows_a_step;
  }

  void step() {
    if (!rows_.empty())
      return redrive();
    if (lane_ >= all_lanes.size())
      return finish({});
    if (page_ended_) {
      ++lane_;
      page_ended_ = false;
      filter_.before.reset();
      return step();
    }
    read();
  }

private:
  lane_store& store() { return board_.engine_.store_of(all_lanes[lane_]); }

  /// A callback for the store that goes on here, on the pool.
  template <class T, class Next>
  done<T> then(Next next) {
    return [weak = weak_from_this(), way = board_.pool_.way_in(), next](result<T> got) {
      way->post([weak, next, got = std::move(got)]() mutable {
        auto self = weak.lock();
        if (self && got)
          next(*self, *got);
        else if (self)
          self->finish(got.error().detail);
      });
    };
  }

  void read() {
    store().dead_letters(filter_, then<dead_letter_page>([](redrive_job& j, dead_letter_page& page) {
                           for (auto& p : page.data)
                             j.rows_.push_back(p.d.key);
                           j.page_ended_ = !page.next;
                           j.filter_.before = page.next;
                           j.step();
                         }));
  }

  void redrive() {
    auto count = std::min(pace_.rows, rows_.size());
    std::vector<row_key> keys(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(count));
    rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(count));
    auto now = board_.engine_.clock().now();
    store().redrive(std::move(keys), why_, now, then<std::vector<delivery>>([count](redrive_job& j, auto& queued) {
                      j.board_.change(j.id_, [&](job_view& v) {
                        v.processed += count;
                        v.redriven += queued.size();
                      });
                      j.tell(queued);
                      j.board_.engine_.wake(all_lanes[j.lane_], queued);
                      j.pause();
                    }));
  }

  /// The delivery's id leads on to its notification and that one's request.
  void tell(const std::vector<delivery>& queued) {
    auto& watch = board_.engine_.watch();
    if (watch.wants(log_level::debug))
      for (auto& d : queued)
        watch.log(log_level::debug, "delivery.redriven",
                  {{"delivery_id", to_string(d.id)}, {"job_id", id_}, {"by_request_id", by_request_id_}});
  }

  void pause() {
    next_ = std::max(next_ + pace_.step, steady_clock::now()); // what a stall held up is not made up for
    timer_.expires_at(next_);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec)
        self->step();
    });
  }

  void finish(const std::string& failure) {
    board_.engine_.watch().log(log_level::info, "redrive.ended",
                               {{"job_id", id_}, {"by_request_id", by_request_id_}, {"failure", failure}});
    board_.change(id_, [&](job_view& v) {
      v.status = failure.empty() ? job_view::state::done : job_view::state::failed;
      v.detail = failure;
      v.finished_at = board_.engine_.clock().now();
    });
    board_.ended(this);
  }

  job_board& board_;
  std::string id_;
  dead_letter_filter filter_;
  std::string by_request_id_;
  decision why_;
  pace pace_;
  boost::asio::steady_timer timer_;
  steady_clock::time_point next_;
  std::size_t lane_ = 0;
  bool page_ended_ = false;
  std::deque<row_key> rows_;
};

std::string_view to_string(job_view::state value) {
  switch (value) {
  case job_view::state::running: return "running";
  case job_view::state::done: return "done";
  case job_view::state::failed: return "failed";
  }
  return "failed";
}

job_board::job_board(engine_port& engine, pool& where) : engine_(engine), pool_(where) {}

job_board::~job_board() = default;

void job_board::ended(const redrive_job* which) {
  std::scoped_lock guard{mutex_};
  std::erase_if(running_, [&](auto& job) { return job.get() == which; });
}

result<job_view> job_board::redrive(redrive_order what) {
  job_view view;
  auto now = engine_.clock().now();
  view.id = new_row_id(now);
  view.space = what.filter.space;
  view.matched = what.matched;
  view.started_at = now;
  {
    std::scoped_lock guard{mutex_};
    auto runs = [](const job_view& v) { return v.status == job_view::state::running; };
    if (std::count_if(jobs_.begin(), jobs_.end(), runs) >= static_cast<std::ptrdiff_t>(running_limit))
      return fault{errc::overloaded,
                   "There are 8 redrives under way already; wait until one has ended.",
                   {},
                   std::chrono::seconds{10}};
    if (jobs_.size() >= kept_limit)
      jobs_.erase(std::find_if_not(jobs_.begin(), jobs_.end(), runs));
    jobs_.push_back(view);
  }
  engine_.watch().log(
    log_level::info, "redrive.started",
    {{"job_id", view.id}, {"by_request_id", what.by_request_id}, {"matched", std::to_string(view.matched)}});
  auto job = std::make_shared<redrive_job>(*this, view.id, std::move(what));
  {
    std::scoped_lock guard{mutex_};
    running_.push_back(job);
  }
  pool_.way_in()->post([job = std::move(job)] { job->step(); });
  return view;
}

std::optional<job_view> job_board::find(const space& where, std::string_view id) const {
  std::scoped_lock guard{mutex_};
  for (auto& v : jobs_)
    if (v.id == id && v.space == where)
      return v;
  return std::nullopt;
}

void job_board::change(const std::string& id, const std::function<void(job_view&)>& how) {
  std::scoped_lock guard{mutex_};
  for (auto& v : jobs_)
    if (v.id == id)
      how(v);
}

} // namespace carillon::http
