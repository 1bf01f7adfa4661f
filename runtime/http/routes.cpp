#include "runtime/http/routes.hpp"

#include <array>

#include "runtime/http/handlers/handlers.hpp"

namespace carillon::http {
namespace {

using enum method;
using body = body_kind;
constexpr auto open = listener::open;
constexpr auto both = listener::both;
constexpr auto send = scope::send;
constexpr auto read = scope::read;
constexpr auto manage = scope::manage;
constexpr auto admin = scope::admin;

constexpr std::optional<scope> anyone{};

// A path's literals stand before its placeholders; the busiest routes stand first.
// clang-format off
constexpr std::array table{
  route{post,  "/v1/notifications",                 send,   open,  body::document,  post_notification,
        "Accept a notification: 202 means that it is durable", "notification_request", 202, "accepted", ""},
  route{get,   "/v1/notifications",                 read,   open,  body::none,  list_notifications,
        "Notifications, newest first", "", 200, "notification_list", "user_id status type channel since until limit cursor"},
  route{post,  "/v1/notifications/batch",           send,   open,  body::batch, post_batch,
        "Accept up to 1,000 notifications, each on its own", "batch_request", 202, "batch_result", ""},
  route{post,  "/v1/notifications/explain",         send,   open,  body::document,  post_explain,
        "Say what would become of a notification; nothing is stored or sent", "notification_request", 200, "explanation", ""},
  route{get,   "/v1/notifications/{id}",            read,   open,  body::none,  get_notification,
        "A notification with its deliveries, attempts and reasons", "", 200, "notification", ""},
  route{post,  "/v1/notifications/{id}/cancel",     send,   open,  body::none,  post_cancel,
        "Take back what has not been sent", "", 200, "cancelled", ""},
  route{post,  "/v1/notifications/{id}/engagement", send,   open,  body::document,  post_engagement,
        "Tell what the person did with it", "engagement_request", 204, "", ""},
  route{post,  "/v1/notifications/{id}/resolve",    manage, open,  body::document,  post_resolve,
        "End a held delivery by hand", "resolve_request", 200, "delivery", ""},

  route{get,   "/v1/users/{id}",                    read,   open,  body::none,  get_user,
        "A person's contacts and profile", "", 200, "user", ""},
  route{put,   "/v1/users/{id}",                    manage, open,  body::document,  put_user,
        "Store a person's contacts and profile", "user_request", 200, "user", ""},
  route{patch, "/v1/users/{id}",                    manage, open,  body::merge_patch, patch_user,
        "Change a profile by JSON merge patch", "user_patch", 200, "user", ""},
  route{del,   "/v1/users/{id}",                    manage, open,  body::none,  delete_user,
        "Erase the person everywhere; a tombstone stays", "", 204, "", ""},
  route{get,   "/v1/users/{id}/export",             read,   open,  body::none,  export_user,
        "Everything that is kept of the person", "", 200, "user_export", ""},
  route{get,   "/v1/users/{id}/preferences",        read,   open,  body::none,  get_preferences,
        "What the person chose", "", 200, "preferences", ""},
  route{put,   "/v1/users/{id}/preferences",        manage, open,  body::document,  put_preferences,
        "Store what the person chose; creates the person", "preferences_request", 200, "preferences", ""},
  route{patch, "/v1/users/{id}/preferences",        manage, open,  body::merge_patch, patch_preferences,
        "Change the choices by JSON merge patch", "preferences_patch", 200, "preferences", ""},

  route{get,   "/v1/users/{id}/inbox",              read,   open,  body::none,  list_inbox,
        "The in-app feed, newest first", "", 200, "inbox_list", "state limit cursor"},
  route{get,   "/v1/users/{id}/inbox/counts",       read,   open,  body::none,  get_inbox_counts,
        "How much of the feed is unseen and unread", "", 200, "inbox_counts", ""},
  route{post,  "/v1/users/{id}/inbox/read-all",     manage, open,  body::none,  post_inbox_read_all,
        "Mark the whole feed as read", "", 204, "", ""},
  route{post,  "/v1/users/{id}/inbox/{delivery_id}/{state}", manage, open, body::none, post_inbox_mark,
        "Mark an item as seen, read, archived or unread", "", 200, "inbox_item", ""},

  route{get,   "/v1/dead-letters",                  read,   open,  body::none,  list_dead_letters,
        "Deliveries that used up their attempts, newest first", "", 200, "dead_letter_list",
        "ids type channel provider code user_id since until limit cursor"},
  route{post,  "/v1/dead-letters/redrive",          manage, open,  body::document,  post_redrive,
        "Queue dead letters again, at a pace; with dry_run only count them (200)", "redrive_request", 202, "redrive_result", ""},
  route{get,   "/v1/jobs/{id}",                     read,   open,  body::none,  get_job,
        "How a redrive stands", "", 200, "job", ""},

  route{get,   "/v1/suppressions",                  read,   open,  body::none,  list_suppressions,
        "Addresses that must not be used", "", 200, "suppression_list", "channel limit cursor"},
  route{post,  "/v1/suppressions",                  manage, open,  body::document,  post_suppression,
        "Suppress an address; the same address again answers the first entry", "suppression_request", 201, "suppression", ""},
  route{del,   "/v1/suppressions/{id}",             manage, open,  body::none,  delete_suppression,
        "Allow an address again", "", 204, "", ""},

  route{get,   "/v1/providers",                     read,   open,  body::none,  list_providers,
        "Providers with breaker, calls and slots in each lane", "", 200, "provider_list", ""},
  route{put,   "/v1/providers/{name}/breaker",      admin, open, body::document, put_breaker,
        "Force a breaker open or closed, or give it back to itself", "breaker_request", 200, "breaker_order", ""},
  route{get,   "/v1/sandbox/messages",              read,   open,  body::none,  list_sandbox,
        "What the sandbox took, newest first", "", 200, "sandbox_list", "limit"},

  route{get,   "/v1/keys",                          admin, open, body::none, list_keys,
        "The tenant's keys, without the keys themselves", "", 200, "key_list", ""},
  route{post,  "/v1/keys",                          admin, open, body::document, post_key,
        "Make a key; it is shown this once", "key_request", 201, "new_key", ""},
  route{del,   "/v1/keys/{id}",                     admin, open, body::none, delete_key,
        "Revoke a key", "", 204, "", ""},
  route{get,   "/v1/settings/{feature}",            read,   open,  body::none,  get_setting,
        "Run-time settings of a feature", "", 200, "setting", ""},
  route{put,   "/v1/settings/{feature}",            manage, open,  body::document,  put_setting,
        "Put settings in force on every node", "setting_request", 200, "setting", ""},

  route{get,   "/u/{token}",                        anyone, open,  body::none,  get_unsubscribe,
        "A page on which a person can unsubscribe; changes nothing", "", 200, "page", ""},
  route{post,  "/u/{token}",                        anyone, open,  body::none,  post_unsubscribe,
        "Unsubscribe by one click (RFC 8058)", "", 200, "page", ""},

  route{get,   "/openapi.json",                     anyone, open,  body::none,  get_openapi,
        "This description", "", 200, "any_object", ""},
  route{get,   "/healthz",                          anyone, both,  body::none,  get_health,
        "The process lives", "", 200, "health", ""},
  route{get,   "/readyz",                           anyone, both,  body::none,  get_readiness,
        "It can take requests", "", 200, "readiness", ""},
  route{get,   "/metrics",                          anyone, listener::admin, body::none, get_metrics,
        "Metrics in Prometheus' text format", "", 200, "text", ""},
};
// clang-format on

} // namespace

std::span<const route> route_table() {
  return table;
}

} // namespace carillon::http
