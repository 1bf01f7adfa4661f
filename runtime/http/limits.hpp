// The bounds of what the API takes, beside those of messages/domain.hpp that the
// whole engine shares. The API's own description is made from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace carillon::http::limits {

// A request's head
inline constexpr std::size_t target_bytes = 8UL * 1024;
inline constexpr std::size_t header_bytes = 16UL * 1024; ///< all fields, the start line apart
inline constexpr std::size_t header_fields = 100;
inline constexpr std::size_t request_id_bytes = 128;
inline constexpr std::size_t query_parameters = 50;

// Addresses. RFC 5321, section 4.5.3.1: 64 for the local part, 254 for a whole path's inside.
inline constexpr std::size_t email_bytes = 254;
inline constexpr std::size_t local_part_bytes = 64;
inline constexpr std::size_t url_bytes = 2048;
inline constexpr std::size_t address_bytes = 4096; ///< any other, like a device's token

// Bodies of single calls
inline constexpr std::size_t note_bytes = 1024; ///< what a person writes beside an order
inline constexpr std::size_t filter_ids = 1000;
inline constexpr double key_rate = 1'000'000; ///< requests per second
inline constexpr std::int64_t max_version = std::numeric_limits<std::int32_t>::max();

// Lists
inline constexpr std::size_t page_rows = 200;
inline constexpr std::size_t default_page_rows = 50;

// Run-time settings
inline constexpr std::int64_t attempts = 100;
inline constexpr double backoff_seconds = 7 * 24 * 3600;
inline constexpr std::int64_t per_minute = 1'000'000;
inline constexpr std::size_t switched_types = 10'000;

} // namespace carillon::http::limits
