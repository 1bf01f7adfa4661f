#include "actors/policy/endpoint_share.hpp"

#include <algorithm>
#include <utility>

namespace carillon {
namespace {

duration since(endpoint_share::instant then, endpoint_share::instant now) {
  return std::chrono::duration_cast<duration>(now - then);
}

/// New calls move it by an eighth, as round-trip times are smoothed in RFC 6298.
duration smoothed(duration before, duration took) {
  return before == duration::zero() ? took : before + (took - before) / 8;
}

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  return out;
}

} // namespace

std::string endpoint_of(std::string_view url) {
  auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos)
    return std::string{url};
  auto scheme = lower_case(url.substr(0, scheme_end));
  auto rest = url.substr(scheme_end + 3);
  auto authority = rest.substr(0, rest.find_first_of("/?#"));
  auto place = authority.substr(authority.rfind('@') + 1); // npos + 1 is the start
  auto colon = place.rfind(':');
  auto has_port = colon != std::string_view::npos && place.find(']', colon) == std::string_view::npos;
  auto port = has_port ? place.substr(colon + 1) : std::string_view{};
  if (port.empty())
    port = scheme == "https" ? "443" : "80";
  return scheme + "://" + lower_case(place.substr(0, has_port ? colon : place.size())) + ':' + std::string{port};
}

std::size_t endpoint_share::allowance(const entry& e, instant now) const {
  if (e.pauses > 0)
    return 1; // a probe
  if (!e.on_wire.empty() && since(*e.on_wire.begin(), now) > rules_.slow)
    return rules_.share;
  // The last share is for others, if there are any: this one may begin to hang at any moment.
  auto most = entries_.size() > 1 && rules_.slots > rules_.share ? rules_.slots - rules_.share : rules_.slots;
  return std::clamp(rules_.share + e.earned, rules_.share, std::max(most, rules_.share));
}

/// Those that wait come back one after the other, about as fast as calls end now.
endpoint_share::instant endpoint_share::next_turn(entry& e, instant now) const {
  auto takes = e.on_wire.empty() ? e.typical : std::max(e.typical, since(*e.on_wire.begin(), now));
  auto gap = std::clamp(takes / static_cast<duration::rep>(allowance(e, now)), rules_.shortest_gap, rules_.longest_gap);
  auto turn = std::max<instant>({now + gap, e.paused_until, e.last_turn + gap});
  return e.last_turn = std::min<instant>(turn, std::max(now, e.paused_until) + rules_.longest_wait);
}

std::optional<endpoint_share::refusal> endpoint_share::refuse(const std::string& endpoint, instant now) {
  auto found = entries_.find(endpoint);
  if (found == entries_.end())
    return std::nullopt;
  auto& e = found->second;
  if (now >= e.paused_until && e.on_wire.size() < allowance(e, now)) {
    e.last_turn = {}; // there is room: nobody needs to queue behind those that still wait
    return std::nullopt;
  }
  auto why = e.pauses > 0 ? obstacle::failing : now < e.paused_until ? obstacle::paused : obstacle::busy;
  return refusal{why, next_turn(e, now)};
}

void endpoint_share::begin(const std::string& endpoint, instant now) {
  auto& e = at(endpoint, now);
  rouse(endpoint, e);
  e.on_wire.insert(now);
}

void endpoint_share::end(const std::string& endpoint, ending what, instant began, instant now) {
  auto found = entries_.find(endpoint);
  if (found == entries_.end())
    return;
  auto& e = found->second;
  auto call = e.on_wire.find(began);
  if (call == e.on_wire.end())
    return;
  e.on_wire.erase(call);
  auto took = since(began, now);
  if (what != ending::ignored)
    e.typical = smoothed(e.typical, took);
  if (what == ending::failed) {
    fail(e, began, now);
  } else if (what == ending::answered) {
    e.failures = 0;
    if (std::exchange(e.pauses, 0U) > 0)
      e.paused_until = {};
    e.earned = took > rules_.slow ? 0 : std::min(e.earned + 1, rules_.slots);
  }
  if (e.on_wire.empty())
    rest(endpoint, e, now);
}

void endpoint_share::fail(entry& e, instant began, instant now) const {
  e.earned = 0;
  if (began < e.paused_at)
    return; // it was on its way already: says nothing new
  ++e.failures;
  if (e.pauses == 0 && e.failures < rules_.failures)
    return;
  auto pause = rules_.first_pause;
  for (unsigned i = 0; i < e.pauses && pause < rules_.longest_pause; ++i)
    pause *= 2;
  ++e.pauses;
  e.paused_at = now;
  e.paused_until = now + std::min(pause, rules_.longest_pause);
}

void endpoint_share::pause(const std::string& endpoint, instant until, instant now) {
  auto& e = at(endpoint, now);
  e.paused_until = std::max(e.paused_until, until);
  if (e.on_wire.empty())
    rest(endpoint, e, now);
}

// ---------------------------------------------------------------- memory

endpoint_share::entry& endpoint_share::at(const std::string& endpoint, instant now) {
  forget_old(now);
  return entries_[endpoint];
}

/// A failing one is remembered past its pause, so that the next one is longer.
void endpoint_share::rest(const std::string& endpoint, entry& e, instant now) {
  rouse(endpoint, e);
  auto until = now + rules_.remember_for;
  if (e.paused_until > now)
    until = e.paused_until + (e.pauses > 0 ? rules_.longest_pause : duration::zero());
  e.forget_at = until;
  resting_.emplace(until, endpoint);
  forget_old(now);
}

void endpoint_share::rouse(const std::string& endpoint, entry& e) {
  if (auto before = std::exchange(e.forget_at, std::nullopt))
    resting_.erase(std::pair{*before, endpoint});
}

void endpoint_share::forget_old(instant now) {
  while (!resting_.empty() && (resting_.begin()->first <= now || resting_.size() > rules_.remembered)) {
    entries_.erase(resting_.begin()->second);
    resting_.erase(resting_.begin());
  }
}

} // namespace carillon
