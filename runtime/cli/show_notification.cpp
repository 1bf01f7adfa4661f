#include "runtime/cli/show_notification.hpp"

#include <algorithm>
#include <ostream>

#include "runtime/cli/problem.hpp"
#include "runtime/cli/times.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::cli {
namespace {

constexpr std::size_t label_width = 10;

std::optional<sys_time> instant_of(const nlohmann::json& object, const char* member) {
  return parse_rfc3339(text_of(object, member));
}

void labelled(session& s, std::string_view label, std::string_view text) {
  s.out << "  " << s.style(tone::dim, padded(label, label_width)) << text << '\n';
}

/// `key: value` where both are there, else whichever is.
std::string joined(std::string_view first, std::string_view between, std::string_view second) {
  std::string text{first};
  if (!first.empty() && !second.empty())
    text += between;
  return text.append(second);
}

std::string when_of(const nlohmann::json& object, const char* member, sys_time now) {
  const auto at = instant_of(object, member);
  return at ? date_and_time(*at) + " (" + relative(*at, now) + ")" : std::string{};
}

void show_header(session& s, const nlohmann::json& n) {
  const auto status = printable(text_of(n, "status"));
  s.out << s.style(tone::strong, printable(text_of(n, "id"))) << "  " << s.style(tone_of(status), status) << '\n';
  if (n.value("erased", false)) {
    labelled(s, "erased", "The person was erased; nothing else is kept.");
    return;
  }
  labelled(s, "for", printable(text_of(n, "user_id")));
  labelled(s, "type", printable(text_of(n, "type") + " (" + text_of(n, "category") + ")"));
  labelled(s, "lane", printable(text_of(n, "lane") + ", priority " + text_of(n, "priority")));
  labelled(s, "accepted", when_of(n, "created_at", s.now()));
  for (auto [label, member] : {std::pair{"send at", "send_at"}, std::pair{"expires", "expires_at"}})
    if (auto text = when_of(n, member, s.now()); !text.empty())
      labelled(s, label, text);
  if (const auto request = printable(text_of(n, "request_id")); !request.empty())
    labelled(s, "request", request);
}

/// One line of a delivery's timeline.
struct event {
  sys_time at;
  std::string what;
  tone how;
  std::string note;
};

event of_change(const nlohmann::json& change) {
  const auto word = printable(text_of(change, "status"));
  const auto note = joined(text_of(change, "rule"), ": ", text_of(change, "reason"));
  return {instant_of(change, "at").value_or(sys_time{}), word, tone_of(word), printable(note)};
}

event of_attempt(const nlohmann::json& attempt) {
  const auto started = instant_of(attempt, "started_at"), finished = instant_of(attempt, "finished_at");
  const auto outcome = text_of(attempt, "outcome");
  const auto number = attempt.value("number", 0);
  std::string note = joined(outcome.empty() ? "on the wire" : outcome, " ", text_of(attempt, "code"));
  if (started && finished)
    note += " after " + span_of(*finished - *started);
  note = joined(note, ": ", text_of(attempt, "detail"));
  if (const auto id = text_of(attempt, "provider_message_id"); !id.empty())
    note += " [" + id + "]";
  return {finished.value_or(started.value_or(sys_time{})),
          "attempt " + std::to_string(number) + " " + printable(text_of(attempt, "provider")), tone_of(outcome),
          printable(note)};
}

std::vector<event> timeline_of(const nlohmann::json& delivery) {
  std::vector<event> events;
  // An attempt that ended in the same instant as a change is the change's cause: it comes first.
  for (auto& attempt : delivery.value("attempts", nlohmann::json::array()))
    events.push_back(of_attempt(attempt));
  for (auto& change : delivery.value("history", nlohmann::json::array()))
    events.push_back(of_change(change));
  std::stable_sort(events.begin(), events.end(), [](auto& a, auto& b) { return a.at < b.at; });
  return events;
}

void show_timeline(session& s, const nlohmann::json& delivery) {
  const auto events = timeline_of(delivery);
  std::size_t width = 0;
  for (auto& e : events)
    width = std::max(width, width_of(e.what));
  for (auto& e : events) {
    s.out << "  " << s.style(tone::dim, time_of_day(e.at)) << "  ";
    s.out << s.style(e.how, e.what);
    if (!e.note.empty())
      s.out << std::string(width - width_of(e.what) + 2, ' ') << e.note;
    s.out << '\n';
  }
}

void show_delivery(session& s, const nlohmann::json& d) {
  const auto status = printable(text_of(d, "status"));
  const auto engagement = text_of(d, "engagement");
  s.out << '\n'
        << s.style(tone::strong, printable(text_of(d, "channel"))) << "  " << printable(text_of(d, "address")) << "  "
        << s.style(tone_of(status), status);
  if (!engagement.empty() && engagement != "none")
    s.out << ", " << s.style(tone_of(engagement), printable(engagement));
  s.out << '\n';
  labelled(s, "delivery", printable(text_of(d, "id")));
  if (const auto found = d.find("decision"); found != d.end())
    labelled(s, "decided", printable(joined(text_of(*found, "rule"), ": ", text_of(*found, "reason"))));
  if (const auto provider = printable(text_of(d, "provider")); !provider.empty())
    labelled(s, "provider", provider);
  if (const auto next = when_of(d, "next_attempt_at", s.now()); !next.empty())
    labelled(s, "next", next);
  if (const auto waits = waiting_text(d, s.now()); !waits.empty())
    labelled(s, "waits", waits);
  show_timeline(s, d);
}

} // namespace

void show_notification(session& s, const nlohmann::json& notification) {
  show_header(s, notification);
  for (auto& delivery : notification.value("deliveries", nlohmann::json::array()))
    show_delivery(s, delivery);
}

std::string waiting_text(const nlohmann::json& delivery, sys_time now) {
  const auto found = delivery.find("waiting_for");
  if (found == delivery.end())
    return {};
  auto text = printable(joined(text_of(*found, "rule"), ": ", text_of(*found, "reason")));
  if (const auto until = relative_of(*found, "until", now); until.starts_with("in "))
    text += " (" + until + ")";
  return text;
}

std::string relative_of(const nlohmann::json& object, const char* member, sys_time now) {
  const auto at = instant_of(object, member);
  return at ? relative(*at, now) : std::string{};
}

} // namespace carillon::cli
