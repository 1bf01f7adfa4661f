#include "runtime/engine/watch.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "runtime/http/rfc3339.hpp"

namespace carillon {
namespace {

constexpr std::size_t queued_lines = 8'192; ///< past it the oldest are dropped

spdlog::level::level_enum level_named(const std::string& name) {
  if (name == "debug")
    return spdlog::level::debug;
  if (name == "warning")
    return spdlog::level::warn;
  return name == "error" ? spdlog::level::err : spdlog::level::info;
}

constexpr std::array words{"debug", "info", "warning", "error"};
constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

} // namespace

watch::watch(const options& config, const wall_clock& clock) : numbers_(config), clock_(clock) {
  spdlog::init_thread_pool(queued_lines, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  out_ = std::make_shared<spdlog::async_logger>("carillon", std::move(sink), spdlog::thread_pool(),
                                                spdlog::async_overflow_policy::overrun_oldest);
  out_->set_pattern("%v");
  out_->set_level(level_named(config.log.level));
  out_->flush_on(spdlog::level::info);
}

watch::~watch() {
  spdlog::shutdown(); // writes what is queued and ends the thread that does, before the logger goes
}

bool watch::wants(log_level level) const {
  return out_->should_log(levels[static_cast<std::size_t>(level)]);
}

void watch::log(log_level level, std::string_view event, log_fields fields) {
  if (!wants(level))
    return;
  auto index = static_cast<std::size_t>(level);
  nlohmann::ordered_json line{{"at", format_rfc3339(clock_.now())}, {"level", words[index]}, {"event", event}};
  for (auto& [name, value] : fields)
    line[std::string{name}] = value;
  out_->log(levels[index], line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void watch::trouble(std::string_view file, const fault& why) {
  {
    std::scoped_lock guard{mutex_};
    if (!troubled_.emplace(file).second)
      return;
  }
  log(log_level::error, "store.trouble",
      {{"file", std::string{file}}, {"code", std::string{code_of(why.code)}}, {"detail", why.detail}});
}

void watch::recovered(std::string_view file) {
  {
    std::scoped_lock guard{mutex_};
    if (auto found = troubled_.find(file); found != troubled_.end())
      troubled_.erase(found);
  }
  log(log_level::info, "store.recovered", {{"file", std::string{file}}});
}

void watch::began_empty(std::string_view file) {
  log(log_level::warning, "store.began_empty",
      {{"file", std::string{file}},
       {"detail", "it was not there beside the others; what it held is gone unless it is put back"}});
}

} // namespace carillon
