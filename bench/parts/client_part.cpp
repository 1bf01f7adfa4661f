#include <algorithm>
#include <functional>

#include "actors/providers/webhook.hpp"
#include "bench/fill/templates.hpp"
#include "bench/parts/closed_loop.hpp"
#include "bench/parts/quiet_store.hpp"
#include "runtime/client/curl_client.hpp"

namespace parts {
namespace {

using namespace carillon;

/// The request the engine would make for the notification it copied.
wire_request request_for(const assignment& what) {
  quiet_store open{what.config};
  const auto like = fill::read_templates(open.stores, what.like).front();
  const auto& d = like.deliveries.front();
  return fill::value_of(make_webhook({.n = *like.n,
                                      .d = d,
                                      .provider = what.config.providers.at(d.queue),
                                      .category = {},
                                      .public_url = {},
                                      .now = open.clock.now()}));
}

client_settings settings_of(const options& config, std::size_t connections) {
  client_settings settings;
  settings.guard = *egress_policy::parse(config.egress.allow);
  settings.max_connections = settings.max_host_connections = connections;
  return settings;
}

class client_part {
public:
  explicit client_part(const assignment& what)
      : request_(request_for(what)), client_(settings_of(what.config, what.at_once)) {}

  tally run(const assignment& what) { return loop_.run(what, start_); }

private:
  /// Each call has an id of its own, so that the vendor counts no repeats.
  void begin() {
    auto request = request_;
    auto id = std::find_if(request.headers.begin(), request.headers.end(),
                           [](const header& h) { return h.name == "webhook-id"; });
    id->value = to_string(ids_.make(ids_.reserve({}, 1)));
    client_.call(std::move(request), [this](const wire_answer& answer) {
      if (answer.status != 200)
        throw std::runtime_error("the vendor answered " + std::to_string(answer.status) + " " + answer.detail);
      loop_.ended(start_);
    });
  }

  wire_request request_;
  id_generator ids_{lane::bulk, 0, 1};
  std::function<void()> start_{[this] { begin(); }};
  closed_loop loop_;
  curl_client client_; // last: ends before what its callbacks use
};

} // namespace

tally run_client(const assignment& what) {
  client_part part{what};
  return part.run(what);
}

} // namespace parts
