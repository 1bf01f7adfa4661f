// The real engine on its own threads, with a supervisor that dies.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <future>
#include <thread>

#include "config/categories.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/engine/engine.hpp"

using namespace carillon;
using namespace std::chrono_literals;

namespace {

struct scratch_folder {
  std::filesystem::path path;
  scratch_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "carillon-engine-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~scratch_folder() { std::filesystem::remove_all(path); }
};

options with_a_feed(const std::filesystem::path& folder) {
  options config;
  config.store.folder = folder;
  config.categories = built_in_categories();
  for (auto l : all_lanes)
    config.lanes[l].threads = 1;
  config.log.level = "error";
  provider_options feed;
  feed.name = "feed";
  feed.protocol = "in_app";
  feed.channel = channel::in_app;
  config.providers["feed"] = feed;
  config.channels[channel::in_app].providers = {"feed"};
  return config;
}

result<receipt> ask(engine& e, lane l) {
  auto what = std::make_shared<intake>();
  what->command.user_id = "u_1";
  what->command.type = "note";
  what->command.priority = l == lane::critical ? priority::high : priority::medium;
  what->command.channels = {channel::in_app};
  what->command.content.title = "hello";
  what->lane = l;
  auto promise = std::make_shared<std::promise<result<receipt>>>();
  what->answer = reply<receipt>{[promise](result<receipt> answer) { promise->set_value(std::move(answer)); }};
  auto answer = promise->get_future();
  e.submit(std::move(what));
  REQUIRE(answer.wait_for(30s) == std::future_status::ready);
  return answer.get();
}

std::string metrics_of(engine& e) {
  std::promise<std::string> text;
  e.metrics([&](result<std::string> answer) { text.set_value(*answer); });
  return text.get_future().get();
}

/// Asks again and again, for at most half a minute.
template <class Question>
bool becomes(Question question) {
  for (auto end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;
       std::this_thread::yield())
    if (question())
      return true;
  return false;
}

} // namespace

TEST_CASE("a lane whose supervisor dies refuses clearly, starts again and counts it; the other goes on") {
  scratch_folder folder;
  auto config = with_a_feed(folder.path);
  system_clock clock;
  engine e{config, clock};
  bool gave_up = false;
  e.on_hopeless([&] { gave_up = true; });
  REQUIRE(e.start());
  REQUIRE(ask(e, lane::bulk));
  for (int death = 1; death <= 3; ++death) {
    e.end_actor(lane::bulk, "supervisor");
    auto counted = "carillon_actor_restarts_total{actor=\"supervisor\",lane=\"bulk\"} " + std::to_string(death);
    CHECK(becomes([&] { return metrics_of(e).find(counted) != std::string::npos; }));
    CHECK(ask(e, lane::critical));
    CHECK(becomes([&] {
      auto answer = ask(e, lane::bulk);
      if (!answer)
        CHECK(answer.error().code == errc::overloaded);
      return static_cast<bool>(answer);
    }));
  }
  CHECK(becomes([&] { return e.ready().ready; }));
  CHECK_FALSE(gave_up);
  e.stop();
}
