#include "runtime/client/smtp_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <thread>
#include <vector>

#include "runtime/client/client_thread.hpp"
#include "runtime/client/smtp_session.hpp"

namespace carillon {
namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

} // namespace

/// One mail server: a queue and the threads that empty it, one connection each.
class smtp_pool::server {
public:
  explicit server(const client_settings& settings) : settings_(settings) {}
  ~server();
  void submit(wire_request request, std::function<void(wire_answer)> then);

private:
  struct waiting_call {
    wire_request request;
    std::function<void(wire_answer)> then;
    steady::time_point deadline;
  };
  struct worker {
    explicit worker(const client_settings& settings) : session(settings) {}
    smtp_session session;
    std::thread thread;
  };

  void serve(smtp_session& session);
  wire_answer send(smtp_session& session, const waiting_call& call) const;

  const client_settings& settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<waiting_call> waiting_;             // guarded by mutex_
  std::size_t free_ = 0;                         // threads without a call; guarded by mutex_
  bool stopping_ = false;                        // guarded by mutex_
  std::vector<std::unique_ptr<worker>> workers_; // guarded by mutex_
};

smtp_pool::server::~server() {
  {
    std::scoped_lock guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& one : workers_)
    one->session.interrupt();
  for (auto& one : workers_)
    one->thread.join();
  for (auto& call : waiting_)
    call.then(not_sent("the client is shutting down"));
}

void smtp_pool::server::submit(wire_request request, std::function<void(wire_answer)> then) {
  auto timeout =
    std::clamp(std::chrono::ceil<milliseconds>(request.timeout), milliseconds{1}, settings_.longest_timeout);
  auto most = std::max<std::size_t>(1, request.connections);
  std::scoped_lock guard{mutex_};
  waiting_.push_back({std::move(request), std::move(then), steady::now() + timeout});
  if (waiting_.size() <= free_ || workers_.size() >= most) {
    changed_.notify_one();
    return;
  }
  auto& added = *workers_.emplace_back(std::make_unique<worker>(settings_));
  added.thread = std::thread{[this, &added] { serve(added.session); }};
}

void smtp_pool::server::serve(smtp_session& session) {
  become_client_thread(settings_, "-s");
  std::unique_lock lock{mutex_};
  ++free_;
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_)
      return;
    auto call = std::move(waiting_.front());
    waiting_.pop_front();
    --free_;
    lock.unlock();
    auto answer = send(session, call);
    lock.lock();
    ++free_; // before the answer: whoever gets it may send the next message
    lock.unlock();
    call.then(std::move(answer));
    lock.lock();
  }
}

wire_answer smtp_pool::server::send(smtp_session& session, const waiting_call& call) const {
  auto left = std::chrono::ceil<milliseconds>(call.deadline - steady::now());
  if (left <= milliseconds{0})
    return not_sent("every connection to the mail server was busy for the whole timeout");
  try {
    return session.send(call.request, left);
  } catch (const std::exception& error) { // an option that libcurl refuses: before anything is sent
    return not_sent(error.what());
  }
}

smtp_pool::smtp_pool(const client_settings& settings) : settings_(settings) {}
smtp_pool::~smtp_pool() = default;

void smtp_pool::submit(wire_request request, std::function<void(wire_answer)> then) {
  std::unique_lock lock{mutex_};
  auto& slot = servers_[request.url + " " + request.username];
  if (!slot)
    slot = std::make_unique<server>(settings_);
  auto& chosen = *slot;
  lock.unlock();
  chosen.submit(std::move(request), std::move(then));
}

} // namespace carillon
