#include "actors/providers/webhook.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "actors/providers/crypto.hpp"
#include "actors/providers/dates.hpp"
#include "actors/providers/excerpt.hpp"
#include "messages/json_text.hpp"

namespace carillon {
namespace {

bool is_http_url(std::string_view url) {
  if (url.size() > webhook_url_bytes)
    return false;
  for (std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme))
      continue;
    auto rest = url.substr(scheme.size());
    auto authority = rest.substr(0, rest.find_first_of("/?#"));
    auto host = authority.substr(authority.rfind('@') + 1); // npos + 1 is the start
    auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
    return !host.empty() && host.front() != ':' && std::all_of(url.begin(), url.end(), is_visible);
  }
  return false;
}

/// Title and body are there even when they are empty, so that a receiver need not ask.
void append_data(std::string& out, const call_context& call, const rendered& shown) {
  json_object data{out};
  data.text("notification_id", to_string(call.n.id));
  data.text("delivery_id", to_string(call.d.id));
  data.text("user_id", call.n.user_id);
  append_quoted(data.member("title"), shown.title);
  append_quoted(data.member("body"), shown.body);
  data.member("data") += shown.data;
}

void append_event(std::string& out, const call_context& call, const rendered& shown) {
  json_object event{out};
  event.text("type", call.n.type);
  event.text("timestamp", json_date(call.n.created_at));
  append_data(event.member("data"), call, shown);
}

result<std::vector<std::string>> signing_keys(const provider_options& provider) {
  std::vector<std::string> keys;
  for (auto& text : provider.signing_secrets) {
    auto key = webhook_key(text);
    if (!key)
      return fault{errc::invalid_request, "providers." + provider.name
                                            + ".credentials.secret is no signing secret; write whsec_ and the base64 "
                                              "of 24 to 64 random bytes."};
    keys.push_back(std::move(*key));
  }
  if (keys.empty())
    return fault{errc::invalid_request, "providers." + provider.name + ".credentials.secret is missing."};
  return keys;
}

} // namespace

std::optional<std::string> webhook_key(const secret& text) {
  constexpr std::string_view prefix = "whsec_";
  std::string_view value = text.reveal();
  if (!value.starts_with(prefix))
    return std::nullopt;
  auto key = from_base64(value.substr(prefix.size()));
  return key && key->size() >= 24 && key->size() <= 64 ? key : std::nullopt;
}

std::string webhook_signature(const std::vector<std::string>& keys, std::string_view id, std::string_view timestamp,
                              std::string_view body) {
  std::string text;
  text.append(id).append(".").append(timestamp).append(".").append(body);
  std::string out;
  for (auto& key : keys)
    out.append(out.empty() ? "v1," : " v1,").append(base64(hmac_sha256(key, text)));
  return out;
}

result<wire_request> make_webhook(const call_context& call) {
  if (!is_http_url(call.d.address))
    return fault{errc::invalid_request,
                 "The webhook is no usable URL.",
                 {{"/address", "format", "A webhook is an absolute http:// or https:// URL, at most 2048 bytes."}}};
  auto keys = signing_keys(call.provider);
  if (!keys)
    return keys.error();
  auto shown = render_for(call.n.content, call.d.channel);
  if (!nlohmann::json::accept(shown.data))
    return fault{errc::invalid_request, "content.data is no JSON."};

  wire_request out;
  out.url = call.d.address;
  out.guarded = true;
  out.timeout = call.provider.timeout;
  append_event(out.body, call, shown);
  if (out.body.size() > webhook_body_bytes)
    return fault{errc::invalid_request,
                 "The webhook's body would be larger than " + std::to_string(webhook_body_bytes) + " bytes."};
  auto id = to_string(call.d.id);
  auto timestamp = std::to_string(std::chrono::floor<std::chrono::seconds>(call.now.time_since_epoch()).count());
  out.headers = {{"content-type", "application/json"},
                 {"webhook-id", id},
                 {"webhook-timestamp", timestamp},
                 {"webhook-signature", webhook_signature(*keys, id, timestamp, out.body)}};
  return out;
}

answer_meaning read_webhook(const wire_answer& answer, sys_time now) {
  if (auto failed = meaning_of_failure(answer))
    return *failed;
  answer_meaning out;
  out.code = std::to_string(answer.status);
  if (answer.status >= 200 && answer.status <= 299)
    return out;
  out.outcome = answer.status == 410   ? outcome::bad_address
                : answer.status == 429 ? outcome::throttled
                                       : outcome::retry;
  out.detail = "The endpoint answered " + out.code;
  if (answer.status >= 300 && answer.status <= 399)
    out.detail += "; redirects are not followed";
  if (auto said = excerpt(answer.body, 200); !said.empty())
    out.detail += ": " + said;
  out.retry_after = retry_after_of(answer, now);
  return out;
}

} // namespace carillon
