#include "tests/sim/crowd.hpp"

namespace carillon::sim {

using namespace std::chrono_literals;

void crowd::gather() {
  for (int i = 0; i < around_.plan.requests; ++i)
    around_.todo.in(around_.chance.between(0us, around_.plan.busy), [this] { send(); });
}

std::string crowd::somebody() {
  return "u_" + std::to_string(around_.chance.between(1, around_.plan.people));
}

void crowd::send() {
  if (!engine_)
    return;
  auto what = std::make_shared<intake>();
  auto& c = what->command;
  c.user_id = somebody();
  c.type = "order";
  c.channels = {channel::email};
  c.to.email = c.user_id + "@example.org";
  c.content.title = "Hello";
  c.content.body = "World";
  what->answer = reply<receipt>{[this, life = around_.life](result<receipt> answer) {
    if (around_.life != life)
      return; // nobody answers for a process that is gone
    around_.log.note("door", answer ? "accepted" : code_of(answer.error().code));
    if (answer)
      book_.accepted(*answer);
  }};
  engine_->submit(std::move(what));
}

} // namespace carillon::sim
