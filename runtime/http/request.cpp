#include "runtime/http/request.hpp"

#include <algorithm>

#include "actors/policy/choice.hpp"
#include "messages/json_text.hpp"
#include "runtime/http/contacts_json.hpp"
#include "runtime/http/digest.hpp"
#include "runtime/http/object_reader.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::http {
namespace {

// Text has no bound of its own: the body's is one.
constexpr std::size_t any_size = static_cast<std::size_t>(-1);

void read_channel_content(object_reader& in, channel on, content& out) {
  auto name = to_string(on);
  auto* value = in.object(name);
  if (!value)
    return;
  object_reader own{*value, in.pointer_to(name), in.errors()};
  channel_content c;
  own.text("subject", c.subject, any_size);
  own.text("title", c.title, any_size);
  own.text("body", c.body, any_size);
  own.text("text", c.text, any_size);
  own.text("html", c.html, any_size);
  own.finish();
  if (c != channel_content{})
    out.by_channel.emplace(on, std::move(c));
}

void read_content(object_reader& in, content& out) {
  auto* value = in.object("content");
  if (!value)
    return;
  object_reader own{*value, in.pointer_to("content"), in.errors()};
  own.text("title", out.title, any_size);
  own.text("body", out.body, any_size);
  own.object_text("data", out.data);
  for (auto on : all_channels)
    read_channel_content(own, on, out);
  own.finish();
  if (out.title.empty() && out.body.empty() && out.by_channel.empty())
    in.fail("content", "missing", "needs a title or a body, for all channels or for one");
}

void read_channels(object_reader& in, std::vector<channel>& out) {
  auto* list = in.array("channels", all_channels.size());
  if (!list)
    return;
  if (list->empty())
    in.fail("channels", "range", "must not be empty; leave it out to let the type and the person decide");
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto& item = (*list)[i];
    auto word = item.is_string() ? parse_channel(item.get_ref<const std::string&>()) : std::nullopt;
    auto pointer = in.pointer_to("channels") + '/' + std::to_string(i);
    if (!item.is_string())
      in.errors().push_back({pointer, "type", "must be a text"});
    else if (!word)
      in.errors().push_back({pointer, "format", "must be email, sms, push, whatsapp, chat, webhook or in_app"});
    else if (std::find(out.begin(), out.end(), *word) != out.end())
      in.errors().push_back({pointer, "conflict", "stands in the list already"});
    else
      out.push_back(*word);
  }
}

void read_template(object_reader& in) {
  auto* value = in.object("template");
  if (!value)
    return;
  object_reader own{*value, in.pointer_to("template"), in.errors()};
  std::string name, data;
  own.name("name", name, presence::required);
  own.object_text("data", data);
  own.finish();
  in.fail("template", "not_found", "there is no template of that name");
}

bool has_expired(const command& c, sys_time now) {
  return c.expires_at && *c.expires_at <= now;
}

void check_times(object_reader& in, const command& c, sys_time now) {
  if (c.send_at && *c.send_at > now + bounds::send_at_ahead)
    in.fail("send_at", "range", "is more than a year ahead");
  if (has_expired(c, now))
    in.fail("expires_at", "range", "is in the past");
  else if (c.expires_at && c.send_at && *c.expires_at <= *c.send_at)
    in.fail("expires_at", "conflict", "is not after send_at");
}

/// A key fits in a header field as well, so that both forms can say the same.
bool is_key(std::string_view key) {
  return is_utf8(key) && std::none_of(key.begin(), key.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

std::optional<std::string> read_key(object_reader& in, const std::optional<std::string>& header_key) {
  std::string key;
  if (!in.text("idempotency_key", key, bounds::key_bytes, presence::optional, 1))
    return header_key;
  if (!is_key(key))
    in.fail("idempotency_key", "format", "must not contain control characters");
  else if (header_key && *header_key != key)
    in.fail("idempotency_key", "conflict", "differs from the Idempotency-Key header");
  return key;
}

std::optional<std::string> read_fields(object_reader& in, command& c, const std::optional<std::string>& header_key) {
  in.name("user_id", c.user_id, presence::required);
  in.name("type", c.type, presence::required);
  in.name("category", c.category);
  in.word("priority", c.priority, parse_priority, "critical, high, medium or low");
  read_channels(in, c.channels);
  auto before = in.errors().size();
  read_content(in, c.content);
  read_template(in);
  if (in.errors().size() == before && c.content == content{})
    in.fail("content", "missing", "is required, unless a template is named");
  in.name("locale", c.locale);
  if (auto* to = in.object("to")) {
    object_reader own{*to, in.pointer_to("to"), in.errors()};
    read_contacts(own, c.to);
    own.finish();
  }
  in.time("send_at", c.send_at);
  in.time("expires_at", c.expires_at);
  in.object_text("metadata", c.metadata);
  return read_key(in, header_key);
}

/// The lane of the notification; an undeclared category is an error at /category.
lane resolve_lane(object_reader& in, const command& c, const options& config) {
  auto type = resolve_type(config, c.type, c.category, c.priority);
  if (type)
    return lane_of(type->priority);
  for (auto& e : type.error().fields)
    in.fail(e.pointer.empty() ? e.pointer : e.pointer.substr(1), e.code, e.detail);
  if (type.error().fields.empty())
    in.fail("category", "not_found", type.error().detail);
  return lane::bulk;
}

/// What a command says as bytes that no other command has: each field's name, the
/// length of its value and the value; empty ones are left out.
class canonical_bytes {
public:
  void add(std::string_view name, std::string_view value) {
    if (value.empty())
      return;
    for (auto part : {name, value})
      out_.append(std::to_string(part.size())).append(":").append(part);
  }
  void add(std::string_view name, const std::optional<sys_time>& when) {
    if (when)
      add(name, std::to_string(when->time_since_epoch().count()));
  }
  const std::string& all() const { return out_; }

private:
  std::string out_;
};

void add_content(canonical_bytes& to, const content& what) {
  to.add("title", what.title);
  to.add("body", what.body);
  to.add("data", what.data);
  for (auto& [on, own] : what.by_channel) {
    to.add("for", to_string(on));
    to.add("subject", own.subject);
    to.add("title", own.title);
    to.add("body", own.body);
    to.add("text", own.text);
    to.add("html", own.html);
  }
}

void add_contacts(canonical_bytes& to, const contacts& where) {
  if (where.empty())
    return;
  auto out = ordered_json::object();
  write_contacts(out, where);
  to.add("to", to_text(out));
}

} // namespace

result<notification_request> read_notification(const json& body, const options& config, sys_time now,
                                               const std::optional<std::string>& header_key, const std::string& at) {
  std::vector<field_error> errors;
  object_reader in{body, at, errors};
  notification_request out;
  auto& c = out.command;
  auto key = body.is_object() ? read_fields(in, c, header_key) : std::nullopt;
  in.finish();
  out.lane = resolve_lane(in, c, config);
  auto sound = errors.empty();
  check_times(in, c, now);
  if (sound && key && errors.size() == 1 && has_expired(c, now))
    out.outdated = invalid(std::move(errors));
  else if (!errors.empty())
    return invalid(std::move(errors));
  if (key)
    out.claim = idempotency_claim{*std::move(key), canonical_digest(c)};
  if (c.send_at && *c.send_at <= now) // after the digest: a repeat of the request must still look the same
    c.send_at.reset();
  return out;
}

result<std::string> check_key_header(std::string_view value) {
  if (value.empty() || value.size() > bounds::key_bytes)
    return fault{errc::bad_header, "Idempotency-Key has " + std::to_string(value.size()) + " bytes; 1 to "
                                     + std::to_string(bounds::key_bytes) + " are taken."};
  if (!is_key(value))
    return fault{errc::bad_header, "Idempotency-Key is not UTF-8 without control characters."};
  return std::string{value};
}

std::array<std::uint8_t, 32> canonical_digest(const command& what) {
  canonical_bytes bytes;
  bytes.add("user_id", what.user_id);
  bytes.add("type", what.type);
  bytes.add("category", what.category);
  if (what.priority)
    bytes.add("priority", to_string(*what.priority));
  for (auto on : what.channels)
    bytes.add("channel", to_string(on));
  bytes.add("locale", what.locale);
  bytes.add("send_at", what.send_at);
  bytes.add("expires_at", what.expires_at);
  bytes.add("metadata", what.metadata);
  add_contacts(bytes, what.to);
  add_content(bytes, what.content);
  return sha256(bytes.all());
}

} // namespace carillon::http
