#include "actors/policy/packed_person.hpp"

#include <array>

namespace carillon {
namespace {

/// Seven bits a byte, the lowest first; the eighth says that more follow.
void put(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    out += static_cast<char>(0x80 | (number & 0x7f));
  out += static_cast<char>(number);
}

void put(std::string& out, const std::string& text) {
  put(out, text.size());
  out += text;
}

class unpacker {
public:
  explicit unpacker(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    std::uint64_t out = 0;
    for (int shift = 0;; shift += 7) {
      auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        return out;
    }
  }
  template <class T>
  T as() {
    return static_cast<T>(number());
  }
  std::string text() {
    auto size = number();
    std::string out{rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return out;
  }

private:
  std::string_view rest_;
};

constexpr std::array texts_of_contacts{&contacts::email, &contacts::phone, &contacts::webhook, &contacts::telegram_chat,
                                       &contacts::slack_channel};

void put_rule(std::string& out, const preference_rule& rule) {
  put(out, static_cast<std::uint64_t>(rule.on));
  put(out, rule.name);
  put(out, rule.channel ? 1 + static_cast<std::uint64_t>(*rule.channel) : 0);
  put(out, rule.enabled ? 1 : 0);
}

preference_rule rule_in(unpacker& in) {
  preference_rule rule;
  rule.on = in.as<preference_rule::level>();
  rule.name = in.text();
  if (auto on = in.number(); on != 0)
    rule.channel = static_cast<channel>(on - 1);
  rule.enabled = in.number() != 0;
  return rule;
}

void put_window(std::string& out, const quiet_window& window) {
  put(out, static_cast<std::uint64_t>(window.start_minute));
  put(out, static_cast<std::uint64_t>(window.end_minute));
  put(out, window.days);
  put(out, window.time_zone);
}

quiet_window window_in(unpacker& in) {
  quiet_window window;
  window.start_minute = in.as<int>();
  window.end_minute = in.as<int>();
  window.days = in.as<unsigned>();
  window.time_zone = in.text();
  return window;
}

void put_user(std::string& out, const user& who) {
  for (auto part : texts_of_contacts)
    put(out, who.contacts.*part);
  put(out, who.contacts.devices.size());
  for (auto& device : who.contacts.devices) {
    put(out, device.protocol);
    put(out, device.token);
  }
  put(out, who.time_zone);
  put(out, who.locale);
  put(out, who.rules.size());
  for (auto& rule : who.rules)
    put_rule(out, rule);
  put(out, who.quiet_hours ? 1 : 0);
  if (who.quiet_hours)
    put_window(out, *who.quiet_hours);
}

void read_user(unpacker& in, user& who) {
  for (auto part : texts_of_contacts)
    who.contacts.*part = in.text();
  who.contacts.devices.resize(in.number());
  for (auto& device : who.contacts.devices) {
    device.protocol = in.text();
    device.token = in.text();
  }
  who.time_zone = in.text();
  who.locale = in.text();
  for (auto left = in.number(); left > 0; --left)
    who.rules.push_back(rule_in(in));
  if (in.number() != 0)
    who.quiet_hours = window_in(in);
}

} // namespace

packed_person::packed_person(const person& who) : good_until_(who.good_until) {
  put(bytes_, who.erased ? 1 : 0);
  put(bytes_, who.suppressed.size());
  for (auto& [on, address] : who.suppressed) {
    put(bytes_, static_cast<std::uint64_t>(on));
    put(bytes_, address);
  }
  put(bytes_, who.who ? 1 : 0);
  if (who.who)
    put_user(bytes_, *who.who);
  bytes_.shrink_to_fit();
}

person packed_person::unpack(const space& where, const std::string& user_id) const {
  unpacker in{bytes_};
  person out;
  out.good_until = good_until_;
  out.erased = in.number() != 0;
  for (auto left = in.number(); left > 0; --left) {
    auto on = in.as<channel>();
    out.suppressed.emplace_back(on, in.text());
  }
  if (in.number() != 0) {
    auto who = std::make_shared<user>();
    who->space = where;
    who->id = user_id;
    read_user(in, *who);
    out.who = std::move(who);
  }
  return out;
}

} // namespace carillon
