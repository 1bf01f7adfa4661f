// The schemas of the API (JSON Schema 2020-12). Requests refuse unknown fields;
// answers may grow, so readers must not.
#include "runtime/http/openapi.hpp"

namespace carillon::http {
namespace {

constexpr const char* vocabulary = R"json({
"name": {"type": "string", "minLength": 1, "maxLength": 255},
"id": {"type": "string", "format": "uuid"},
"time": {"type": "string", "format": "date-time"},
"optional_time": {"type": ["string", "null"], "format": "date-time"},
"any_object": {"type": "object"},
"channel": {"enum": ["email", "sms", "push", "whatsapp", "chat", "webhook", "in_app"]},
"priority": {"enum": ["critical", "high", "medium", "low"]},
"lane": {"enum": ["critical", "bulk"]},
"scope": {"enum": ["send", "read", "manage", "admin"]},
"mode": {"enum": ["live", "test"]},
"engagement": {"enum": ["none", "seen", "read", "clicked", "archived"]},
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

constexpr const char* requests = R"json({
"contacts": {"type": "object", "additionalProperties": false, "properties": {
  "email": {"type": "string", "maxLength": 254}, "phone": {"type": "string", "pattern": "^\\+[1-9][0-9]{1,14}$"},
  "webhook": {"type": "string", "maxLength": 2048}, "telegram_chat": {"$ref": "#/components/schemas/name"},
  "slack_channel": {"$ref": "#/components/schemas/name"},
  "devices": {"type": "array", "maxItems": 16, "items": {"type": "object", "additionalProperties": false,
    "required": ["protocol", "token"], "properties": {
      "protocol": {"$ref": "#/components/schemas/name"}, "token": {"type": "string", "minLength": 1, "maxLength": 4096}}}}}},
"channel_content": {"type": "object", "additionalProperties": false, "properties": {
  "subject": {"type": "string"}, "title": {"type": "string"}, "body": {"type": "string"}, "text": {"type": "string"},
  "html": {"type": "string"}}},
"content": {"type": "object", "additionalProperties": false, "properties": {
  "title": {"type": "string"}, "body": {"type": "string"}, "data": {"type": "object"},
  "email": {"$ref": "#/components/schemas/channel_content"}, "sms": {"$ref": "#/components/schemas/channel_content"},
  "push": {"$ref": "#/components/schemas/channel_content"}, "whatsapp": {"$ref": "#/components/schemas/channel_content"},
  "chat": {"$ref": "#/components/schemas/channel_content"}, "webhook": {"$ref": "#/components/schemas/channel_content"},
  "in_app": {"$ref": "#/components/schemas/channel_content"}}},
"notification_request": {"type": "object", "additionalProperties": false, "required": ["user_id", "type"],
  "anyOf": [{"required": ["content"]}, {"required": ["template"]}], "properties": {
  "user_id": {"$ref": "#/components/schemas/name"}, "type": {"$ref": "#/components/schemas/name"},
  "category": {"$ref": "#/components/schemas/name"}, "priority": {"$ref": "#/components/schemas/priority"},
  "channels": {"type": "array", "minItems": 1, "maxItems": 7, "uniqueItems": true, "items": {"$ref": "#/components/schemas/channel"}},
  "content": {"$ref": "#/components/schemas/content"},
  "template": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
    "name": {"$ref": "#/components/schemas/name"}, "data": {"type": "object"}}},
  "locale": {"$ref": "#/components/schemas/name"}, "to": {"$ref": "#/components/schemas/contacts"},
  "send_at": {"$ref": "#/components/schemas/time"}, "expires_at": {"$ref": "#/components/schemas/time"},
  "idempotency_key": {"$ref": "#/components/schemas/name"}, "metadata": {"type": "object"}}},
"batch_request": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/components/schemas/notification_request"}},
"engagement_request": {"type": "object", "additionalProperties": false, "required": ["event"],
  "properties": {"event": {"enum": ["seen", "read", "clicked", "archived"]}}},
"resolve_request": {"type": "object", "additionalProperties": false, "required": ["delivery_id", "outcome"], "properties": {
  "delivery_id": {"$ref": "#/components/schemas/id"}, "outcome": {"enum": ["sent", "retry", "failed"]}}},
"user_request": {"type": "object", "additionalProperties": false, "properties": {
  "contacts": {"$ref": "#/components/schemas/contacts"}, "time_zone": {"$ref": "#/components/schemas/name"},
  "locale": {"$ref": "#/components/schemas/name"}, "attributes": {"type": "object"}}},
"user_patch": {"type": "object", "additionalProperties": false, "properties": {
  "contacts": {"type": ["object", "null"]}, "time_zone": {"type": ["string", "null"]},
  "locale": {"type": ["string", "null"]}, "attributes": {"type": ["object", "null"]}}},
"preference_rule": {"type": "object", "additionalProperties": false, "required": ["channel", "enabled"],
  "oneOf": [{"required": ["type"]}, {"required": ["category"]}], "properties": {
  "type": {"$ref": "#/components/schemas/name"}, "category": {"$ref": "#/components/schemas/name"},
  "channel": {"anyOf": [{"const": "*"}, {"$ref": "#/components/schemas/channel"}]}, "enabled": {"type": "boolean"}}},
"quiet_hours": {"type": ["object", "null"], "additionalProperties": false, "required": ["start", "end"], "properties": {
  "start": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
  "end": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
  "days": {"type": "array", "minItems": 1, "maxItems": 7, "items": {"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}},
  "time_zone": {"$ref": "#/components/schemas/name"}}},
"preferences_request": {"type": "object", "additionalProperties": false, "properties": {
  "preferences": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/preference_rule"}},
  "quiet_hours": {"$ref": "#/components/schemas/quiet_hours"}, "digest": {"type": "object"}}},
"preferences_patch": {"type": "object", "additionalProperties": false, "properties": {
  "preferences": {"type": ["array", "null"]}, "quiet_hours": {"type": ["object", "null"]}, "digest": {"type": ["object", "null"]}}},
"dead_letter_filter": {"type": "object", "additionalProperties": false, "properties": {
  "ids": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"$ref": "#/components/schemas/id"}},
  "type": {"$ref": "#/components/schemas/name"}, "channel": {"$ref": "#/components/schemas/channel"},
  "provider": {"$ref": "#/components/schemas/name"}, "code": {"$ref": "#/components/schemas/name"},
  "user_id": {"$ref": "#/components/schemas/name"},
  "since": {"$ref": "#/components/schemas/time"}, "until": {"$ref": "#/components/schemas/time"}}},
"redrive_request": {"type": "object", "additionalProperties": false, "required": ["filter"], "properties": {
  "filter": {"$ref": "#/components/schemas/dead_letter_filter"},
  "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 10000, "default": 100}, "dry_run": {"type": "boolean"}}},
"suppression_request": {"type": "object", "additionalProperties": false, "required": ["channel", "address"], "properties": {
  "channel": {"enum": ["email", "sms", "push", "whatsapp", "chat", "webhook"]},
  "address": {"type": "string", "minLength": 1, "maxLength": 4096},
  "cause": {"enum": ["hard_bounce", "complaint", "unsubscribe", "dead_token", "manual"], "default": "manual"},
  "note": {"type": "string", "maxLength": 1024}, "expires_at": {"$ref": "#/components/schemas/time"}}},
"breaker_request": {"type": "object", "additionalProperties": false, "required": ["state"], "properties": {
  "state": {"enum": ["open", "closed", "auto"]}, "reason": {"type": "string", "maxLength": 1024}}},
"key_request": {"type": "object", "additionalProperties": false, "required": ["name", "scopes"], "properties": {
  "name": {"$ref": "#/components/schemas/name"}, "mode": {"$ref": "#/components/schemas/mode"},
  "scopes": {"type": "array", "minItems": 1, "maxItems": 4, "items": {"$ref": "#/components/schemas/scope"}},
  "tenant": {"$ref": "#/components/schemas/name"}, "lane": {"$ref": "#/components/schemas/lane"},
  "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000000}, "expires_at": {"$ref": "#/components/schemas/time"}}},
"setting_request": {"type": "object", "additionalProperties": false, "required": ["config"], "properties": {
  "config": {"type": "object"}, "enabled": {"type": "boolean", "default": true}, "version": {"type": "integer", "minimum": 0}}}
})json";

constexpr const char* answers = R"json({
"accepted": {"type": "object", "required": ["id", "status", "lane"], "properties": {
  "id": {"$ref": "#/components/schemas/id"}, "status": {"const": "accepted"}, "lane": {"$ref": "#/components/schemas/lane"}}},
"batch_result": {"type": "object", "required": ["accepted", "rejected", "results"], "properties": {
  "accepted": {"type": "integer"}, "rejected": {"type": "integer"},
  "results": {"type": "array", "items": {"type": "object", "required": ["index"],
    "oneOf": [{"required": ["id"]}, {"required": ["error"]}], "properties": {
    "index": {"type": "integer"}, "id": {"$ref": "#/components/schemas/id"}, "lane": {"$ref": "#/components/schemas/lane"},
    "error": {"$ref": "#/components/schemas/problem"}}}}}},
"rendered": {"type": "object", "required": ["title", "body"], "properties": {
  "title": {"type": "string"}, "body": {"type": "string"}, "html": {"type": "string"}, "data": {"type": ["object", "null"]}}},
"explanation": {"type": "object", "required": ["deliveries"], "properties": {"deliveries": {"type": "array", "items": {
  "type": "object", "required": ["channel", "address", "status", "decision", "providers", "content", "earliest_at", "limits"],
  "properties": {"channel": {"$ref": "#/components/schemas/channel"}, "address": {"type": "string"},
    "status": {"$ref": "#/components/schemas/delivery_status"}, "decision": {"$ref": "#/components/schemas/decision"},
    "providers": {"type": "array", "items": {"type": "string"}}, "content": {"$ref": "#/components/schemas/rendered"},
    "earliest_at": {"$ref": "#/components/schemas/time"}, "limits": {"type": "array", "items": {"type": "object",
      "required": ["name", "remaining", "resets_at"], "properties": {"name": {"type": "string"},
      "remaining": {"type": "number"}, "resets_at": {"$ref": "#/components/schemas/time"}}}}}}}}},
"attempt": {"type": "object", "required": ["number", "provider", "started_at", "finished_at", "outcome", "code", "detail",
  "provider_message_id"], "properties": {
  "number": {"type": "integer", "minimum": 1}, "provider": {"type": "string"},
  "started_at": {"$ref": "#/components/schemas/time"}, "finished_at": {"$ref": "#/components/schemas/optional_time"},
  "outcome": {"$ref": "#/components/schemas/outcome"}, "code": {"type": "string"}, "detail": {"type": "string"},
  "provider_message_id": {"type": "string"}}},
"delivery": {"type": "object", "required": ["id", "channel", "address", "status", "engagement", "decision", "provider",
  "next_attempt_at", "attempts", "history"], "properties": {
  "id": {"$ref": "#/components/schemas/id"}, "channel": {"$ref": "#/components/schemas/channel"},
  "address": {"type": "string"}, "status": {"$ref": "#/components/schemas/delivery_status"},
  "engagement": {"$ref": "#/components/schemas/engagement"}, "decision": {"$ref": "#/components/schemas/decision"},
  "provider": {"type": ["string", "null"]}, "next_attempt_at": {"$ref": "#/components/schemas/optional_time"},
  "attempts": {"type": "array", "items": {"$ref": "#/components/schemas/attempt"}},
  "history": {"type": "array", "items": {"type": "object", "required": ["status", "at"], "properties": {
    "status": {"$ref": "#/components/schemas/delivery_status"}, "at": {"$ref": "#/components/schemas/time"},
    "rule": {"type": "string"}, "reason": {"type": "string"}}}}}},
"notification": {"anyOf": [{"$ref": "#/components/schemas/kept_notification"}, {"$ref": "#/components/schemas/erased_notification"}]},
"kept_notification": {"type": "object", "required": ["id", "user_id", "type", "category", "priority", "lane", "status", "created_at",
  "send_at", "expires_at", "metadata", "deliveries"], "properties": {
  "id": {"$ref": "#/components/schemas/id"}, "user_id": {"type": "string"}, "type": {"type": "string"},
  "category": {"type": "string"}, "priority": {"$ref": "#/components/schemas/priority"},
  "lane": {"$ref": "#/components/schemas/lane"}, "status": {"$ref": "#/components/schemas/notification_status"},
  "created_at": {"$ref": "#/components/schemas/time"}, "send_at": {"$ref": "#/components/schemas/optional_time"},
  "expires_at": {"$ref": "#/components/schemas/optional_time"}, "metadata": {"type": ["object", "null"]},
  "deliveries": {"type": "array", "items": {"$ref": "#/components/schemas/delivery"}}}},
"erased_notification": {"type": "object", "additionalProperties": false, "required": ["id", "status", "erased"], "properties": {
  "id": {"$ref": "#/components/schemas/id"}, "status": {"$ref": "#/components/schemas/notification_status"},
  "erased": {"const": true}}},
"notification_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/notification"}},
  "next_cursor": {"$ref": "#/components/schemas/next_cursor"}}},
"cancelled": {"type": "object", "required": ["id", "deliveries"], "properties": {
  "id": {"$ref": "#/components/schemas/id"}, "deliveries": {"type": "array", "items": {"type": "object",
    "required": ["id", "status"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "status": {"$ref": "#/components/schemas/delivery_status"}}}}}},
"user": {"type": "object", "required": ["id", "contacts", "attributes", "created_at", "updated_at"], "properties": {
  "id": {"$ref": "#/components/schemas/name"}, "contacts": {"$ref": "#/components/schemas/contacts"},
  "time_zone": {"type": "string"}, "locale": {"type": "string"}, "attributes": {"type": ["object", "null"]},
  "created_at": {"$ref": "#/components/schemas/time"}, "updated_at": {"$ref": "#/components/schemas/time"}}},
"preferences": {"type": "object", "required": ["preferences", "quiet_hours", "digest"], "properties": {
  "preferences": {"type": "array", "items": {"$ref": "#/components/schemas/preference_rule"}},
  "quiet_hours": {"$ref": "#/components/schemas/quiet_hours"}, "digest": {"type": ["object", "null"]}}},
"user_export": {"type": "object", "required": ["user", "preferences", "inbox", "notifications", "complete"], "properties": {
  "user": {"$ref": "#/components/schemas/user"},
  "preferences": {"type": "array", "items": {"$ref": "#/components/schemas/preference_rule"}},
  "quiet_hours": {"$ref": "#/components/schemas/quiet_hours"},
  "inbox": {"type": "array", "items": {"$ref": "#/components/schemas/inbox_item"}},
  "notifications": {"type": "array", "items": {"$ref": "#/components/schemas/notification"}},
  "complete": {"type": "boolean"}}},
"inbox_item": {"type": "object", "required": ["delivery_id", "notification_id", "type", "title", "body", "data", "state",
  "created_at"], "properties": {
  "delivery_id": {"$ref": "#/components/schemas/id"}, "notification_id": {"$ref": "#/components/schemas/id"},
  "type": {"type": "string"}, "title": {"type": "string"}, "body": {"type": "string"}, "data": {"type": ["object", "null"]},
  "state": {"enum": ["unseen", "seen", "read", "archived"]}, "created_at": {"$ref": "#/components/schemas/time"}}},
"inbox_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/inbox_item"}},
  "next_cursor": {"$ref": "#/components/schemas/next_cursor"}}},
"inbox_counts": {"type": "object", "required": ["unseen", "unread", "total"], "properties": {
  "unseen": {"type": "integer"}, "unread": {"type": "integer"}, "total": {"type": "integer"}}}
})json";

constexpr const char* operation = R"json({
"dead_letter": {"type": "object", "required": ["id", "notification_id", "user_id", "type", "channel", "provider", "code",
  "reason", "attempts", "dead_at"], "properties": {
  "id": {"$ref": "#/components/schemas/id"}, "notification_id": {"$ref": "#/components/schemas/id"},
  "user_id": {"type": "string"}, "type": {"type": "string"}, "channel": {"$ref": "#/components/schemas/channel"},
  "provider": {"type": "string"}, "code": {"type": "string"}, "reason": {"type": "string"},
  "attempts": {"type": "integer"}, "dead_at": {"$ref": "#/components/schemas/time"}}},
"dead_letter_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/dead_letter"}},
  "next_cursor": {"$ref": "#/components/schemas/next_cursor"}}},
"redrive_dry_run": {"type": "object", "required": ["matched", "sample"], "properties": {
  "matched": {"type": "integer"}, "sample": {"type": "array", "items": {"$ref": "#/components/schemas/dead_letter"}}}},
"redrive_result": {"type": "object", "required": ["job_id", "matched"], "properties": {
  "job_id": {"$ref": "#/components/schemas/id"}, "matched": {"type": "integer"}}},
"job": {"type": "object", "required": ["id", "status", "matched", "processed", "redriven", "started_at", "finished_at"],
  "properties": {"id": {"$ref": "#/components/schemas/id"}, "status": {"enum": ["running", "done", "failed"]},
  "matched": {"type": "integer"}, "processed": {"type": "integer"}, "redriven": {"type": "integer"},
  "started_at": {"$ref": "#/components/schemas/time"}, "finished_at": {"$ref": "#/components/schemas/optional_time"},
  "detail": {"type": "string"}}},
"suppression": {"type": "object", "required": ["id", "channel", "address", "cause", "note", "expires_at", "created_at"],
  "properties": {"id": {"$ref": "#/components/schemas/id"}, "channel": {"$ref": "#/components/schemas/channel"},
  "address": {"type": "string"}, "cause": {"enum": ["hard_bounce", "complaint", "unsubscribe", "dead_token", "manual"]},
  "note": {"type": "string"}, "expires_at": {"$ref": "#/components/schemas/optional_time"},
  "created_at": {"$ref": "#/components/schemas/time"}}},
"suppression_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/suppression"}},
  "next_cursor": {"$ref": "#/components/schemas/next_cursor"}}},
"provider_lane": {"type": "object", "required": ["breaker", "forced", "failure_rate", "in_flight", "slots"], "properties": {
  "breaker": {"enum": ["closed", "open", "half_open"]}, "forced": {"enum": ["auto", "open", "closed"]},
  "failure_rate": {"type": "number"}, "in_flight": {"type": "integer"}, "slots": {"type": "integer"}}},
"provider": {"type": "object", "required": ["name", "protocol", "channel", "lanes"], "properties": {
  "name": {"type": "string"}, "protocol": {"type": "string"},
  "channel": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/channel"}]},
  "lanes": {"type": "object", "required": ["critical", "bulk"], "properties": {
    "critical": {"$ref": "#/components/schemas/provider_lane"}, "bulk": {"$ref": "#/components/schemas/provider_lane"}}}}},
"provider_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/provider"}},
  "next_cursor": {"$ref": "#/components/schemas/next_cursor"}}},
"breaker_order": {"type": "object", "required": ["name", "state", "reason"], "properties": {
  "name": {"type": "string"}, "state": {"enum": ["open", "closed", "auto"]}, "reason": {"type": "string"}}},
"sandbox_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"type": "object",
    "required": ["delivery_id", "notification_id", "channel", "to", "content", "at"], "properties": {
    "delivery_id": {"$ref": "#/components/schemas/id"}, "notification_id": {"$ref": "#/components/schemas/id"},
    "channel": {"$ref": "#/components/schemas/channel"}, "to": {"type": "string"},
    "content": {"$ref": "#/components/schemas/rendered"}, "at": {"$ref": "#/components/schemas/time"}}}},
  "next_cursor": {"$ref": "#/components/schemas/next_cursor"}}},
"key": {"type": "object", "required": ["id", "name", "tenant", "mode", "scopes", "lane", "rate", "expires_at", "created_at",
  "revoked"], "properties": {
  "id": {"$ref": "#/components/schemas/id"}, "name": {"type": "string"}, "tenant": {"type": "string"},
  "mode": {"$ref": "#/components/schemas/mode"}, "scopes": {"type": "array", "items": {"$ref": "#/components/schemas/scope"}},
  "lane": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/lane"}]}, "rate": {"type": ["number", "null"]},
  "expires_at": {"$ref": "#/components/schemas/optional_time"}, "created_at": {"$ref": "#/components/schemas/time"},
  "revoked": {"type": "boolean"}}},
"new_key": {"allOf": [{"$ref": "#/components/schemas/key"}, {"type": "object", "required": ["key"],
  "properties": {"key": {"type": "string", "pattern": "^ck_(live|test)_[0-9A-Za-z]{43}$"}}}]},
"key_list": {"type": "object", "required": ["data", "next_cursor"], "properties": {
  "data": {"type": "array", "items": {"$ref": "#/components/schemas/key"}},
  "next_cursor": {"$ref": "#/components/schemas/next_cursor"}}},
"setting": {"type": "object", "required": ["config", "enabled", "version"], "properties": {
  "config": {"type": ["object", "null"]}, "enabled": {"type": "boolean"}, "version": {"type": "integer", "minimum": 0}}},
"health": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}},
"readiness": {"type": "object", "required": ["ready", "draining", "problems"], "properties": {
  "ready": {"type": "boolean"}, "draining": {"type": "boolean"}, "problems": {"type": "array", "items": {"type": "object",
    "required": ["part", "detail"], "properties": {"part": {"type": "string"}, "detail": {"type": "string"}}}}}}
})json";

} // namespace

ordered_json openapi_schemas() {
  ordered_json out;
  for (auto* part : {vocabulary, requests, answers, operation})
    out.update(ordered_json::parse(part));
  return out;
}

} // namespace carillon::http
