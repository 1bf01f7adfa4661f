// Telemetry as lines of text, so that a test asks for the one it means.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "messages/ports.hpp"

namespace carillon::test {

class recording_telemetry final : public telemetry {
public:
  /// Such as "breaker first open", in the order they came.
  std::vector<std::string> lines;

  bool has(const std::string& line) const { return count(line) > 0; }
  std::size_t count(const std::string& line) const {
    return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), line));
  }

  /// Log lines with level and fields.
  struct log_line {
    log_level level;
    std::string event;
    std::map<std::string, std::string, std::less<>> fields;
  };
  std::vector<log_line> logged;
  /// The newest line of that event; null where there is none.
  const log_line* find_log(std::string_view event) const {
    auto found = std::find_if(logged.rbegin(), logged.rend(), [&](auto& line) { return line.event == event; });
    return found == logged.rend() ? nullptr : &*found;
  }
  log_level least = log_level::debug; ///< lines below it are not wanted

  bool wants(log_level level) const override; ///< outside: with it the compiler keeps the rest of the class
  void log(log_level level, std::string_view event, log_fields fields) override {
    note("log", event);
    logged.push_back({level, std::string{event}, {}});
    for (auto& [name, value] : fields)
      logged.back().fields.emplace(name, std::move(value));
  }
  void accepted(lane, std::string_view source, duration) override { note("accepted", source); }
  void rejected(std::string_view reason) override { note("rejected", reason); }
  void delivery_reached(lane, channel c, delivery_status s) override { note("reached", to_string(c), to_string(s)); }
  void attempted(lane, std::string_view provider, outcome o, duration) override {
    note("attempted", provider, to_string(o));
  }
  void sent_after(lane, channel c, duration) override { note("sent", to_string(c)); }
  void throttled(lane, std::string_view limit) override { note("throttled", limit); }
  void suppressed(channel c, std::string_view cause) override { note("suppressed", to_string(c), cause); }
  void retried(lane, channel c) override { note("retried", to_string(c)); }
  void breaker(lane, std::string_view provider, breaker_state s) override { note("breaker", provider, to_string(s)); }
  void actor_restarted(lane, std::string_view actor) override { note("restarted", actor); }
  void window(lane, std::size_t) override {}
  void mailbox(lane, std::string_view actor, std::size_t) override { note("mailbox", actor); }
  void preference_cache(bool hit) override { note("cache", hit ? "hit" : "miss"); }

private:
  template <class... Words>
  void note(Words... words) {
    std::string line;
    for (std::string_view word : {std::string_view{words}...})
      (line.empty() ? line : line += ' ') += word;
    lines.push_back(std::move(line));
  }
};

} // namespace carillon::test
