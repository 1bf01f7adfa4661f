#include "runtime/http/contacts_json.hpp"

#include <algorithm>

#include "runtime/http/limits.hpp"

namespace carillon::http {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; });
}

bool is_domain(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != std::string_view::npos)
    return false;
  return name.find_first_of("@<>()[],;:\\\"/?#") == std::string_view::npos;
}

std::string email_problem(std::string_view address) {
  auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || !is_domain(address.substr(at + 1)))
    return "must be an address like someone@example.org";
  auto local = address.substr(0, at);
  if (!is_clean(address) || local.find_first_of("@<>()[],;:\\\"") != std::string_view::npos)
    return "must be a bare address like someone@example.org, without name, spaces or quotes";
  if (address.size() > limits::email_bytes || local.size() > limits::local_part_bytes)
    return "is too long for an email address (254 bytes, 64 before the @)";
  return {};
}

// E.164: a plus, then up to 15 digits of which the first is not 0.
std::string phone_problem(std::string_view number) {
  bool fits = number.size() >= 3 && number.size() <= 16 && number[0] == '+' && number[1] != '0'
              && std::all_of(number.begin() + 1, number.end(), is_digit);
  return fits ? "" : "must be a number in E.164 form, like +4915112345678";
}

std::string webhook_problem(std::string_view url) {
  auto scheme = url.starts_with("https://") ? 8U : url.starts_with("http://") ? 7U : 0U;
  auto host = url.substr(scheme, url.find_first_of("/?#", scheme) - scheme);
  if (scheme == 0 || host.empty() || host.front() == ':' || !is_clean(url))
    return "must be a URL like https://example.org/hook";
  if (host.find('@') != std::string_view::npos)
    return "must not carry a user or password";
  return url.size() > limits::url_bytes ? "is longer than 2048 bytes" : "";
}

void read_address(object_reader& in, std::string_view name, std::string& out, channel on) {
  if (!in.text(name, out, limits::address_bytes, presence::optional, 1))
    return;
  if (auto problem = address_problem(on, out); !problem.empty())
    in.fail(name, "format", problem);
}

void read_devices(object_reader& in, std::vector<device>& out) {
  auto* list = in.array("devices", bounds::devices);
  if (!list)
    return;
  std::size_t index = 0;
  for (auto& item : *list) {
    object_reader one{item, in.pointer_to("devices") + '/' + std::to_string(index++), in.errors()};
    device d;
    one.name("protocol", d.protocol, presence::required);
    one.text("token", d.token, limits::address_bytes, presence::required, 1);
    one.finish();
    out.push_back(std::move(d));
  }
}

} // namespace

void read_contacts(object_reader& in, contacts& out) {
  read_address(in, "email", out.email, channel::email);
  read_address(in, "phone", out.phone, channel::sms);
  read_address(in, "webhook", out.webhook, channel::webhook);
  in.name("telegram_chat", out.telegram_chat);
  in.name("slack_channel", out.slack_channel);
  read_devices(in, out.devices);
}

void write_contacts(ordered_json& out, const contacts& where) {
  auto put = [&](const char* name, const std::string& value) {
    if (!value.empty())
      out[name] = value;
  };
  put("email", where.email);
  put("phone", where.phone);
  put("webhook", where.webhook);
  put("telegram_chat", where.telegram_chat);
  put("slack_channel", where.slack_channel);
  for (auto& d : where.devices)
    out["devices"].push_back({{"protocol", d.protocol}, {"token", d.token}});
}

std::string address_problem(channel on, std::string_view address) {
  switch (on) {
  case channel::email: return email_problem(address);
  case channel::sms:
  case channel::whatsapp: return phone_problem(address);
  case channel::webhook: return webhook_problem(address);
  default: return {};
  }
}

} // namespace carillon::http
