#include "runtime/http/key_refresh.hpp"

#include <future>

namespace carillon::http {

using key_list = result<std::vector<api_key>>;

key_refresh::key_refresh(engine_port& engine, key_ring& ring, pool& where)
    : engine_(engine), ring_(ring), way_in_(where.way_in()), timer_(where.context()) {}

status_result key_refresh::load() {
  auto answer = std::make_shared<std::promise<key_list>>();
  auto future = answer->get_future();
  auto edition = ring_.edition();
  engine_.control().list_keys("", [answer](key_list got) { answer->set_value(std::move(got)); });
  if (future.wait_for(first_load_deadline) != std::future_status::ready)
    return fault{errc::store_unavailable, "The keys could not be read from the store within 10 s."};
  auto got = future.get();
  if (!got)
    return got.error();
  ring_.load(std::move(*got), edition);
  return ok;
}

void key_refresh::start() {
  arm();
}

void key_refresh::arm() {
  timer_.expires_after(interval);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec)
      read();
  });
}

/// The pool's thread runs what is posted as long as this object lives: the server
/// stops its pools first.
void key_refresh::read() {
  engine_.control().list_keys("", [this, way = way_in_, edition = ring_.edition()](key_list got) {
    way->post([this, edition, got = std::move(got)]() mutable {
      if (got)
        ring_.load(std::move(*got), edition);
      else
        engine_.watch().log(log_level::warning, "keys_not_refreshed", {{"reason", got.error().detail}});
      arm();
    });
  });
}

} // namespace carillon::http
