#include "runtime/engine/serve.hpp"

#include <csignal>
#include <cstdio>
#include <future>
#include <pthread.h>
#include <thread>
#include <unistd.h>

#include "runtime/engine/clock.hpp"
#include "runtime/engine/engine.hpp"
#include "runtime/http/http_server.hpp"
#include "runtime/http/keys.hpp"
#include "runtime/thread.hpp"

namespace carillon {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_terminated = 143;

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT})
    sigaddset(&set, signal);
  return set;
}

int give_up(const char* what, const fault& why) {
  std::fprintf(stderr, "carillon: %s: %s\n", what,
               why.detail.empty() ? std::string{sentence_of(why.code)}.c_str() : why.detail.c_str());
  return exit_failed;
}

/// The embedded default's first key: made once, shown once, kept in admin.key.
status_result ensure_admin_key(engine& e) {
  auto ask = std::make_shared<std::promise<result<std::vector<api_key>>>>();
  e.control().list_keys("", [ask](auto answer) { ask->set_value(std::move(answer)); });
  auto keys = ask->get_future().get();
  if (!keys)
    return keys.error();
  if (!keys->empty() || !e.config().auth.required)
    return ok;
  auto made = make_key(admin_key_template(), e.clock().now());
  auto file = e.config().store.folder / "admin.key";
  if (auto written = write_key_file(file, made.text); !written)
    return written;
  auto add = std::make_shared<std::promise<result<api_key>>>();
  e.control().add_key(made.kept, [add](auto answer) { add->set_value(std::move(answer)); });
  if (auto added = add->get_future().get(); !added)
    return added.error();
  std::printf("A key with every scope was created. It is shown only now and kept in %s:\n%s\n", file.c_str(),
              made.text.c_str());
  std::fflush(stdout);
  return ok;
}

/// A second signal during the drain ends the process where it stands.
void end_at_next_signal() {
  std::thread{[] {
    begin_thread("signals", turn::shared);
    auto set = stop_signals();
    int signal = 0;
    sigwait(&set, &signal);
    _exit(exit_terminated);
  }}.detach();
}

void shut_down(engine& e, http_server& http, duration grace) {
  auto deadline = std::chrono::steady_clock::now() + grace;
  e.watch().log(log_level::info, "shutdown.begun", {});
  http.stop_accepting();
  auto answered = http.drain(deadline);
  e.drain();
  auto quiet = e.quiet(deadline);
  http.stop();
  e.watch().log(log_level::info, "shutdown.done",
                {{"requests_answered", answered ? "all" : "not all"}, {"calls_ended", quiet ? "all" : "not all"}});
  e.stop();
}

} // namespace

int serve(const options& config) {
  return serve(config, system_clock{}, [](engine&) {});
}

int serve(const options& config, const wall_clock& clock, const std::function<void(engine&)>& is_serving) {
  auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr); // inherited by every thread: only sigwait takes them
  std::signal(SIGPIPE, SIG_IGN);
  auto first_turn = share_processors(config.node.scheduling);

  engine e{config, clock};
  if (!first_turn)
    e.watch().log(log_level::warning, "scheduling.not_permitted",
                  {{"field", "node.scheduling"},
                   {"remedy", "give the process CAP_SYS_NICE or a limit for real-time priority (systemd: "
                              "LimitRTPRIO=1); until then the lanes' threads share the processors alike"}});
  std::atomic<bool> hopeless{false};
  e.on_hopeless([&hopeless] {
    hopeless = true;
    kill(getpid(), SIGTERM);
  });
  if (auto started = e.start(); !started)
    return give_up("cannot start", started.error());
  if (auto keyed = ensure_admin_key(e); !keyed)
    return give_up("cannot create the first key", keyed.error());
  http_server http{e, config};
  if (auto started = http.start(); !started)
    return give_up("cannot serve", started.error());
  e.watch().log(log_level::info, "serving",
                {{"listen", config.server.listen},
                 {"port", std::to_string(http.port())},
                 {"admin_port", std::to_string(http.admin_port())},
                 {"store", config.store.folder.string()}});
  is_serving(e);
  int signal = 0;
  sigwait(&signals, &signal);
  end_at_next_signal();
  shut_down(e, http, config.server.shutdown_grace);
  return hopeless ? exit_failed : 0;
}

} // namespace carillon
