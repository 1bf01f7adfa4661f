#include "messages/vocabulary.hpp"

#include <utility>

namespace carillon {
namespace {

template <class T, std::size_t N>
using words = std::array<std::pair<T, std::string_view>, N>;

template <class Table, class T>
std::string_view word_of(const Table& table, T value) {
  for (auto& [entry, word] : table)
    if (entry == value)
      return word;
  return "unknown";
}

template <class T, std::size_t N>
std::optional<T> value_of(const words<T, N>& table, std::string_view text) {
  for (auto& [entry, word] : table)
    if (word == text)
      return entry;
  return std::nullopt;
}

constexpr words<lane, 2> lanes{{{lane::critical, "critical"}, {lane::bulk, "bulk"}}};

constexpr words<priority, 4> priorities{
  {{priority::critical, "critical"}, {priority::high, "high"}, {priority::medium, "medium"}, {priority::low, "low"}}};

constexpr words<mode, 2> modes{{{mode::live, "live"}, {mode::test, "test"}}};

constexpr words<channel, 7> channels{{{channel::email, "email"},
                                      {channel::sms, "sms"},
                                      {channel::push, "push"},
                                      {channel::whatsapp, "whatsapp"},
                                      {channel::chat, "chat"},
                                      {channel::webhook, "webhook"},
                                      {channel::in_app, "in_app"}}};

constexpr words<delivery_status, delivery_status_count> statuses{{{delivery_status::scheduled, "scheduled"},
                                                                  {delivery_status::queued, "queued"},
                                                                  {delivery_status::sending, "sending"},
                                                                  {delivery_status::held, "held"},
                                                                  {delivery_status::sent, "sent"},
                                                                  {delivery_status::delivered, "delivered"},
                                                                  {delivery_status::suppressed, "suppressed"},
                                                                  {delivery_status::expired, "expired"},
                                                                  {delivery_status::cancelled, "cancelled"},
                                                                  {delivery_status::failed, "failed"},
                                                                  {delivery_status::bounced, "bounced"},
                                                                  {delivery_status::dead_lettered, "dead_lettered"}}};

constexpr words<outcome, outcome_count> outcomes{{{outcome::accepted, "accepted"},
                                                  {outcome::retry, "retry"},
                                                  {outcome::throttled, "throttled"},
                                                  {outcome::bad_address, "bad_address"},
                                                  {outcome::bad_message, "bad_message"},
                                                  {outcome::bad_credentials, "bad_credentials"},
                                                  {outcome::ambiguous, "ambiguous"}}};

constexpr words<engagement, 5> engagements{{{engagement::none, "none"},
                                            {engagement::seen, "seen"},
                                            {engagement::read, "read"},
                                            {engagement::clicked, "clicked"},
                                            {engagement::archived, "archived"}}};

constexpr words<ambiguity_policy, 2> ambiguity_policies{
  {{ambiguity_policy::retry, "retry"}, {ambiguity_policy::hold, "hold"}}};

constexpr words<over_limit, 4> over_limits{{{over_limit::delay, "delay"},
                                            {over_limit::drop, "drop"},
                                            {over_limit::digest, "digest"},
                                            {over_limit::reject, "reject"}}};

constexpr words<breaker_state, 3> breaker_states{
  {{breaker_state::closed, "closed"}, {breaker_state::open, "open"}, {breaker_state::half_open, "half_open"}}};

constexpr words<breaker_order, 3> breaker_orders{
  {{breaker_order::automatic, "auto"}, {breaker_order::open, "open"}, {breaker_order::closed, "closed"}}};

constexpr words<routing, 2> routings{{{routing::all, "all"}, {routing::first, "first"}}};

constexpr words<scope, 4> scopes{
  {{scope::send, "send"}, {scope::read, "read"}, {scope::manage, "manage"}, {scope::admin, "admin"}}};

constexpr words<suppression_cause, 5> suppression_causes{{{suppression_cause::hard_bounce, "hard_bounce"},
                                                          {suppression_cause::complaint, "complaint"},
                                                          {suppression_cause::unsubscribe, "unsubscribe"},
                                                          {suppression_cause::dead_token, "dead_token"},
                                                          {suppression_cause::manual, "manual"}}};

} // namespace

std::string_view to_string(lane value) {
  return word_of(lanes, value);
}
std::string_view to_string(priority value) {
  return word_of(priorities, value);
}
std::string_view to_string(mode value) {
  return word_of(modes, value);
}
std::string_view to_string(channel value) {
  return word_of(channels, value);
}
std::string_view to_string(delivery_status value) {
  return word_of(statuses, value);
}
std::string_view to_string(outcome value) {
  return word_of(outcomes, value);
}
std::string_view to_string(engagement value) {
  return word_of(engagements, value);
}
std::string_view to_string(ambiguity_policy value) {
  return word_of(ambiguity_policies, value);
}
std::string_view to_string(over_limit value) {
  return word_of(over_limits, value);
}
std::string_view to_string(breaker_state value) {
  return word_of(breaker_states, value);
}
std::string_view to_string(breaker_order value) {
  return word_of(breaker_orders, value);
}
std::string_view to_string(routing value) {
  return word_of(routings, value);
}
std::string_view to_string(scope value) {
  return word_of(scopes, value);
}
std::string_view to_string(suppression_cause value) {
  return word_of(suppression_causes, value);
}

std::optional<lane> parse_lane(std::string_view word) {
  return value_of(lanes, word);
}
std::optional<priority> parse_priority(std::string_view word) {
  return value_of(priorities, word);
}
std::optional<mode> parse_mode(std::string_view word) {
  return value_of(modes, word);
}
std::optional<channel> parse_channel(std::string_view word) {
  return value_of(channels, word);
}
std::optional<delivery_status> parse_delivery_status(std::string_view word) {
  return value_of(statuses, word);
}
std::optional<outcome> parse_outcome(std::string_view word) {
  return value_of(outcomes, word);
}
std::optional<engagement> parse_engagement(std::string_view word) {
  return value_of(engagements, word);
}
std::optional<ambiguity_policy> parse_ambiguity_policy(std::string_view word) {
  return value_of(ambiguity_policies, word);
}
std::optional<over_limit> parse_over_limit(std::string_view word) {
  return value_of(over_limits, word);
}
std::optional<breaker_order> parse_breaker_order(std::string_view word) {
  return value_of(breaker_orders, word);
}
std::optional<routing> parse_routing(std::string_view word) {
  return value_of(routings, word);
}
std::optional<scope> parse_scope(std::string_view word) {
  return value_of(scopes, word);
}
std::optional<suppression_cause> parse_suppression_cause(std::string_view word) {
  return value_of(suppression_causes, word);
}

} // namespace carillon
