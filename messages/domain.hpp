// The values that travel through the engine. They are parsed at a door into
// these types, so the inside never checks them again. JSON that carillon does
// not interpret (data, metadata, attributes) stays JSON text.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/errors.hpp"
#include "messages/id.hpp"
#include "messages/vocabulary.hpp"

namespace carillon {

/// Bounds of a request. Past them a door answers 422 and names the field.
namespace bounds {
inline constexpr std::size_t name_bytes = 255;        ///< ids, type and category names
inline constexpr std::size_t key_bytes = 255;         ///< idempotency keys
inline constexpr std::size_t devices = 16;            ///< devices of one person
inline constexpr std::size_t deliveries = 32;         ///< deliveries of one notification
inline constexpr std::size_t batch_items = 1000;      ///< items of one batch request
inline constexpr std::size_t preference_rules = 1000; ///< rules of one person
inline constexpr std::size_t json_depth = 32;
inline constexpr auto send_at_ahead = std::chrono::days{366};
} // namespace bounds

/// Whose data it is. Live and test data of a tenant never meet.
struct space {
  std::string tenant = "default";
  carillon::mode mode = mode::live;

  bool operator==(const space&) const = default;
  auto operator<=>(const space&) const = default;
};
/// `tenant/live`, `tenant/test`: the form in the store.
std::string to_string(const space& value);
space parse_space(std::string_view text);

// ---------------------------------------------------------------- people

struct device {
  std::string protocol; ///< fcm, apns, webpush, ...
  std::string token;
  bool operator==(const device&) const = default;
};

/// Where a person can be reached; empty means not at all.
struct contacts {
  std::string email, phone, webhook, telegram_chat, slack_channel;
  std::vector<device> devices;
  bool operator==(const contacts&) const = default;
  bool empty() const { return *this == contacts{}; }
};

/// The addresses a channel uses, in order. in_app's address is the user itself.
std::vector<std::string> addresses_of(const contacts& where, channel on, const std::string& user_id);

/// What a person chose for a type, a category or everything, on one channel or all.
struct preference_rule {
  enum class level : std::uint8_t { type, category, any };
  level on = level::any;
  std::string name;                         ///< of the type or category; empty for any
  std::optional<carillon::channel> channel; ///< nullopt is "*"
  bool enabled = true;
  bool operator==(const preference_rule&) const = default;
};

/// A daily window in local time; start inclusive, end exclusive; may cross midnight.
struct quiet_window {
  int start_minute = 22 * 60; ///< 0..1439
  int end_minute = 8 * 60;    ///< 0..1439
  unsigned days = 0x7f;       ///< bit 0 Monday .. bit 6 Sunday: days on which it starts
  std::string time_zone;      ///< IANA name; empty: the person's
  bool operator==(const quiet_window&) const = default;
};

struct user {
  carillon::space space;
  std::string id;
  carillon::contacts contacts;
  std::string time_zone;         ///< IANA name, empty if unknown
  std::string locale;            ///< BCP 47, empty if unknown
  std::string attributes = "{}"; ///< JSON object
  std::vector<preference_rule> rules;
  std::optional<quiet_window> quiet_hours;
  std::string digest = "{}";             ///< JSON object, kept for the digest feature
  std::uint64_t version = 0;             ///< of contacts and profile; the ETag of /users
  std::uint64_t preferences_version = 0; ///< the ETag of /preferences
  sys_time created_at{}, updated_at{};
};
using user_ptr = std::shared_ptr<const user>;

struct suppression {
  std::string id; ///< UUID text
  carillon::space space;
  carillon::channel channel = channel::email;
  std::string address;
  suppression_cause cause = suppression_cause::manual;
  std::string note;
  std::optional<sys_time> expires_at;
  sys_time created_at{};
};

// ---------------------------------------------------------------- notifications

/// What a channel shows where it differs from title and body.
struct channel_content {
  std::string subject, title, body, text, html;
  bool operator==(const channel_content&) const = default;
};

struct content {
  std::string title, body;
  std::string data = "{}"; ///< JSON object
  std::map<carillon::channel, channel_content> by_channel;
  bool operator==(const content&) const = default;
};

/// What one channel sends, after overrides have been applied.
struct rendered {
  std::string title, body, html, data = "{}";
};
rendered render_for(const content& what, channel on);

/// A request as a door understood it: canonical, checked, without its key.
struct command {
  std::string user_id, type, category; ///< category empty: by type, else transactional
  std::optional<carillon::priority> priority;
  std::vector<channel> channels; ///< empty: by type, else by preference
  carillon::content content;
  std::string locale;
  contacts to;
  std::optional<sys_time> send_at, expires_at;
  std::string metadata = "{}"; ///< JSON object
};

/// One notification as it is kept.
struct notification {
  uuid id;
  row_key key = 0;
  carillon::space space;
  carillon::lane lane = lane::bulk;
  carillon::priority priority = priority::medium;
  std::string user_id, type, category;
  sys_time created_at{};
  std::optional<sys_time> send_at, expires_at;
  carillon::content content;
  std::string locale;
  contacts to;
  std::string metadata = "{}";
  std::string correlation_id; ///< request_id of the door
  bool erased = false;        ///< the person was erased; content is gone
};
using notification_ptr = std::shared_ptr<const notification>;

/// Which rule decided, and a sentence a person can read.
struct decision {
  std::string rule;
  std::string reason;
  bool operator==(const decision&) const = default;
};

/// The rule of a delivery that a person put back from the dead letters.
inline constexpr std::string_view rule_redriven = "redriven";

struct attempt {
  int number = 1;
  std::string provider;
  sys_time started_at{};
  std::optional<sys_time> finished_at;
  std::optional<carillon::outcome> outcome; ///< nullopt while on the wire
  std::string code, detail, provider_message_id;
};

struct status_change {
  delivery_status status = delivery_status::queued;
  sys_time at{};
  std::string rule, reason; ///< empty where the status says it all
};

/// Of a delivery whose limits once let it through, and which has given its place up.
inline constexpr sys_time lost_place{duration{1}};

/// One address on one channel of a notification.
struct delivery {
  uuid id;
  row_key key = 0;
  row_key notification_key = 0;
  carillon::space space;
  std::string user_id, type;
  carillon::channel channel = channel::email;
  std::string address;
  carillon::priority priority = priority::medium;
  delivery_status status = delivery_status::queued;
  carillon::engagement engagement = engagement::none;
  std::string queue;           ///< provider whose slot it waits for; empty where it ended at once
  std::optional<sys_time> due; ///< no attempt before; nullopt: ready in acceptance order
  std::optional<sys_time> expires_at;
  carillon::decision decision;
  std::vector<attempt> attempts;
  std::vector<status_change> history;
  int attempts_before = 0;       ///< made before its last redrive: they no longer count towards max_attempts
  int provider_failures = 0;     ///< consecutive failures at `queue`, for fallback
  std::optional<sys_time> place; ///< the instant that its limits reserved for it; nullopt: it never had one
  bool standby = false;          ///< routing = first: starts only when its sibling before it failed
};

/// Appends to the history and sets the status; asserts that the move is legal.
void move_to(delivery& d, delivery_status next, sys_time at, carillon::decision why = {});

struct idempotency_claim {
  std::string key;                       ///< 1..255 bytes
  std::array<std::uint8_t, 32> digest{}; ///< SHA-256 of the canonical command
};

/// Answer to a notification request.
struct receipt {
  uuid id;
  carillon::lane lane = lane::bulk;
  bool replayed = false; ///< the answer of an earlier request with the same key
};

/// What a dry run says of one delivery.
struct limit_view {
  std::string name;
  double remaining = 0;
  sys_time resets_at{};
};
struct explained_delivery {
  delivery d;
  std::vector<std::string> providers;
  rendered what;
  sys_time earliest_at{};
  std::vector<limit_view> limits;
  bool behind = false; ///< older ready work of its provider goes first
};
struct explanation {
  std::vector<explained_delivery> deliveries;
};

// ---------------------------------------------------------------- operation

struct api_key {
  std::string id; ///< UUID text
  std::string name;
  carillon::space space;
  std::vector<scope> scopes;
  std::optional<carillon::lane> lane; ///< bound to it, decided before the body
  std::optional<double> rate;         ///< requests per second
  std::optional<sys_time> expires_at;
  std::array<std::uint8_t, 32> digest{}; ///< SHA-256 of the key itself
  sys_time created_at{};
  bool revoked = false;
};

/// Run-time switches: the `notification` row of feature_settings, understood.
struct feature_settings {
  struct retry_override {
    std::optional<int> max_attempts;
    std::optional<duration> initial_backoff, max_backoff;
    std::optional<std::string> strategy; ///< exponential, fixed or tiers
    std::optional<bool> enabled;
  };
  std::map<carillon::channel, retry_override> retry;
  std::map<carillon::channel, bool> channels; ///< kill switches
  std::map<std::string, bool> types;          ///< kill switches
  std::optional<int> per_user_per_minute;
  std::uint64_t version = 0;
};
using feature_settings_ptr = std::shared_ptr<const feature_settings>;

struct inbox_item {
  uuid delivery_id, notification_id;
  carillon::space space;
  std::string user_id, type, title, body, data = "{}";
  std::string state = "unseen"; ///< unseen, seen, read, archived
  sys_time created_at{};
};

} // namespace carillon
