#include "runtime/http/submission.hpp"

namespace carillon::http {
namespace {

void set_reply(intake& what, reply<receipt> to) {
  what.answer = std::move(to);
}
void set_reply(intake& what, reply<explanation> to) {
  what.explain = std::move(to);
}

/// One request from the door to its answer. The pool's thread alone touches it,
/// apart from the engine's callback, which only posts.
template <class T>
class submission final : public visitor, public std::enable_shared_from_this<submission<T>> {
public:
  submission(service& with, intake_ptr what, std::function<void(result<T>)> then)
      : with_(with), pool_(with.pool_of(what->lane)), what_(std::move(what)), then_(std::move(then)) {}

  void begin(std::uint64_t ticket) override {
    auto answered = [self = this->shared_from_this(), way = pool_.way_in(), ticket](result<T> got) {
      way->post([self, ticket, got = std::move(got)]() mutable {
        if (self->pool_.lane_door().leave(ticket))
          self->then_(std::move(got));
      });
    };
    set_reply(*what_, reply<T>{std::move(answered)});
    with_.engine.submit(std::move(what_));
  }

  void give_up(fault why) override { then_(std::move(why)); }

private:
  service& with_;
  pool& pool_;
  intake_ptr what_;
  std::function<void(result<T>)> then_;
};

template <class T>
void enter(service& with, intake_ptr what, door::instant deadline, std::function<void(result<T>)> then) {
  auto& pool = with.pool_of(what->lane);
  auto who = std::make_shared<submission<T>>(with, std::move(what), std::move(then));
  pool.way_in()->dispatch([&pool, who = std::move(who), deadline]() mutable {
    pool.lane_door().enter(std::move(who), std::chrono::steady_clock::now(), deadline);
  });
}

} // namespace

void submit(service& with, intake_ptr what, door::instant deadline, std::function<void(result<receipt>)> then) {
  enter(with, std::move(what), deadline, std::move(then));
}

void explain(service& with, intake_ptr what, door::instant deadline, std::function<void(result<explanation>)> then) {
  enter(with, std::move(what), deadline, std::move(then));
}

} // namespace carillon::http
