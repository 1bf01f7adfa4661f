#include "runtime/engine/metrics.hpp"

#include <prometheus/text_serializer.h>
#include <sstream>

#include "version.hpp"

namespace carillon {
namespace {

using prometheus::Histogram;

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}
std::string text_of(auto value) {
  return std::string{to_string(value)};
}
std::size_t index(auto value) {
  return static_cast<std::size_t>(value);
}

const Histogram::BucketBoundaries short_times{0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02,
                                              0.05,   0.1,    0.2,   0.5,   1,     2,    5};
const Histogram::BucketBoundaries long_times{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
                                             1,     2,     5,     10,   30,   60,   300, 3600};
const Histogram::BucketBoundaries sizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

auto& counter(prometheus::Registry& r, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(std::string{"carillon_"} + name).Help(help).Register(r);
}
auto& gauge(prometheus::Registry& r, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(std::string{"carillon_"} + name).Help(help).Register(r);
}
auto& histogram(prometheus::Registry& r, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(std::string{"carillon_"} + name).Help(help).Register(r);
}

} // namespace

metrics::metrics(const options& config)
    : accepted_(counter(*registry_, "notifications_accepted_total", "Notifications made durable.")),
      rejected_(counter(*registry_, "notifications_rejected_total", "Requests that were not accepted, by error code.")),
      deliveries_(counter(*registry_, "deliveries_total", "Deliveries that reached a status.")),
      attempts_(counter(*registry_, "attempts_total", "Calls to providers, by outcome.")),
      throttled_(counter(*registry_, "throttled_total", "Deliveries over a limit.")),
      suppressed_(counter(*registry_, "suppressed_total", "Deliveries that a rule forbade.")),
      retries_(counter(*registry_, "retries_total", "Attempts that will be repeated.")),
      restarts_(counter(*registry_, "actor_restarts_total", "Actors that died and were started again.")),
      attempt_took_(histogram(*registry_, "attempt_duration_seconds", "From the call to its answer.")),
      accept_took_(histogram(*registry_, "accept_duration_seconds", "From the door to the durable commit.")),
      time_to_send_(histogram(*registry_, "time_to_send_seconds", "From acceptance to the call.")),
      commit_took_(histogram(*registry_, "store_commit_seconds", "One transaction, its sync included.")),
      batch_rows_(histogram(*registry_, "store_batch_rows", "Calls that shared one transaction.")),
      backlog_(gauge(*registry_, "backlog", "Unfinished deliveries by status.")),
      oldest_(gauge(*registry_, "oldest_pending_seconds", "Age of the oldest delivery that is ready.")),
      window_(gauge(*registry_, "window_in_use", "Calls between their durable start and durable outcome.")),
      mailbox_(gauge(*registry_, "mailbox_length", "Messages that wait for an actor.")),
      breaker_(gauge(*registry_, "breaker_state", "0 closed, 1 half open, 2 open.")),
      dead_letters_(gauge(*registry_, "dead_letters", "Deliveries that a person may redrive.")),
      cache_ratio_(gauge(*registry_, "preference_cache_hit_ratio", "Share of look-ups answered from memory.")),
      connections_(gauge(*registry_, "live_connections", "Open live streams.")),
      build_(gauge(*registry_, "build_info", "Always 1; the version is a label.")) {
  for (auto l : all_lanes)
    prepare(l, config);
  cache_gauge_ = &cache_ratio_.Add({});
  connections_.Add({}).Set(0);
  build_.Add({{"version", std::string{version}}}).Set(1);
}

void metrics::prepare(lane l, const options& config) {
  auto& m = lanes_[index(l)];
  auto name = text_of(l);
  m.accepted_by_http = &accepted_.Add({{"lane", name}, {"source", "http"}});
  m.accept_took = &accept_took_.Add({{"lane", name}}, short_times);
  m.commit_took = &commit_took_.Add({{"lane", name}}, short_times);
  m.batch_rows = &batch_rows_.Add({{"lane", name}}, sizes);
  m.window = &window_.Add({{"lane", name}});
  m.oldest = &oldest_.Add({{"lane", name}});
  m.dead_letters = &dead_letters_.Add({{"lane", name}});
  for (auto state :
       {delivery_status::scheduled, delivery_status::queued, delivery_status::sending, delivery_status::held})
    backlog_.Add({{"lane", name}, {"state", text_of(state)}}).Set(0);
  for (auto actor : {"ingest", "throttle", "dispatcher", "retry_timer", "status_sink"})
    restarts_.Add({{"lane", name}, {"actor", actor}});
  for (auto c : all_channels) {
    m.time_to_send[index(c)] = &time_to_send_.Add({{"lane", name}, {"channel", text_of(c)}}, long_times);
    m.retries[index(c)] = &retries_.Add({{"lane", name}, {"channel", text_of(c)}});
    for (std::size_t s = 0; s < delivery_status_count; ++s)
      m.deliveries[index(c)][s] = &deliveries_.Add(
        {{"lane", name}, {"channel", text_of(c)}, {"status", text_of(static_cast<delivery_status>(s))}});
  }
  auto names = std::vector<std::string>{"test_sandbox"};
  for (auto& [provider, ignored] : config.providers)
    names.push_back(provider);
  for (auto& provider : names) {
    auto& p = m.providers[provider];
    p.took = &attempt_took_.Add({{"lane", name}, {"provider", provider}}, long_times);
    p.breaker = &breaker_.Add({{"lane", name}, {"provider", provider}});
    for (std::size_t o = 0; o < outcome_count; ++o)
      p.attempts[o] =
        &attempts_.Add({{"lane", name}, {"provider", provider}, {"outcome", text_of(static_cast<outcome>(o))}});
  }
}

void metrics::accepted(lane l, std::string_view source, duration took) {
  auto& m = lanes_[index(l)];
  auto& counter =
    source == "http" ? *m.accepted_by_http : accepted_.Add({{"lane", text_of(l)}, {"source", std::string{source}}});
  counter.Increment();
  m.accept_took->Observe(seconds(took));
}
void metrics::rejected(std::string_view reason) {
  rejected_.Add({{"reason", std::string{reason}}}).Increment();
}
void metrics::delivery_reached(lane l, channel c, delivery_status s) {
  lanes_[index(l)].deliveries[index(c)][index(s)]->Increment();
}
void metrics::attempted(lane l, std::string_view provider, outcome o, duration took) {
  auto found = lanes_[index(l)].providers.find(provider);
  if (found == lanes_[index(l)].providers.end())
    return;
  found->second.attempts[index(o)]->Increment();
  found->second.took->Observe(seconds(took));
}
void metrics::sent_after(lane l, channel c, duration since_accept) {
  lanes_[index(l)].time_to_send[index(c)]->Observe(seconds(since_accept));
}
void metrics::throttled(lane l, std::string_view limit) {
  throttled_.Add({{"lane", text_of(l)}, {"limit", std::string{limit}}}).Increment();
}
void metrics::suppressed(channel c, std::string_view cause) {
  suppressed_.Add({{"channel", text_of(c)}, {"cause", std::string{cause}}}).Increment();
}
void metrics::retried(lane l, channel c) {
  lanes_[index(l)].retries[index(c)]->Increment();
}
void metrics::breaker(lane l, std::string_view provider, breaker_state s) {
  auto found = lanes_[index(l)].providers.find(provider);
  if (found != lanes_[index(l)].providers.end())
    found->second.breaker->Set(s == breaker_state::closed ? 0 : s == breaker_state::half_open ? 1 : 2);
}
void metrics::actor_restarted(lane l, std::string_view actor) {
  restarts_.Add({{"lane", text_of(l)}, {"actor", std::string{actor}}}).Increment();
}
void metrics::window(lane l, std::size_t in_use) {
  lanes_[index(l)].window->Set(static_cast<double>(in_use));
}
void metrics::mailbox(lane l, std::string_view actor, std::size_t length) {
  mailbox_.Add({{"lane", text_of(l)}, {"actor", std::string{actor}}}).Set(static_cast<double>(length));
}
void metrics::preference_cache(bool hit) {
  cache_asks_.fetch_add(1, std::memory_order_relaxed);
  if (hit)
    cache_hits_.fetch_add(1, std::memory_order_relaxed);
}
void metrics::committed(std::string_view file, std::size_t rows, duration took) {
  for (auto l : all_lanes)
    if (file == text_of(l) + ".db") {
      lanes_[index(l)].commit_took->Observe(seconds(took));
      lanes_[index(l)].batch_rows->Observe(static_cast<double>(rows));
    }
}
void metrics::backlog(lane l, const backlog_view& view, sys_time now) {
  for (auto state :
       {delivery_status::scheduled, delivery_status::queued, delivery_status::sending, delivery_status::held})
    backlog_.Add({{"lane", text_of(l)}, {"state", text_of(state)}}).Set(0);
  lanes_[index(l)].dead_letters->Set(0);
  for (auto& [status, count] : view.by_status) {
    if (status == delivery_status::dead_lettered)
      lanes_[index(l)].dead_letters->Set(static_cast<double>(count));
    else
      backlog_.Add({{"lane", text_of(l)}, {"state", text_of(status)}}).Set(static_cast<double>(count));
  }
  lanes_[index(l)].oldest->Set(view.oldest_pending ? std::max(0.0, seconds(now - *view.oldest_pending)) : 0);
}

std::string metrics::text() const {
  auto asks = cache_asks_.load(std::memory_order_relaxed);
  auto hits = static_cast<double>(cache_hits_.load(std::memory_order_relaxed));
  cache_gauge_->Set(asks == 0 ? 0 : hits / static_cast<double>(asks));
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, registry_->Collect());
  return out.str();
}

} // namespace carillon
