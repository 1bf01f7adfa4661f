// A call to a port, in the hands of the test: recorded when an actor makes it,
// answered when the test says so, or at once where it said how beforehand.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <functional>
#include <utility>

#include "messages/ports.hpp"

namespace carillon::test {

template <class Request, class Answer>
class script {
public:
  /// The port was called.
  void operator()(Request what, done<Answer> then) {
    ++made_;
    if (rule_)
      return then(rule_(what));
    waiting_.push_back({std::move(what), std::move(then)});
  }

  /// Answers this and every later call at once.
  void always(std::function<result<Answer>(const Request&)> rule) { rule_ = std::move(rule); }
  void always(Answer answer) {
    always([answer = std::move(answer)](const Request&) { return result<Answer>{answer}; });
  }

  /// Calls so far, and those that wait for their answer.
  std::size_t made() const { return made_; }
  std::size_t waiting() const { return waiting_.size(); }

  /// What the longest waiting call asked.
  const Request& asked() const {
    REQUIRE_FALSE(waiting_.empty());
    return waiting_.front().what;
  }
  /// Answers the longest waiting call; says what it had asked.
  Request answer(result<Answer> with) {
    REQUIRE_FALSE(waiting_.empty());
    auto oldest = std::move(waiting_.front());
    waiting_.pop_front();
    auto asked = oldest.what;
    std::exchange(oldest.then, nullptr)(std::move(with));
    return asked;
  }
  Request fail(errc why = errc::store_unavailable) { return answer(fault{why, "the test says no"}); }

  /// Drops what waits, unanswered.
  void forget() {
    rule_ = nullptr;
    waiting_.clear();
  }

private:
  struct call {
    Request what;
    done<Answer> then;
  };
  std::deque<call> waiting_;
  std::function<result<Answer>(const Request&)> rule_;
  std::size_t made_ = 0;
};

/// For calls that only doors make: no actor may.
template <class T>
void not_for_actors(done<T>& then) {
  then(fault{errc::not_implemented, "no actor calls this"});
}

} // namespace carillon::test
