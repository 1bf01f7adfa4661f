// Schemas of what the API takes. They are as strict as the server: what fits them
// is refused for what it says (a time in the past, an unknown category), never for
// its shape. Lengths count characters here and bytes of UTF-8 in the server.
#include "runtime/http/openapi.hpp"

namespace carillon::http {
namespace {

constexpr const char* parts = R"json({
"text": {"type": "string", "pattern": "^[^\\u0000]*$"},
"some_text": {"type": "string", "minLength": 1, "pattern": "^[^\\u0000]+$"},
"name": {"type": "string", "minLength": 1, "maxLength": "@name_bytes", "pattern": "^[^\\u0000]+$",
  "description": "Opaque; its length counts in bytes of UTF-8"},
"idempotency_key": {"type": "string", "minLength": 1, "maxLength": "@key_bytes", "pattern": "^[^\\u0000-\\u001f\\u007f]+$"},
"note": {"type": "string", "maxLength": "@note_bytes", "pattern": "^[^\\u0000]*$"},
"email_address": {"type": "string", "maxLength": "@email_bytes", "pattern": "@email_pattern", "examples": ["someone@example.org"]},
"phone_number": {"type": "string", "pattern": "@phone_pattern", "examples": ["+4915112345678"]},
"web_address": {"type": "string", "maxLength": "@url_bytes", "pattern": "@url_pattern", "examples": ["https://example.org/hook"]},
"token": {"type": "string", "minLength": 1, "maxLength": "@address_bytes", "pattern": "^[^\\u0000]+$"},
"devices": {"type": "array", "maxItems": "@devices", "items": {"type": "object", "additionalProperties": false,
  "required": ["protocol", "token"], "properties": {"protocol": "#name", "token": "#token"}}},
"contacts": {"type": "object", "additionalProperties": false, "properties": {
  "email": "#email_address", "phone": "#phone_number", "webhook": "#web_address", "telegram_chat": "#name",
  "slack_channel": "#name", "devices": "#devices"}},
"clock": {"type": "string", "pattern": "@clock_pattern", "examples": ["22:00"]},
"days": {"type": "array", "minItems": 1, "maxItems": 7, "items": {"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}},
"quiet_hours": {"type": ["object", "null"], "additionalProperties": false, "required": ["start", "end"], "properties": {
  "start": "#clock", "end": "#clock", "days": "#days", "time_zone": "#name"}},
"preference_rule": {"type": "object", "additionalProperties": false, "required": ["channel", "enabled"],
  "oneOf": [{"required": ["type"]}, {"required": ["category"]}], "properties": {
  "type": "#name", "category": "#name", "channel": {"anyOf": [{"const": "*"}, "#channel"]}, "enabled": {"type": "boolean"}}},
"preference_rules": {"type": "array", "maxItems": "@preference_rules", "items": "#preference_rule"}
})json";

constexpr const char* notifications = R"json({
"channel_content": {"type": "object", "additionalProperties": false, "properties": {
  "subject": "#text", "title": "#text", "body": "#text", "text": "#text", "html": "#text"}},
"some_channel_content": {"anyOf": [
  {"required": ["title"], "properties": {"title": "#some_text"}}, {"required": ["body"], "properties": {"body": "#some_text"}},
  {"required": ["subject"], "properties": {"subject": "#some_text"}}, {"required": ["text"], "properties": {"text": "#some_text"}},
  {"required": ["html"], "properties": {"html": "#some_text"}}]},
"content": {"type": "object", "additionalProperties": false, "properties": {
    "title": "#text", "body": "#text", "data": {"type": "object"}, "email": "#channel_content", "sms": "#channel_content",
    "push": "#channel_content", "whatsapp": "#channel_content", "chat": "#channel_content", "webhook": "#channel_content",
    "in_app": "#channel_content"},
  "anyOf": [
    {"required": ["title"], "properties": {"title": "#some_text"}}, {"required": ["body"], "properties": {"body": "#some_text"}},
    {"required": ["email"], "properties": {"email": "#some_channel_content"}},
    {"required": ["sms"], "properties": {"sms": "#some_channel_content"}},
    {"required": ["push"], "properties": {"push": "#some_channel_content"}},
    {"required": ["whatsapp"], "properties": {"whatsapp": "#some_channel_content"}},
    {"required": ["chat"], "properties": {"chat": "#some_channel_content"}},
    {"required": ["webhook"], "properties": {"webhook": "#some_channel_content"}},
    {"required": ["in_app"], "properties": {"in_app": "#some_channel_content"}}]},
"notification_request": {"type": "object", "additionalProperties": false, "required": ["user_id", "type"], "properties": {
    "user_id": "#name", "type": "#name", "category": "#name", "priority": "#priority",
    "channels": {"type": "array", "minItems": 1, "maxItems": "@channel_count", "uniqueItems": true, "items": "#channel"},
    "content": "#content",
    "template": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
      "name": "#name", "data": {"type": "object"}}},
    "locale": "#name", "to": "#contacts", "send_at": "#time", "expires_at": "#time",
    "idempotency_key": "#idempotency_key", "metadata": {"type": "object"}},
  "anyOf": [{"required": ["content"]}, {"required": ["template"]}]},
"batch_request": {"type": "array", "minItems": 1, "maxItems": "@batch_items", "items": "#notification_request",
  "description": "@batch_rules"},
"engagement_request": {"type": "object", "additionalProperties": false, "required": ["event"],
  "properties": {"event": {"enum": "@events"}}},
"resolve_request": {"type": "object", "additionalProperties": false, "required": ["delivery_id", "outcome"], "properties": {
  "delivery_id": "#id", "outcome": {"enum": ["sent", "retry", "failed"]}}}
})json";

// In a merge patch null takes a member away; the members themselves are as in a PUT.
constexpr const char* people = R"json({
"user_request": {"type": "object", "additionalProperties": false, "properties": {
  "contacts": "#contacts", "time_zone": "#name", "locale": "#name", "attributes": {"type": "object"}}},
"contacts_patch": {"type": ["object", "null"], "additionalProperties": false, "properties": {
  "email": {"anyOf": [{"type": "null"}, "#email_address"]}, "phone": {"anyOf": [{"type": "null"}, "#phone_number"]},
  "webhook": {"anyOf": [{"type": "null"}, "#web_address"]}, "telegram_chat": {"anyOf": [{"type": "null"}, "#name"]},
  "slack_channel": {"anyOf": [{"type": "null"}, "#name"]}, "devices": {"anyOf": [{"type": "null"}, "#devices"]}}},
"user_patch": {"type": "object", "additionalProperties": false, "properties": {
  "contacts": "#contacts_patch", "time_zone": {"anyOf": [{"type": "null"}, "#name"]},
  "locale": {"anyOf": [{"type": "null"}, "#name"]}, "attributes": {"type": ["object", "null"]}}},
"preferences_request": {"type": "object", "additionalProperties": false, "properties": {
  "preferences": "#preference_rules", "quiet_hours": "#quiet_hours", "digest": {"type": "object"}}},
"quiet_hours_patch": {"type": ["object", "null"], "additionalProperties": false, "properties": {
  "start": "#clock", "end": "#clock", "days": {"anyOf": [{"type": "null"}, "#days"]},
  "time_zone": {"anyOf": [{"type": "null"}, "#name"]}},
  "description": "start and end may be left out where the person has quiet hours"},
"preferences_patch": {"type": "object", "additionalProperties": false, "properties": {
  "preferences": {"anyOf": [{"type": "null"}, "#preference_rules"]}, "quiet_hours": "#quiet_hours_patch",
  "digest": {"type": ["object", "null"]}}}
})json";

constexpr const char* operator_requests = R"json({
"dead_letter_filter": {"type": "object", "additionalProperties": false, "properties": {
  "ids": {"type": "array", "minItems": 1, "maxItems": "@filter_ids", "items": "#id"},
  "type": "#name", "channel": "#channel", "provider": "#name", "code": "#name", "user_id": "#name",
  "since": "#time", "until": "#time"}},
"redrive_request": {"type": "object", "additionalProperties": false, "required": ["filter"], "properties": {
  "filter": "#dead_letter_filter",
  "rate": {"type": "number", "minimum": "@slowest_redrive", "maximum": "@redrive_rate", "default": 100}, "dry_run": {"type": "boolean"}}},
"suppression_request": {"type": "object", "additionalProperties": false, "required": ["channel", "address"], "properties": {
    "channel": {"enum": "@addressed_channels"}, "address": "#token", "cause": {"enum": "@causes", "default": "manual"},
    "note": "#note", "expires_at": "#time"},
  "allOf": [
    {"if": {"properties": {"channel": {"const": "email"}}}, "then": {"properties": {"address": "#email_address"}}},
    {"if": {"properties": {"channel": {"enum": ["sms", "whatsapp"]}}}, "then": {"properties": {"address": "#phone_number"}}},
    {"if": {"properties": {"channel": {"const": "webhook"}}}, "then": {"properties": {"address": "#web_address"}}}]},
"breaker_request": {"type": "object", "additionalProperties": false, "required": ["state"], "properties": {
  "state": {"enum": "@breaker_orders"}, "reason": "#note"}},
"key_request": {"type": "object", "additionalProperties": false, "required": ["name", "scopes"], "properties": {
  "name": "#name", "mode": "#mode", "scopes": {"type": "array", "minItems": 1, "maxItems": 4, "items": "#scope"},
  "tenant": "#name", "lane": "#lane", "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": "@key_rate"},
  "expires_at": "#time"}},
"channel_word": {"type": "string", "pattern": "^([Ee][Mm][Aa][Ii][Ll]|[Ss][Mm][Ss]|[Pp][Uu][Ss][Hh]|[Ww][Hh][Aa][Tt][Ss][Aa][Pp][Pp]|[Cc][Hh][Aa][Tt]|[Ww][Ee][Bb][Hh][Oo][Oo][Kk]|[Ii][Nn]_[Aa][Pp][Pp])$"},
"switch": {"type": "object", "additionalProperties": false, "required": ["enabled"], "properties": {"enabled": {"type": "boolean"}}},
"retry_settings": {"type": "object", "additionalProperties": false, "properties": {
  "max_attempts": {"type": "integer", "minimum": 1, "maximum": "@attempts"},
  "initial_backoff_seconds": {"type": "number", "minimum": 0, "maximum": "@backoff_seconds"},
  "max_backoff_seconds": {"type": "number", "minimum": 0, "maximum": "@backoff_seconds"},
  "backoff_strategy": {"enum": ["exponential", "fixed", "tiers"]}, "retry_enabled": {"type": "boolean"}}},
"notification_settings": {"type": "object", "additionalProperties": false, "properties": {
  "retry_settings": {"type": "object", "propertyNames": "#channel_word", "additionalProperties": "#retry_settings"},
  "other_settings": {"type": "object", "additionalProperties": false, "properties": {
    "throttle_per_user_per_minute": {"type": "integer", "minimum": 1, "maximum": "@per_minute"}}},
  "channels": {"type": "object", "propertyNames": "#channel_word", "additionalProperties": "#switch"},
  "types": {"type": "object", "maxProperties": "@switched_types", "additionalProperties": "#switch"}}},
"setting_request": {"type": "object", "additionalProperties": false, "required": ["config"], "properties": {
  "config": {"anyOf": ["#notification_settings", {"type": "object"}],
    "description": "notification_settings for the feature notification; any object for features that others read"},
  "enabled": {"type": "boolean", "default": true},
  "version": {"type": "integer", "minimum": 0, "maximum": "@max_version"}}}
})json";

} // namespace

ordered_json request_schemas() {
  ordered_json out;
  for (auto* part : {parts, notifications, people, operator_requests})
    out.update(schema_of(part));
  return out;
}

} // namespace carillon::http
