#include "actors/providers/check.hpp"

#include <algorithm>

#include "actors/providers/mailbox.hpp"
#include "actors/providers/protocol.hpp"
#include "actors/providers/webhook.hpp"

namespace carillon {
namespace {

using problems = std::vector<provider_problem>;

bool starts_with_one_of(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](auto start) { return text.starts_with(start); });
}

std::string known_names() {
  std::string out;
  for (auto& row : protocols())
    out.append(out.empty() ? "" : ", ").append(row.name);
  return out;
}

void check_channel(const provider_options& provider, const protocol& row, problems& out) {
  if (row.channel && provider.channel && *provider.channel != *row.channel)
    out.push_back({"channel", "protocol " + std::string{row.name} + " serves channel "
                                + std::string{to_string(*row.channel)} + "; leave the key out."});
  if (!row.channel && !provider.channel)
    out.push_back({"channel", "protocol " + std::string{row.name} + " serves any channel; say which one."});
}

void check_credentials(const provider_options& provider, const protocol& row, problems& out) {
  for (auto name : row.credential_keys)
    if (auto found = provider.credentials.find(std::string{name});
        found == provider.credentials.end() || found->second.empty())
      out.push_back({"credentials." + std::string{name}, "is needed by protocol " + std::string{row.name} + "."});
}

void check_signing_secrets(const provider_options& provider, problems& out) {
  if (provider.signing_secrets.empty())
    out.push_back({"credentials.secret", "is needed to sign; write whsec_ and the base64 of 24 to 64 random bytes."});
  for (std::size_t i = 0; i < provider.signing_secrets.size(); ++i)
    if (!webhook_key(provider.signing_secrets[i]))
      out.push_back({"credentials.secret", "number " + std::to_string(i + 1)
                                             + " is not whsec_ and the base64 of 24 to 64 bytes; make one with "
                                               "`echo whsec_$(openssl rand -base64 32)`."});
}

void check_smtp(const provider_options& provider, problems& out) {
  if (!provider.base_url.empty() && !starts_with_one_of(provider.base_url, {"smtp://", "smtps://"}))
    out.push_back({"base_url", "protocol smtp needs smtp://host:port or smtps://host:port."});
  auto has = [&](const char* name) { return provider.credentials.contains(name); };
  if (has("username") != has("password"))
    out.push_back({"credentials", "needs both username and password, or neither."});
}

} // namespace

std::vector<provider_problem> problems_of(const provider_options& provider) {
  problems out;
  auto* row = find_protocol(provider.protocol);
  if (!row) {
    out.push_back({"protocol", "\"" + provider.protocol + "\" is not known; known are " + known_names() + "."});
    return out;
  }
  check_channel(provider, *row, out);
  check_credentials(provider, *row, out);
  auto from = parse_mailbox(provider.from);
  if (row->needs_from && (!from || form_of(from->address) != address_form::ascii))
    out.push_back({"from", "needs an email address in ASCII: name@domain or Name <name@domain>."});
  if (row->needs_base_url && provider.base_url.empty())
    out.push_back({"base_url", "is needed by protocol " + std::string{row->name} + "."});
  if (row->needs_signing_secret)
    check_signing_secrets(provider, out);
  if (row->name == "smtp")
    check_smtp(provider, out);
  return out;
}

} // namespace carillon
