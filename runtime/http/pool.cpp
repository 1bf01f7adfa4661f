#include "runtime/http/pool.hpp"

#include <vector>

#include "messages/id.hpp"

namespace carillon::http {
namespace {

// Thousands may be over at once: between so many, others have their turn.
constexpr std::size_t looks_at_once = 32;

} // namespace

/// One look at every member there was when it began.
struct pool::round {
  std::chrono::steady_clock::time_point then;
  std::vector<const pool_member*> members;
};

pool::pool(std::string name, turn whose, lane_options door_bounds, std::chrono::milliseconds tick)
    : name_(std::move(name)),
      whose_(whose),
      tick_(tick),
      work_(context_.get_executor()),
      ticker_(context_),
      way_in_(std::make_shared<inlet>(context_)),
      door_(door_bounds.accept_queue, door_bounds.door_queue),
      random_(std::random_device{}()) {}

pool::~pool() {
  stop();
}

void pool::start() {
  thread_ = std::thread{[this] { run(); }};
}

void pool::stop() {
  context_.stop();
  if (thread_.joinable())
    thread_.join();
  way_in_->close();
  members_.clear();
}

void pool::run() {
  begin_thread(name_, whose_);
  way_in_->enter();
  arm();
  context_.run();
}

void pool::arm() {
  ticker_.expires_after(tick_);
  ticker_.async_wait([this](boost::system::error_code ec) {
    if (ec)
      return;
    auto now = std::chrono::steady_clock::now();
    door_.expire(now);
    // What would be over before the next look is over now: a limit is never passed.
    auto all = std::make_shared<round>();
    all->then = now + tick_;
    all->members.reserve(members_.size());
    for (auto& [key, who] : members_)
      all->members.push_back(key);
    look_on(std::move(all));
  });
}

void pool::look_on(std::shared_ptr<round> at) {
  for (std::size_t i = 0; i < looks_at_once && !at->members.empty(); ++i) {
    auto found = members_.find(at->members.back());
    at->members.pop_back();
    if (found == members_.end())
      continue; // it left, or went to another pool
    auto who = found->second;
    who->look(at->then);
  }
  if (at->members.empty())
    return arm();
  boost::asio::post(context_, [this, at = std::move(at)]() mutable { look_on(std::move(at)); });
}

void pool::add(std::shared_ptr<pool_member> who) {
  auto* key = who.get();
  members_.emplace(key, std::move(who));
}

std::shared_ptr<pool_member> pool::remove(const pool_member* who) {
  auto node = members_.extract(who);
  return node ? std::move(node.mapped()) : nullptr;
}

void pool::drain_members() {
  std::vector<std::shared_ptr<pool_member>> all;
  for (auto& [key, who] : members_)
    all.push_back(who);
  for (auto& who : all)
    who->drain();
}

std::string pool::request_id(sys_time now) {
  uuid id;
  auto millis = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  auto high = random_();
  auto low = random_();
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  for (std::size_t i = 6; i < 8; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(high >> (8 * i));
  for (std::size_t i = 8; i < 16; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(low >> (8 * (i - 8)));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return to_string(id);
}

} // namespace carillon::http
