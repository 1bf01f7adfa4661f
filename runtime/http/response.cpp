#include "runtime/http/response.hpp"

#include "messages/transitions.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::http {
namespace {

/// The first `count` characters; UTF-8 is not cut in the middle of one.
std::string first_characters(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size() && count > 0; --count)
    do
      ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80);
  return text.substr(0, end);
}

ordered_json attempt_json(const attempt& a) {
  return {{"number", a.number},
          {"provider", a.provider},
          {"started_at", format_rfc3339(a.started_at)},
          {"finished_at", time_json(a.finished_at)},
          {"outcome", a.outcome ? ordered_json(to_string(*a.outcome)) : ordered_json(nullptr)},
          {"code", a.code},
          {"detail", a.detail},
          {"provider_message_id", a.provider_message_id}};
}

ordered_json change_json(const status_change& c) {
  ordered_json out{{"status", to_string(c.status)}, {"at", format_rfc3339(c.at)}};
  if (!c.rule.empty())
    out["rule"] = c.rule;
  if (!c.reason.empty())
    out["reason"] = c.reason;
  return out;
}

} // namespace

std::string masked(channel on, const std::string& address) {
  if (address.empty() || on == channel::in_app)
    return address;
  auto at = address.rfind('@');
  if (on == channel::email && at != std::string::npos)
    return first_characters(address, 1) + "***" + address.substr(at);
  if ((on == channel::sms || on == channel::whatsapp) && address.size() > 6)
    return address.substr(0, 3) + "***" + address.substr(address.size() - 2);
  return first_characters(address, 3) + "***";
}

ordered_json time_json(const std::optional<sys_time>& at) {
  return at ? ordered_json(format_rfc3339(*at)) : ordered_json(nullptr);
}

ordered_json kept_json(const std::string& text) {
  auto value = ordered_json::parse(text, nullptr, false);
  return value.is_discarded() ? ordered_json(nullptr) : value;
}

ordered_json rendered_json(const rendered& what) {
  ordered_json out{{"title", what.title}, {"body", what.body}, {"data", kept_json(what.data)}};
  if (!what.html.empty())
    out["html"] = what.html;
  return out;
}

ordered_json waiting_json(const waiting& what) {
  return {{"provider", what.provider},
          {"rule", what.why.rule},
          {"reason", what.why.reason},
          {"until", time_json(what.until)}};
}

namespace {

/// Whose queue it waits in; once it is sent or has ended, who made the last attempt.
const std::string& provider_of(const delivery& d) {
  auto waits = d.status == delivery_status::queued || d.status == delivery_status::scheduled;
  return waits || d.attempts.empty() ? d.queue : d.attempts.back().provider;
}

} // namespace

ordered_json delivery_json(const delivery& d, const std::optional<waiting>& waits) {
  auto& provider = provider_of(d);
  ordered_json out{{"id", to_string(d.id)},
                   {"channel", to_string(d.channel)},
                   {"address", masked(d.channel, d.address)},
                   {"status", shown_status(d)},
                   {"engagement", to_string(d.engagement)},
                   {"decision", {{"rule", d.decision.rule}, {"reason", d.decision.reason}}},
                   {"provider", provider.empty() ? ordered_json(nullptr) : ordered_json(provider)},
                   {"next_attempt_at", is_unfinished(d.status) ? time_json(d.due) : ordered_json(nullptr)}};
  if (waits)
    out["waiting_for"] = waiting_json(*waits);
  out["attempts"] = ordered_json::array();
  out["history"] = ordered_json::array();
  for (auto& a : d.attempts)
    out["attempts"].push_back(attempt_json(a));
  for (auto& c : d.history)
    out["history"].push_back(change_json(c));
  return out;
}

ordered_json notification_json(const notification_view& view, const wait_finder& waits) {
  auto& n = *view.n;
  auto status = notification_status(view.deliveries);
  if (n.erased)
    return {{"id", to_string(n.id)}, {"status", status}, {"erased", true}};
  ordered_json out{{"id", to_string(n.id)},
                   {"user_id", n.user_id},
                   {"type", n.type},
                   {"category", n.category},
                   {"priority", to_string(n.priority)},
                   {"lane", to_string(n.lane)},
                   {"status", status},
                   {"created_at", format_rfc3339(n.created_at)},
                   {"send_at", time_json(n.send_at)},
                   {"expires_at", time_json(n.expires_at)},
                   {"request_id", n.correlation_id.empty() ? ordered_json(nullptr) : ordered_json(n.correlation_id)},
                   {"metadata", kept_json(n.metadata)},
                   {"deliveries", ordered_json::array()}};
  for (auto& d : view.deliveries)
    out["deliveries"].push_back(delivery_json(d, waits ? waits(n.lane, d, {}) : std::nullopt));
  return out;
}

} // namespace carillon::http
