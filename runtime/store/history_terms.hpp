// What is asked of history: the bounds of one answer, and which rows a filter means.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "messages/ports.hpp"

namespace carillon {

/// Rows one page may look at; past it the page ends early, with a cursor.
inline constexpr std::size_t rows_of_page = 20'000;
inline constexpr std::size_t dead_letters_counted = 1'000'000;
/// For the limits: deliveries attempted lately, and places they have given.
inline constexpr std::size_t attempts_read = 100'000;
inline constexpr std::size_t places_read = 20'000;
/// How much older than its attempt a delivery is looked for.
inline constexpr auto attempts_reach_back = std::chrono::hours{1};

/// Channel and status of the filter; the rest is asked of the notification's own row.
bool matches(const notification_filter& what, const notification_view& view);
/// Provider and code of the last attempt.
bool last_attempt_matches(const dead_letter_filter& what, const std::vector<attempt>& attempts);

} // namespace carillon
