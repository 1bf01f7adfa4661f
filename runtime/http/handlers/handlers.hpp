// Every handler, by theme. A handler checks its request, asks the engine or a
// store, and answers once through `respond`, now or later. It runs on the pool
// of its request and never blocks.
#pragma once

#include "runtime/http/exchange.hpp"
#include "runtime/http/service.hpp"

namespace carillon::http {

// notifications.cpp
void post_notification(service& with, request& rq, responder respond);
void post_explain(service& with, request& rq, responder respond);
void get_notification(service& with, request& rq, responder respond);
void list_notifications(service& with, request& rq, responder respond);

// batch.cpp
void post_batch(service& with, request& rq, responder respond);

// notification_actions.cpp
void post_cancel(service& with, request& rq, responder respond);
void post_engagement(service& with, request& rq, responder respond);
void post_resolve(service& with, request& rq, responder respond);

// users.cpp, export.cpp
void get_user(service& with, request& rq, responder respond);
void put_user(service& with, request& rq, responder respond);
void patch_user(service& with, request& rq, responder respond);
void delete_user(service& with, request& rq, responder respond);
void export_user(service& with, request& rq, responder respond);
void get_preferences(service& with, request& rq, responder respond);
void put_preferences(service& with, request& rq, responder respond);
void patch_preferences(service& with, request& rq, responder respond);

// inbox.cpp
void list_inbox(service& with, request& rq, responder respond);
void get_inbox_counts(service& with, request& rq, responder respond);
void post_inbox_mark(service& with, request& rq, responder respond);
void post_inbox_read_all(service& with, request& rq, responder respond);

// dead_letters.cpp
void list_dead_letters(service& with, request& rq, responder respond);
void post_redrive(service& with, request& rq, responder respond);
void get_job(service& with, request& rq, responder respond);

// suppressions.cpp
void list_suppressions(service& with, request& rq, responder respond);
void post_suppression(service& with, request& rq, responder respond);
void delete_suppression(service& with, request& rq, responder respond);

// operation.cpp
void list_providers(service& with, request& rq, responder respond);
void put_breaker(service& with, request& rq, responder respond);
void list_sandbox(service& with, request& rq, responder respond);
void list_keys(service& with, request& rq, responder respond);
void post_key(service& with, request& rq, responder respond);
void delete_key(service& with, request& rq, responder respond);
void get_setting(service& with, request& rq, responder respond);
void put_setting(service& with, request& rq, responder respond);

// unsubscribe.cpp
void get_unsubscribe(service& with, request& rq, responder respond);
void post_unsubscribe(service& with, request& rq, responder respond);

// health.cpp
void get_health(service& with, request& rq, responder respond);
void get_readiness(service& with, request& rq, responder respond);
void get_metrics(service& with, request& rq, responder respond);
void get_openapi(service& with, request& rq, responder respond);

} // namespace carillon::http
