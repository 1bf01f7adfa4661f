#include "runtime/http/http_server.hpp"

#include <algorithm>
#include <optional>

#include "runtime/http/acceptor.hpp"
#include "runtime/http/descriptors.hpp"
#include "runtime/http/key_refresh.hpp"
#include "runtime/http/routes.hpp"

namespace carillon {
namespace {

using namespace http;

/// Often enough that a deadline is kept within an eighth of the shortest.
std::chrono::milliseconds tick_of(const server_options& o) {
  auto shortest = std::min({o.header_timeout, o.body_timeout, o.idle_timeout, o.accept_deadline});
  auto tick = std::chrono::duration_cast<std::chrono::milliseconds>(shortest / 8);
  return std::clamp(tick, std::chrono::milliseconds{5}, std::chrono::milliseconds{500});
}

/// max_connections, or fewer where the system does not give as many descriptors.
void make_room(front& shared) {
  auto wanted = shared.config.server.max_connections;
  shared.room = make_room_for(wanted);
  if (shared.room < wanted)
    shared.with.engine.watch().log(log_level::warning, "connections.fewer",
                                   {{"max_connections", std::to_string(wanted)},
                                    {"possible", std::to_string(shared.room)},
                                    {"remedy", "raise the limit of open files (ulimit -n, LimitNOFILE=)"}});
}

lane_options door_of(const options& config, lane l) {
  auto found = config.lanes.find(l);
  return found == config.lanes.end() ? lane_options{} : found->second;
}

} // namespace

/// `shared` stands before the pools: connections in their queues look at it until the end.
struct http_server::parts {
  parts(engine_port& engine, const options& config)
      : keys(config.auth.required),
        shared{service{engine, keys, critical, bulk, jobs}, config, admin, route_table()},
        critical("crit-http", turn::critical, door_of(config, lane::critical), tick_of(config.server)),
        bulk("bulk-http", turn::bulk, door_of(config, lane::bulk), tick_of(config.server)),
        admin("admin-http", turn::shared, lane_options{}, tick_of(config.server)),
        jobs(engine, admin),
        refresh(engine, keys, admin),
        admin_door(shared, admin, listener::admin, nullptr) {
    shared.log_requests = config.log.level == "debug";
  }

  key_ring keys;
  front shared;
  pool critical, bulk, admin;
  job_board jobs;
  key_refresh refresh;
  tls_context tls;
  acceptor admin_door;
  std::optional<acceptor> open_door;
};

http_server::http_server(engine_port& engine, const options& config)
    : parts_(std::make_unique<parts>(engine, config)) {}

http_server::~http_server() {
  stop();
}

status_result http_server::start() {
  auto& p = *parts_;
  auto& server = p.shared.config.server;
  if (!server.tls_cert.empty()) {
    auto context = load_tls(server.tls_cert, server.tls_key);
    if (!context)
      return context.error();
    p.tls = std::move(*context);
  }
  make_room(p.shared);
  p.open_door.emplace(p.shared, p.critical, listener::open, p.tls.get());
  if (auto opened = p.open_door->open(server.listen, "listen"); !opened)
    return opened;
  if (auto opened = p.admin_door.open(server.admin_listen, "admin_listen"); !opened)
    return opened;
  if (auto loaded = p.refresh.load(); !loaded)
    return loaded;
  p.refresh.start();
  for (auto* each : {&p.critical, &p.bulk, &p.admin})
    each->start();
  p.open_door->start();
  p.admin_door.start();
  return ok;
}

std::uint16_t http_server::port() const {
  return parts_->open_door ? parts_->open_door->port() : 0;
}

std::uint16_t http_server::admin_port() const {
  return parts_->admin_door.port();
}

void http_server::stop_accepting() {
  auto& p = *parts_;
  p.shared.draining = true;
  p.critical.way_in()->post([&p] {
    if (p.open_door)
      p.open_door->close();
    p.critical.drain_members();
  });
  p.bulk.way_in()->post([&p] { p.bulk.drain_members(); });
}

bool http_server::drain(std::chrono::steady_clock::time_point deadline) {
  return parts_->shared.exchanges.wait_empty(deadline);
}

void http_server::stop() {
  auto& p = *parts_;
  p.shared.draining = true;
  for (auto* each : {&p.critical, &p.bulk, &p.admin})
    each->stop();
}

void http_server::on_body(std::function<void(const http::request&)> hook) {
  parts_->shared.on_body = std::move(hook);
}

} // namespace carillon
