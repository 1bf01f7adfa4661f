// The links in mails (RFC 8058): a page for people, and the one-click POST that
// mailbox providers send. A GET changes nothing: scanners follow links too.
#include "actors/providers/unsubscribe.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"

namespace carillon::http {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text)
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += c;
    }
  return out;
}

answer page(std::string_view title, const std::string& body) {
  answer out{200};
  out.content_type = "text/html; charset=utf-8";
  out.headers = {{"Cache-Control", "no-store"},
                 {"Referrer-Policy", "no-referrer"},
                 {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                                             "frame-ancestors 'none'"}};
  out.body = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width\"><title>"
             + escaped(title)
             + "</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em}"
               "button{font:inherit;padding:.5em 1em}</style><h1>"
             + escaped(title) + "</h1>" + body;
  return out;
}

std::string what_of(const unsubscribe_claim& claim) {
  return "<b>" + escaped(claim.category) + "</b> messages by " + escaped(to_string(claim.channel));
}

result<unsubscribe_claim> claim_of(service& with, const request& rq) {
  if (auto claim = read_unsubscribe_token(rq.args.front(), with.engine.link_key()))
    return *claim;
  return fault{errc::not_found, "This link is incomplete, or it was not made here."};
}

/// The person's choices with that category turned off on that channel.
user without(user who, const unsubscribe_claim& claim) {
  using level = preference_rule::level;
  std::erase_if(who.rules, [&](const preference_rule& r) {
    return r.on == level::category && r.name == claim.category && r.channel == claim.channel;
  });
  who.rules.push_back({level::category, claim.category, claim.channel, false});
  return who;
}

/// Writes against the version that was read, and again where somebody was faster. Who
/// was erased gets nothing any more, and is not written down again for having clicked.
void turn_off(service& with, unsubscribe_claim claim, int tries, std::function<void(result<ok_t>)> then) {
  auto& control = with.engine.control();
  control.find_person(lane::bulk, claim.space, claim.user_id, {},
                      [&with, &control, claim, tries, then](result<person> found) {
                        if (!found)
                          return then(std::move(found.error()));
                        if (found->erased)
                          return then(ok);
                        user who;
                        who.space = claim.space;
                        who.id = claim.user_id;
                        if (found->who)
                          who = *found->who;
                        auto expected = who.preferences_version;
                        control.put_user(without(std::move(who), claim), user_part::preferences, expected,
                                         [&with, claim, tries, then](result<user_ptr> kept) {
                                           if (kept) {
                                             with.engine.announce(change{claim.space, claim.user_id, {}});
                                             return then(ok);
                                           }
                                           if (kept.error().code != errc::version_mismatch)
                                             return then(std::move(kept.error()));
                                           if (tries > 1)
                                             return turn_off(with, claim, tries - 1, then);
                                           then(fault{errc::store_unavailable,
                                                      "The person's choices are being changed by others; try again.",
                                                      {},
                                                      std::chrono::seconds{1}});
                                         });
                      });
}

} // namespace

void get_unsubscribe(service& with, request& rq, responder respond) {
  auto claim = claim_of(with, rq);
  if (!claim)
    return respond(std::move(claim.error()));
  respond(page("Unsubscribe", "<p>Stop receiving " + what_of(*claim)
                                + "?</p><form method=\"post\"><button>Unsubscribe</button></form>"));
}

void post_unsubscribe(service& with, request& rq, responder respond) {
  auto claim = claim_of(with, rq);
  if (!claim)
    return respond(std::move(claim.error()));
  constexpr int tries = 3;
  turn_off(with, *claim, tries, on_pool<ok_t>(rq, [respond, claim = *claim](result<ok_t> done) {
             if (!done)
               return respond(std::move(done.error()));
             respond(page("Unsubscribed", "<p>You will not receive " + what_of(claim) + " any more.</p>"));
           }));
}

} // namespace carillon::http
