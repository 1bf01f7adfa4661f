#include "runtime/cli/local_store.hpp"

#include <future>

#include "runtime/store/stores.hpp"

namespace carillon::cli {
namespace {

/// How long a lone write may take: far above any disk's sync.
constexpr auto write_deadline = std::chrono::seconds{30};

/// A command is over in a moment: its clock stands still.
class still_clock final : public wall_clock {
public:
  explicit still_clock(sys_time at) : at_(at) {}
  sys_time now() const override { return at_; }

private:
  sys_time at_;
};

/// Trouble comes back to the command as the answer of its own call.
class unwatched final : public store_observer {
public:
  void committed(std::string_view, std::size_t, duration) override {}
  void trouble(std::string_view, const fault&) override {}
  void recovered(std::string_view) override {}
};

} // namespace

command_error as_command_error(const fault& what) {
  std::string text{sentence_of(what.code)};
  if (!what.detail.empty())
    text += "\n  " + what.detail;
  return {failed, text};
}

void keep_key(const options& from, const api_key& key, sys_time now) {
  const still_clock clock{now};
  unwatched watch;
  auto opened = open_stores(from, clock, watch);
  if (!opened)
    throw as_command_error(opened.error());

  // Shared with the callback, which the store may call after the deadline passed.
  auto answer = std::make_shared<std::promise<std::optional<fault>>>();
  auto written = answer->get_future();
  opened->control->add_key(key, [answer](const result<api_key>& kept) {
    answer->set_value(kept ? std::nullopt : std::optional<fault>{kept.error()});
  });
  if (written.wait_for(write_deadline) != std::future_status::ready)
    throw command_error{failed, "the store did not answer within 30 s."};
  if (const auto error = written.get())
    throw as_command_error(*error);
}

} // namespace carillon::cli
