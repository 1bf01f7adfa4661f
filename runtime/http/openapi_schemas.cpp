// The schemas of the API (JSON Schema 2020-12): words, and what is answered. Answers
// may grow, so readers must not refuse what they do not know.
#include "runtime/http/openapi.hpp"

namespace carillon::http {
namespace {

constexpr const char* vocabulary = R"json({
"id": {"type": "string", "format": "uuid", "pattern": "@id_pattern", "examples": ["0197b7a0-0000-7000-8000-000000000000"]},
"time": {"type": "string", "format": "date-time", "pattern": "@time_pattern", "examples": ["2030-01-31T12:00:00Z"]},
"optional_time": {"type": ["string", "null"], "format": "date-time"},
"any_object": {"type": "object"},
"channel": {"enum": "@channels"},
"priority": {"enum": "@priorities"},
"lane": {"enum": "@lanes"},
"scope": {"enum": "@scopes"},
"mode": {"enum": "@modes"},
"engagement": {"enum": "@engagements"},
"outcome": {"enum": ["accepted", "retry", "throttled", "bad_address", "bad_message", "bad_credentials", "ambiguous", null]},
"notification_status": {"enum": ["accepted", "scheduled", "processing", "retrying", "held", "sent", "delivered", "read",
  "failed", "suppressed", "expired", "cancelled"]},
"delivery_status": {"enum": ["scheduled", "queued", "retrying", "sending", "held", "sent", "delivered", "suppressed",
  "expired", "cancelled", "failed", "bounced", "dead_lettered"]},
"decision": {"type": "object", "required": ["rule", "reason"],
  "properties": {"rule": {"type": "string"}, "reason": {"type": "string"}}},
"problem": {"type": "object", "required": ["type", "title", "status", "code", "detail"], "properties": {
  "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer", "minimum": 400, "maximum": 599},
  "code": {"type": "string", "pattern": "^[a-z_]+$"}, "detail": {"type": "string"}, "request_id": {"type": "string"},
  "errors": {"type": "array", "items": {"type": "object", "required": ["pointer", "code", "detail"], "properties": {
    "pointer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}}}}}},
"next_cursor": {"type": ["string", "null"]}
})json";

constexpr const char* answers = R"json({
"accepted": {"type": "object", "required": ["id", "status", "lane"], "properties": {
  "id": "#id", "status": {"const": "accepted"}, "lane": "#lane"}},
"batch_result": {"type": "object", "required": ["accepted", "rejected", "results"], "properties": {
  "accepted": {"type": "integer"}, "rejected": {"type": "integer"},
  "results": {"type": "array", "items": {"type": "object", "required": ["index"],
    "oneOf": [{"required": ["id"]}, {"required": ["error"]}], "properties": {
    "index": {"type": "integer"}, "id": "#id", "lane": "#lane",
    "error": "#problem"}}}}},
"rendered": {"type": "object", "required": ["title", "body"], "properties": {
  "title": {"type": "string"}, "body": {"type": "string"}, "html": {"type": "string"}, "data": {"type": ["object", "null"]}}},
"explanation": {"type": "object", "required": ["deliveries"], "properties": {"deliveries": {"type": "array", "items": {
  "type": "object", "required": ["channel", "address", "status", "decision", "providers", "content", "earliest_at", "limits"],
  "properties": {"channel": "#channel", "address": {"type": "string"},
    "status": "#delivery_status", "decision": "#decision",
    "providers": {"type": "array", "items": {"type": "string"}}, "content": "#rendered",
    "earliest_at": "#time", "waiting_for": "#waiting_for", "limits": {"type": "array", "items": {"type": "object",
      "required": ["name", "remaining", "resets_at"], "properties": {"name": {"type": "string"},
      "remaining": {"type": "number"}, "resets_at": "#time"}}}}}}}},
"waiting_for": {"type": "object", "required": ["provider", "rule", "reason", "until"],
  "description": "What holds it back now, where that is known: the provider, why, and until when where somebody can say.",
  "properties": {"provider": {"type": "string"}, "rule": {"type": "string"}, "reason": {"type": "string"},
  "until": "#optional_time"}},
"attempt": {"type": "object", "required": ["number", "provider", "started_at", "finished_at", "outcome", "code", "detail",
  "provider_message_id"], "properties": {
  "number": {"type": "integer", "minimum": 1}, "provider": {"type": "string"},
  "started_at": "#time", "finished_at": "#optional_time",
  "outcome": "#outcome", "code": {"type": "string"}, "detail": {"type": "string"},
  "provider_message_id": {"type": "string"}}},
"delivery": {"type": "object", "required": ["id", "channel", "address", "status", "engagement", "decision", "provider",
  "next_attempt_at", "attempts", "history"], "properties": {
  "waiting_for": "#waiting_for",
  "id": "#id", "channel": "#channel",
  "address": {"type": "string"}, "status": "#delivery_status",
  "engagement": "#engagement", "decision": "#decision",
  "provider": {"type": ["string", "null"]}, "next_attempt_at": "#optional_time",
  "attempts": {"type": "array", "items": "#attempt"},
  "history": {"type": "array", "items": {"type": "object", "required": ["status", "at"], "properties": {
    "status": "#delivery_status", "at": "#time",
    "rule": {"type": "string"}, "reason": {"type": "string"}}}}}},
"notification": {"anyOf": ["#kept_notification", "#erased_notification"]},
"kept_notification": {"type": "object", "required": ["id", "user_id", "type", "category", "priority", "lane", "status", "created_at",
  "send_at", "expires_at", "request_id", "metadata", "deliveries"], "properties": {
  "id": "#id", "user_id": {"type": "string"}, "type": {"type": "string"},
  "category": {"type": "string"}, "priority": "#priority",
  "lane": "#lane", "status": "#notification_status",
  "created_at": "#time", "send_at": "#optional_time",
  "expires_at": "#optional_time", "request_id": {"type": ["string", "null"]}, "metadata": {"type": ["object", "null"]},
  "deliveries": {"type": "array", "items": "#delivery"}}},
"erased_notification": {"type": "object", "additionalProperties": false, "required": ["id", "status", "erased"], "properties": {
  "id": "#id", "status": "#notification_status",
  "erased": {"const": true}}},
"notification_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": "#notification"},
  "next_cursor": "#next_cursor"}},
"cancelled": {"type": "object", "required": ["id", "deliveries"], "properties": {
  "id": "#id", "deliveries": {"type": "array", "items": {"type": "object",
    "required": ["id", "status"], "properties": {"id": "#id",
    "status": "#delivery_status"}}}}},
"user": {"type": "object", "required": ["id", "contacts", "attributes", "created_at", "updated_at"], "properties": {
  "id": "#name", "contacts": "#contacts",
  "time_zone": {"type": "string"}, "locale": {"type": "string"}, "attributes": {"type": ["object", "null"]},
  "created_at": "#time", "updated_at": "#time"}},
"preferences": {"type": "object", "required": ["preferences", "quiet_hours", "digest"], "properties": {
  "preferences": {"type": "array", "items": "#preference_rule"},
  "quiet_hours": "#quiet_hours", "digest": {"type": ["object", "null"]}}},
"user_export": {"type": "object", "required": ["user", "preferences", "inbox", "notifications", "suppressions", "complete"],
  "properties": {
  "user": {"anyOf": [{"type": "null", "description": "Known from requests alone"}, "#user"]},
  "preferences": {"type": "array", "items": "#preference_rule"},
  "quiet_hours": "#quiet_hours",
  "inbox": {"type": "array", "items": "#inbox_item"},
  "notifications": {"type": "array", "items": "#notification"},
  "suppressions": {"type": "array", "items": "#suppression"},
  "complete": {"type": "boolean"}}},
"inbox_item": {"type": "object", "required": ["delivery_id", "notification_id", "type", "title", "body", "data", "state",
  "created_at"], "properties": {
  "delivery_id": "#id", "notification_id": "#id",
  "type": {"type": "string"}, "title": {"type": "string"}, "body": {"type": "string"}, "data": {"type": ["object", "null"]},
  "state": {"enum": ["unseen", "seen", "read", "archived"]}, "created_at": "#time"}},
"inbox_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": "#inbox_item"},
  "next_cursor": "#next_cursor"}},
"inbox_counts": {"type": "object", "required": ["unseen", "unread", "total"], "properties": {
  "unseen": {"type": "integer"}, "unread": {"type": "integer"}, "total": {"type": "integer"}}}
})json";

constexpr const char* operator_answers = R"json({
"dead_letter": {"type": "object", "required": ["id", "notification_id", "request_id", "user_id", "type", "channel", "provider", "code",
  "reason", "attempts", "dead_at"], "properties": {
  "id": "#id", "notification_id": "#id", "request_id": {"type": ["string", "null"]},
  "user_id": {"type": "string"}, "type": {"type": "string"}, "channel": "#channel",
  "provider": {"type": "string"}, "code": {"type": "string"}, "reason": {"type": "string"},
  "attempts": {"type": "integer"}, "dead_at": "#time"}},
"dead_letter_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": "#dead_letter"},
  "next_cursor": "#next_cursor"}},
"redrive_dry_run": {"type": "object", "required": ["matched", "sample"], "properties": {
  "matched": {"type": "integer"}, "sample": {"type": "array", "items": "#dead_letter"}}},
"redrive_result": {"type": "object", "required": ["job_id", "matched"], "properties": {
  "job_id": "#id", "matched": {"type": "integer"}}},
"job": {"type": "object", "required": ["id", "status", "matched", "processed", "redriven", "started_at", "finished_at"],
  "properties": {"id": "#id", "status": {"enum": ["running", "done", "failed"]},
  "matched": {"type": "integer"}, "processed": {"type": "integer"}, "redriven": {"type": "integer"},
  "started_at": "#time", "finished_at": "#optional_time",
  "detail": {"type": "string"}}},
"suppression": {"type": "object", "required": ["id", "channel", "address", "cause", "note", "expires_at", "created_at"],
  "properties": {"id": "#id", "channel": "#channel",
  "address": {"type": "string"}, "cause": {"enum": "@causes"},
  "note": {"type": "string"}, "expires_at": "#optional_time",
  "created_at": "#time"}},
"suppression_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": "#suppression"},
  "next_cursor": "#next_cursor"}},
"provider_lane": {"type": "object", "required": ["breaker", "forced", "failure_rate", "in_flight", "slots", "reopens_at",
  "paused_until"], "properties": {
  "reopens_at": "#optional_time", "paused_until": "#optional_time",
  "breaker": {"enum": "@breaker_states"}, "forced": {"enum": "@breaker_orders"},
  "failure_rate": {"type": "number"}, "in_flight": {"type": "integer"}, "slots": {"type": "integer"}}},
"provider": {"type": "object", "required": ["name", "protocol", "channel", "lanes"], "properties": {
  "name": {"type": "string"}, "protocol": {"type": "string"},
  "channel": {"anyOf": [{"type": "null"}, "#channel"]},
  "lanes": {"type": "object", "required": ["critical", "bulk"], "properties": {
    "critical": "#provider_lane", "bulk": "#provider_lane"}}}},
"provider_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": "#provider"},
  "next_cursor": "#next_cursor"}},
"breaker_order": {"type": "object", "required": ["name", "state", "reason"], "properties": {
  "name": {"type": "string"}, "state": {"enum": "@breaker_orders"}, "reason": {"type": "string"}}},
"sandbox_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"type": "object",
    "required": ["delivery_id", "notification_id", "channel", "to", "content", "at"], "properties": {
    "delivery_id": "#id", "notification_id": "#id",
    "channel": "#channel", "to": {"type": "string"},
    "content": "#rendered", "at": "#time"}}},
  "next_cursor": "#next_cursor"}},
"key": {"type": "object", "required": ["id", "name", "tenant", "mode", "scopes", "lane", "rate", "expires_at", "created_at",
  "revoked"], "properties": {
  "id": "#id", "name": {"type": "string"}, "tenant": {"type": "string"},
  "mode": "#mode", "scopes": {"type": "array", "items": "#scope"},
  "lane": {"anyOf": [{"type": "null"}, "#lane"]}, "rate": {"type": ["number", "null"]},
  "expires_at": "#optional_time", "created_at": "#time",
  "revoked": {"type": "boolean"}}},
"new_key": {"allOf": ["#key", {"type": "object", "required": ["key"],
  "properties": {"key": {"type": "string", "pattern": "^ck_(live|test)_[0-9A-Za-z]{43}$"}}}]},
"key_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": "#key"},
  "next_cursor": "#next_cursor"}},
"setting": {"type": "object", "required": ["config", "enabled", "version"], "properties": {
  "config": {"type": ["object", "null"]}, "enabled": {"type": "boolean"}, "version": {"type": "integer", "minimum": 0}}},
"health": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}},
"readiness": {"type": "object", "required": ["ready", "draining", "problems"], "properties": {
  "ready": {"type": "boolean"}, "draining": {"type": "boolean"}, "problems": {"type": "array", "items": {"type": "object",
    "required": ["part", "detail"], "properties": {"part": {"type": "string"}, "detail": {"type": "string"}}}}}}
})json";

} // namespace

ordered_json openapi_schemas() {
  auto out = request_schemas();
  for (auto* part : {vocabulary, answers, operator_answers})
    out.update(schema_of(part));
  return out;
}

} // namespace carillon::http
