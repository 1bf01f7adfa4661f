// The world as actors see it. Actors talk to stores, vendors and clocks only
// through these interfaces; runtime/ implements them, tests replace them.
//
// Asynchronous calls take a `done<T>`: called exactly once, on a thread of the
// implementation, and therefore only ever posts (anon_send, asio::post). If the
// implementation is destroyed first it calls back with errc::shutting_down.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/domain.hpp"

namespace carillon {

template <class T>
using done = std::function<void(result<T>)>;

/// Wall clock. Any thread.
class wall_clock {
public:
  virtual ~wall_clock() = default;
  virtual sys_time now() const = 0;
};

// ---------------------------------------------------------------- lane store

/// One request to keep, with its decisions and, where a slot was free, with the
/// start of its first attempt (delivery status `sending`).
struct acceptance {
  notification_ptr n;
  std::vector<delivery> deliveries;
  std::optional<idempotency_claim> claim;
};

/// Records that the next attempt begins. Refused (dropped from the answer) when the delivery
/// is no longer queued or scheduled, has had that attempt already, or was put off meanwhile.
struct attempt_start {
  row_key key = 0;
  attempt what;
  std::optional<sys_time> due = {}; ///< of the row when it was read; must still be that
};

/// A new state of one delivery, written whole where it is still as `expected`.
struct delivery_update {
  delivery d;                                          ///< as it shall be
  delivery_status expected = delivery_status::sending; ///< as it must be now
  int expected_attempts = 0;                           ///< attempts recorded so far must be this many
  bool release_standby = false;                        ///< wake the next sibling of routing = first
  bool cancel_standby = false;                         ///< siblings of routing = first are not needed
};

/// What an update did.
struct update_result {
  bool applied = false;                ///< false: the delivery had moved on; nothing written
  std::vector<delivery> released = {}; ///< siblings that became queued
};

/// Ready work of one queue, in the order it must start.
struct pulled {
  notification_ptr n;
  delivery d;
};
struct pull_request {
  std::string queue;
  carillon::space space;
  sys_time now{};
  std::size_t limit = 0;
  std::vector<row_key> except; ///< already in hand
};
struct pull_result {
  std::vector<pulled> rows;
  bool more = false; ///< ready rows remain beyond these
};

/// A queue that has unfinished rows: found at start.
struct queue_state {
  std::string queue;
  carillon::space space;
  bool ready = false;               ///< has rows without a due time
  std::optional<sys_time> next_due; ///< earliest due time of the others
};

struct due_entry {
  std::string queue;
  carillon::space space;
  sys_time due{};
};

struct notification_view {
  notification_ptr n;
  std::vector<delivery> deliveries;
};
struct notification_filter {
  carillon::space space;
  std::string user_id, type;
  std::optional<carillon::channel> channel;
  std::string status; ///< a notification status word; empty: any
  std::optional<sys_time> since, until;
  std::optional<row_key> before; ///< cursor: keys below it
  std::size_t limit = 50;
};
struct notification_page {
  std::vector<notification_view> data;
  std::optional<row_key> next;
};

struct dead_letter_filter {
  carillon::space space;
  std::vector<uuid> ids;
  std::string type, provider, code, user_id;
  std::optional<carillon::channel> channel;
  std::optional<sys_time> since, until;
  std::optional<row_key> before;
  std::size_t limit = 50;
};
struct dead_letter_page {
  std::vector<pulled> data;
  std::size_t matched = 0; ///< of the whole filter, counted up to 1,000,000
  std::optional<row_key> next;
};

/// Gauges for metrics, read in one pass over the index of unfinished work.
struct backlog_view {
  std::vector<std::pair<delivery_status, std::size_t>> by_status; ///< unfinished ones and dead_lettered
  std::optional<sys_time> oldest_pending;
};

/// What limits are rebuilt from.
struct limit_history {
  std::vector<delivery> rows;
  sys_time places_until = sys_time::max(); ///< later places were not read
};

/// Durable state of one lane. Writes are applied in the order of the calls and
/// become durable together with whatever else waits (group commit); `done` runs
/// after the sync. Errors: store_unavailable, storage_full; then nothing of that
/// call was kept. Any thread may call.
class lane_store {
public:
  virtual ~lane_store() = default;

  // --- writes
  /// Keeps a notification. A claim that exists already: the first receipt with
  /// `replayed` where the digest agrees, else key_reused; looked up in both lanes.
  virtual void accept(acceptance what, done<receipt> then) = 0;
  /// Looks a claim up as accept does, behind every write before it, and keeps nothing:
  /// the first receipt, key_reused, or nullopt where the key is free.
  virtual void recall(space where, idempotency_claim what, done<std::optional<receipt>> then) = 0;
  /// Answers the keys whose start was recorded.
  virtual void start(std::vector<attempt_start> what, done<std::vector<row_key>> then) = 0;
  virtual void update(delivery_update what, done<update_result> then) = 0;
  /// Cancels what has not been sent. nothing_to_cancel, not_found.
  virtual void cancel(space where, uuid id, sys_time now, done<notification_view> then) = 0;
  /// Ends a held delivery by hand: sent, retry (queued) or failed. not_found, not_held.
  virtual void resolve(space where, uuid id, uuid delivery_id, delivery_status to, decision why, sys_time now,
                       done<delivery> then) = 0;
  /// Records engagement on a delivery, or on all of the notification if `delivery_id` is empty;
  /// only on those that had an attempt. Never moves backwards. not_found, not_sent.
  virtual void engage(space where, uuid id, std::optional<uuid> delivery_id, engagement what, sys_time now,
                      done<ok_t> then) = 0;
  /// Puts dead letters back to queued; answers those that were. `why` records who did it.
  virtual void redrive(std::vector<row_key> keys, decision why, sys_time now, done<std::vector<delivery>> then) = 0;
  /// Removes content and addresses of a person; idempotent; in small steps. What was
  /// taken in for them before and comes to `accept` within a minute is overloaded.
  virtual void erase(space where, std::string user_id, done<ok_t> then) = 0;
  /// Runs after every write submitted before it is durable.
  virtual void barrier(done<ok_t> then) = 0;

  // --- reads for the engine
  virtual void pull(pull_request what, done<pull_result> then) = 0;
  /// Rows recorded as `sending` at that provider, at most `limit`, ascending from `after`.
  virtual void in_flight(std::string provider, row_key after, std::size_t limit, done<std::vector<pulled>> then) = 0;
  /// Every (queue, space) with unfinished work: an index skip-scan, not a row scan.
  virtual void queues(done<std::vector<queue_state>> then) = 0;
  /// Due times in (from, until], ascending, at most `limit`.
  virtual void due_between(sys_time from, sys_time until, std::size_t limit, done<std::vector<due_entry>> then) = 0;
  /// For rebuilding limits: deliveries attempted since `since`, newest 100,000 at
  /// most, and those that wait for the place a limit gave them from `now` on
  /// (scheduled, due at their place), the next 20,000 at most.
  virtual void recent_attempts(sys_time since, sys_time now, done<limit_history> then) = 0;
  /// A few held rows whose expiry has passed.
  virtual void expired_held(sys_time now, std::size_t limit, done<std::vector<pulled>> then) = 0;

  // --- reads for doors
  virtual void find(space where, uuid id, done<notification_view> then) = 0;
  virtual void list(notification_filter what, done<notification_page> then) = 0;
  virtual void dead_letters(dead_letter_filter what, done<dead_letter_page> then) = 0;
  virtual void backlog(done<backlog_view> then) = 0;

  /// Newest key in the file, for id_generator. Known after opening.
  virtual row_key newest_key() const = 0;
};

// ---------------------------------------------------------------- control store

struct versioned_json {
  std::string config = "{}";
  bool enabled = true;
  std::uint64_t version = 0;
};

/// Who a notification is for, as preference needs it.
struct person {
  user_ptr who;                                            ///< null: not stored
  std::vector<std::pair<channel, std::string>> suppressed; ///< of the person's and the given addresses
  bool erased = false;                                     ///< a tombstone stands for this user
  std::optional<sys_time> good_until = {};                 ///< when the first of those suppressions ends
};

/// What a write is bound to: the version that must stand (0: nothing may), or any_version.
using version_bond = std::optional<std::uint64_t>;
/// Something must stand, whatever its version.
inline constexpr std::uint64_t any_version = static_cast<std::uint64_t>(-1);

/// `stands`: the stored version, 0 where nothing is.
constexpr bool fulfils(const version_bond& bond, std::uint64_t stands) {
  return !bond || (*bond == any_version ? stands != 0 : stands == *bond);
}

enum class user_part : std::uint8_t { profile, preferences, both };

/// users, suppressions, keys, settings, breaker orders. Same rules as lane_store.
class control_store {
public:
  virtual ~control_store() = default;

  /// `extra` are addresses of the request itself, to be looked up in the ledger. `asks`: look-ups of one lane
  /// never wait for those of the other.
  virtual void find_person(lane asks, space where, std::string user_id,
                           std::vector<std::pair<channel, std::string>> extra, done<person> then) = 0;

  virtual void get_user(space where, std::string id, done<user_ptr> then) = 0;
  /// Writes one part of a user, creating it where it is missing; the other part
  /// is kept. version_mismatch where the part's version does not fulfil the bond.
  virtual void put_user(user what, user_part part, version_bond if_match, done<user_ptr> then) = 0;
  /// Leaves a tombstone, also for somebody who is known from requests alone.
  virtual void erase_user(space where, std::string id, sys_time now, done<ok_t> then) = 0;
  /// Tombstones whose effect has not reached every file yet: (space, user id).
  virtual void unfinished_erasures(done<std::vector<std::pair<space, std::string>>> then) = 0;
  virtual void finish_erasure(space where, std::string id, done<ok_t> then) = 0;

  virtual void add_suppression(suppression what, done<suppression> then) = 0; ///< same address twice: the first
  virtual void remove_suppression(space where, std::string id, done<suppression> then) = 0;
  virtual void list_suppressions(space where, std::optional<channel> on, std::string after, std::size_t limit,
                                 done<std::vector<suppression>> then) = 0;
  /// The entries in force for these addresses, for a door that shows all that is known of a person.
  virtual void suppressions_of(space where, std::vector<std::pair<channel, std::string>> whom,
                               done<std::vector<suppression>> then) = 0;

  virtual void add_key(api_key what, done<api_key> then) = 0;
  virtual void revoke_key(std::string tenant, std::string id, done<ok_t> then) = 0;
  virtual void list_keys(std::string tenant, done<std::vector<api_key>> then) = 0; ///< empty tenant: all

  virtual void get_setting(std::string feature, done<versioned_json> then) = 0; ///< not_found
  virtual void put_setting(std::string feature, std::string config, bool enabled, version_bond if_match,
                           done<versioned_json> then) = 0;

  virtual void breaker_orders(done<std::vector<std::pair<std::string, breaker_order>>> then) = 0;
  virtual void put_breaker_order(std::string provider, breaker_order order, std::string reason, done<ok_t> then) = 0;
};

// ---------------------------------------------------------------- inbox store

struct inbox_counts {
  std::uint64_t unseen = 0, unread = 0, total = 0;
};

/// The in-app feed. Same rules as lane_store; `add` is idempotent by delivery id.
class inbox_store {
public:
  virtual ~inbox_store() = default;
  virtual void add(inbox_item what, done<ok_t> then) = 0;
  /// Newest first, those after the item of the delivery `before`; state empty: all.
  virtual void list(space where, std::string user_id, std::string state, std::optional<uuid> before, std::size_t limit,
                    done<std::vector<inbox_item>> then) = 0;
  virtual void counts(space where, std::string user_id, done<inbox_counts> then) = 0;
  /// seen, read, archived, unread; never un-sees. Answers the item; not_found.
  virtual void mark(space where, std::string user_id, uuid delivery_id, std::string state, done<inbox_item> then) = 0;
  /// Answers the delivery and notification ids that changed, at most 1,000.
  virtual void read_all(space where, std::string user_id, done<std::vector<inbox_item>> then) = 0;
  virtual void erase(space where, std::string user_id, done<ok_t> then) = 0;
};

// ---------------------------------------------------------------- vendors

struct header {
  std::string name, value;
};

/// One call to a vendor, in the vendor's own shape; made by a protocol's pure function.
struct wire_request {
  enum class kind : std::uint8_t { http, smtp };
  kind what = kind::http;
  std::string method = "POST";
  std::string url; ///< http(s)://, smtp(s)://
  std::vector<header> headers;
  std::string body;     ///< for smtp the whole message, CRLF lines
  bool guarded = false; ///< the URL came from outside: private addresses are refused at connect
  duration timeout = std::chrono::seconds{30};
  std::size_t connections = 16;   ///< smtp: to that server at most
  std::string username, password; ///< smtp AUTH; never logged
  std::string mail_from, rcpt_to; ///< smtp envelope
  enum class starttls : std::uint8_t { required, opportunistic, off } tls = starttls::required;
};

/// How far a call came. Where bytes of the message may have been taken without
/// an answer, `failure` is `no_answer`: the outcome is ambiguous.
struct wire_answer {
  enum class failure : std::uint8_t { none, not_sent, no_answer, refused_address, tls };
  failure why = failure::none;
  int status = 0;              ///< HTTP status or SMTP reply code, 0 without an answer
  std::vector<header> headers; ///< at most 100, names lower case
  std::string body;            ///< first 64 KiB
  std::string detail;          ///< for people; no addresses, no secrets
};

/// Calls vendors. One per lane; any thread; `then` runs on the client's loop.
class vendor_client {
public:
  virtual ~vendor_client() = default;
  virtual void call(wire_request what, std::function<void(wire_answer)> then) = 0;
};

/// A message the sandbox took.
struct sandbox_message {
  uuid delivery_id, notification_id;
  carillon::space space;
  carillon::channel channel = channel::email;
  std::string to;
  rendered what;
  sys_time at{};
  std::string user_id = {};
};

/// Keeps the newest sandbox messages (1,000 a space), in memory. Any thread.
class sandbox_log {
public:
  virtual ~sandbox_log() = default;
  virtual void add(sandbox_message what) = 0;
};

// ---------------------------------------------------------------- telemetry

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Fields of a log line; values never carry addresses, bodies or secrets.
using log_fields = std::vector<std::pair<std::string_view, std::string>>;

/// Metrics and logs. Any thread; never blocks on I/O.
class telemetry {
public:
  virtual ~telemetry() = default;
  virtual void log(log_level level, std::string_view event, log_fields fields) = 0;
  /// Whether lines of that level are kept: ask before one is put together on the hot way.
  virtual bool wants(log_level) const { return true; }

  virtual void accepted(lane l, std::string_view source, duration took) = 0;
  virtual void rejected(std::string_view reason) = 0;
  virtual void delivery_reached(lane l, channel c, delivery_status s) = 0;
  virtual void attempted(lane l, std::string_view provider, outcome o, duration took) = 0;
  virtual void sent_after(lane l, channel c, duration since_accept) = 0;
  virtual void throttled(lane l, std::string_view limit) = 0;
  virtual void suppressed(channel c, std::string_view cause) = 0;
  virtual void retried(lane l, channel c) = 0;
  virtual void breaker(lane l, std::string_view provider, breaker_state s) = 0;
  virtual void actor_restarted(lane l, std::string_view actor) = 0;
  virtual void window(lane l, std::size_t in_use) = 0;
  virtual void mailbox(lane l, std::string_view actor, std::size_t length) = 0;
  virtual void preference_cache(bool hit) = 0;
};

} // namespace carillon
