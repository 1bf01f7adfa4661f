// The distributed store in a database of its own that goes with the fixture, on the
// server that CARILLON_POSTGRES_URL names (deploy/dev/postgres start; deploy/dev/postgres url).
#pragma once

#include <cstdlib>
#include <memory>
#include <pqxx/pqxx>

#include "../store/store_fixture.hpp"
#include "runtime/store/postgres/postgres_lane_store.hpp"
#include "runtime/store/postgres/schema.hpp"

namespace carillon::test {

class silent_observer final : public store_observer {
public:
  void committed(std::string_view, std::size_t, duration) override {}
  void trouble(std::string_view, const fault&) override {}
  void recovered(std::string_view) override {}
};

/// A database that is there as long as the object.
class temporary_database {
public:
  temporary_database() : server_(server_url()), name_("carillon_test_" + std::to_string(::getpid()) + "_" + next()) {
    order("CREATE DATABASE " + name_);
  }
  temporary_database(const temporary_database&) = delete;
  ~temporary_database() { order("DROP DATABASE " + name_ + " WITH (FORCE)"); }

  std::string url() const { return server_.substr(0, server_.rfind('/') + 1) + name_; }

private:
  static std::string server_url() {
    auto* url = std::getenv("CARILLON_POSTGRES_URL");
    if (url == nullptr)
      throw std::runtime_error{"CARILLON_POSTGRES_URL is not set: run deploy/dev/postgres start, then "
                               "export CARILLON_POSTGRES_URL=$(deploy/dev/postgres url)"};
    return url;
  }
  static std::string next() {
    static int count = 0;
    return std::to_string(++count);
  }
  void order(const std::string& sql) {
    pqxx::connection to{server_};
    pqxx::nontransaction{to}.exec(sql);
  }

  std::string server_, name_;
};

class postgres_fixture final : public store_fixture {
public:
  postgres_fixture() {
    if (auto done = migrate_postgres(where()); !done)
      throw std::runtime_error{done.error().detail};
    open();
  }
  lane_store& of(lane l) override { return lane_of(l); }
  control_store& control() override { throw std::logic_error{"not yet"}; }
  inbox_store& inbox() override { throw std::logic_error{"not yet"}; }
  manual_clock& clock() override { return clock_; }
  void reopen() override {
    close();
    open();
  }
  void settle(lane l) override {
    must<ok_t>([&](auto then) { lane_of(l).catch_up(then); });
  }
  duration retention() const override { return 30 * 24h; }
  duration idempotency_ttl() const override { return 24h; }

  database where() const {
    database at;
    at.url = database_.url();
    return at;
  }
  postgres_lane_store& lane_of(lane l) { return l == lane::critical ? *critical_ : *bulk_; }
  void close() {
    critical_.reset();
    bulk_.reset();
  }
  void open() {
    critical_ = open_lane(lane::critical);
    bulk_ = open_lane(lane::bulk);
  }

private:
  std::unique_ptr<postgres_lane_store> open_lane(lane l) {
    postgres_lane_config config;
    config.where = where();
    config.where.schema = schema_of(l);
    config.where.name = to_string(l);
    config.whose = turn_of(l);
    config.retention = retention();
    config.idempotency_ttl = idempotency_ttl();
    return std::make_unique<postgres_lane_store>(std::move(config), clock_, observer_);
  }

  temporary_database database_;
  manual_clock clock_;
  silent_observer observer_;
  std::unique_ptr<postgres_lane_store> critical_, bulk_;
};

} // namespace carillon::test
