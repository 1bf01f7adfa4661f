#include <csignal>
#include <cstdio>

#include "bench/parts/parts.hpp"
#include "bench/parts/quiet_store.hpp"
#include "runtime/engine/watch.hpp"
#include "runtime/http/http_server.hpp"

namespace parts {
namespace {

using namespace carillon;

/// Accepts everything at once, and does nothing with it.
class empty_engine final : public engine_port {
public:
  explicit empty_engine(const options& config) : config_(config), open_(config), watch_(config, open_.clock) {}

  const options& config() const override { return config_; }
  const wall_clock& clock() const override { return open_.clock; }
  telemetry& watch() override { return watch_; }
  void submit(intake_ptr what) override {
    const auto key = ids_.reserve(open_.clock.now(), 1 + bounds::deliveries);
    what->answer(receipt{ids_.make(key), what->lane, false});
  }
  lane_store& store_of(lane l) override { return open_.stores.of(l); }
  control_store& control() override { return *open_.stores.control; }
  inbox_store& inbox() override { return *open_.stores.inbox; }
  void announce(change) override {}
  void announce(feature_settings_ptr) override {}
  void wake(lane, const std::vector<delivery>&) override {}
  void providers(done<std::vector<provider_status>> then) override { then(std::vector<provider_status>{}); }
  void glance(lane, done<provider_views_ptr> then) override {
    then(std::make_shared<const std::vector<provider_view>>());
  }
  bool order_breaker(const std::string&, breaker_order) override { return false; }
  std::vector<sandbox_message> sandbox_messages(const space&, std::size_t) override { return {}; }
  void forget_in_sandbox(const space&, const std::string&) override {}
  readiness ready() override { return {true, {}}; }
  void metrics(done<std::string> then) override { then(std::string{}); }
  bool draining() const override { return false; }

private:
  const options& config_;
  quiet_store open_;
  carillon::watch watch_;
  id_generator ids_{lane::bulk, 0, 1};
};

} // namespace

void run_http(const assignment& what) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr); // before the threads, which inherit it
  empty_engine engine{what.config};
  http_server server{engine, what.config};
  fill::value_of(server.start());
  std::printf("{\"port\": %u}\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  int got = 0;
  sigwait(&ends, &got);
  server.stop();
}

} // namespace parts
