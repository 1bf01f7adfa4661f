#include "messages/transitions.hpp"

#include <algorithm>
#include <array>

namespace carillon {

using enum delivery_status;

std::span<const status_row> status_table() {
  static const std::array<status_row, delivery_status_count> table{{
    {scheduled,
     true,
     false,
     "scheduled",
     "SCHEDULED",
     "accepted",
     {queued, sending, scheduled, suppressed, expired, cancelled, failed}},
    {queued,
     true,
     false,
     "processing",
     "PROCESSING",
     "processing",
     {queued, sending, scheduled, suppressed, expired, cancelled, failed, dead_lettered}},
    {sending,
     true,
     false,
     "processing",
     "PROCESSING",
     "processing",
     {queued, held, sent, delivered, suppressed, expired, failed, bounced, dead_lettered}},
    {held, true, false, "held", "HELD", "processing", {queued, sent, delivered, expired, cancelled, failed, bounced}},
    {sent, false, false, "sent", "SENT", "sent", {delivered, bounced, failed}},
    {delivered, false, true, "delivered", "DELIVERED", "delivered", {bounced}},
    {suppressed, false, true, "suppressed", "SUPPRESSED", "failed", {}},
    {expired, false, true, "expired", "EXPIRED", "failed", {}},
    {cancelled, false, true, "cancelled", "CANCELLED", "failed", {}},
    {failed, false, true, "failed", "FAILED", "failed", {delivered}},
    {bounced, false, true, "failed", "BOUNCED", "failed", {}},
    {dead_lettered, false, true, "failed", "DEAD_LETTERED", "failed", {queued, delivered}},
  }};
  return table;
}

const status_row& row_of(delivery_status status) {
  return status_table()[static_cast<std::size_t>(status)];
}

bool may_move(delivery_status from, delivery_status to) {
  auto& next = row_of(from).next;
  return std::find(next.begin(), next.end(), to) != next.end();
}

std::string_view shown_status(const delivery& d) {
  return d.status == queued && !d.attempts.empty() ? "retrying" : to_string(d.status);
}

std::string_view notification_status(std::span<const delivery> deliveries) {
  // Most telling first: work under way, then the best end, then the reasons for none.
  constexpr std::array rank{
    std::string_view{"processing"}, std::string_view{"retrying"},  std::string_view{"held"},
    std::string_view{"scheduled"},  std::string_view{"read"},      std::string_view{"delivered"},
    std::string_view{"sent"},       std::string_view{"failed"},    std::string_view{"expired"},
    std::string_view{"cancelled"},  std::string_view{"suppressed"}};
  auto word = [](const delivery& d) -> std::string_view {
    if (d.status == queued && !d.attempts.empty())
      return "retrying";
    if ((d.status == sent || d.status == delivered) && d.engagement == engagement::read)
      return "read";
    return row_of(d.status).notification;
  };
  // A standby of routing = first says nothing about the whole while its sibling lives.
  auto best = rank.end();
  for (auto& d : deliveries)
    if (!(d.standby && d.status == scheduled))
      best = std::min(best, std::find(rank.begin(), rank.end(), word(d)));
  return best == rank.end() ? std::string_view{"accepted"} : *best;
}

} // namespace carillon
