// What deliveries wait for, beside what is stored of them: the doors ask the
// providers when somebody looks, and only if something shown waits.
#pragma once

#include <functional>
#include <vector>

#include "runtime/http/exchange.hpp"
#include "runtime/http/response.hpp"
#include "runtime/http/service.hpp"

namespace carillon::http {

/// Runs `then` on that pool; at once where `lanes` is empty.
void find_waits(service& with, std::shared_ptr<inlet> pool, std::vector<lane> lanes,
                std::function<void(const wait_finder&)> then);

/// The lanes in which something shown waits.
std::vector<lane> lanes_to_ask(const std::vector<notification_view>& shown, sys_time now);

} // namespace carillon::http
