#include "actors/providers/smtp.hpp"

#include "actors/providers/dates.hpp"
#include "actors/providers/mailbox.hpp"
#include "actors/providers/mime.hpp"
#include "actors/providers/unsubscribe.hpp"

namespace carillon {
namespace {

constexpr std::size_t header_bytes = 998; // RFC 5322, section 2.1.1

const std::string& credential(const provider_options& provider, const char* name) {
  static const std::string none;
  auto found = provider.credentials.find(name);
  return found == provider.credentials.end() ? none : found->second.reveal();
}

std::optional<fault> objection(std::string_view recipient) {
  switch (form_of(recipient)) {
  case address_form::ascii: return std::nullopt;
  case address_form::international:
    return fault{errc::invalid_request, "The email address has characters beyond ASCII, which mail servers need not "
                                        "take; write its domain in the xn-- form."};
  case address_form::invalid: break;
  }
  return fault{errc::invalid_request,
               "The email address is malformed.",
               {{"/address", "format", "An email address is name@domain, at most 254 bytes."}}};
}

result<std::vector<header>> unsubscribe_headers(const call_context& call) {
  std::vector<header> out;
  if (!call.category.unsubscribe || call.public_url.empty() || call.unsubscribe_secret.empty())
    return out;
  auto base = call.public_url;
  while (base.ends_with('/'))
    base.pop_back();
  unsubscribe_claim claim{call.n.space, call.n.user_id, call.n.category, call.d.channel};
  auto link = "<" + base + "/u/" + unsubscribe_token(claim, call.unsubscribe_secret) + ">";
  constexpr std::string_view name = "List-Unsubscribe: ";
  if (name.size() + link.size() > header_bytes)
    return fault{errc::invalid_request, "The unsubscribe link is longer than a mail header may be (998 bytes); use "
                                        "shorter user ids, category names or [server] public_url."};
  out.push_back({"List-Unsubscribe", link});
  if (base.starts_with("https://"))
    out.push_back({"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"});
  return out;
}

wire_request::starttls wire_mode(starttls_mode mode) {
  switch (mode) {
  case starttls_mode::required: return wire_request::starttls::required;
  case starttls_mode::opportunistic: return wire_request::starttls::opportunistic;
  case starttls_mode::off: return wire_request::starttls::off;
  }
  return wire_request::starttls::required;
}

wire_request envelope(const call_context& call, const mailbox& from) {
  wire_request out;
  out.what = wire_request::kind::smtp;
  out.url = call.provider.base_url;
  while (out.url.ends_with('/'))
    out.url.pop_back();
  out.timeout = call.provider.timeout;
  out.username = credential(call.provider, "username");
  out.password = credential(call.provider, "password");
  out.mail_from = from.address;
  out.rcpt_to = call.d.address;
  out.tls = wire_mode(call.provider.starttls);
  return out;
}

} // namespace

result<wire_request> make_smtp(const call_context& call) {
  if (auto wrong = objection(call.d.address))
    return *wrong;
  auto from = parse_mailbox(call.provider.from);
  if (!from || form_of(from->address) != address_form::ascii)
    return fault{errc::invalid_request, "providers." + call.provider.name
                                          + ".from is no email address; write name@domain or Name <name@domain>."};
  auto more = unsubscribe_headers(call);
  if (!more)
    return more.error();

  auto id = to_string(call.d.id);
  auto shown = render_for(call.n.content, call.d.channel);
  auto out = envelope(call, *from);
  out.body = format_mail({.from = *from,
                          .to = call.d.address,
                          .subject = shown.title,
                          .date = mail_date(call.now),
                          .message_id = id + "@" + std::string{domain_of(from->address)},
                          .text = shown.body,
                          .html = shown.html,
                          .boundary = id,
                          .more = std::move(*more)});
  return out;
}

} // namespace carillon
