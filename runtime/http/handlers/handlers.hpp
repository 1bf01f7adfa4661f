// Every handler, by theme. A handler checks its request, asks the engine or a
// store, and answers once through `respond`, now or later. It runs on the pool
// of its request and never blocks.
#pragma once

#include "runtime/http/exchange.hpp"
#include "runtime/http/service.hpp"

namespace carillon::http {

// notifications.cpp
void post_notification(service& with, request& rq, responder respond);
void get_notification(service& with, request& rq, responder respond);

// health.cpp
void get_health(service& with, request& rq, responder respond);
void get_readiness(service& with, request& rq, responder respond);
void get_metrics(service& with, request& rq, responder respond);

} // namespace carillon::http
