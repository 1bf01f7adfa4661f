#include "actors/providers/mailbox.hpp"

#include <algorithm>

namespace carillon {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}
bool is_atom_text(char c) { // RFC 5322, section 3.2.3
  return is_alphanumeric(c) || is_beyond_ascii(c)
         || std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}
bool is_label_text(char c) {
  return is_alphanumeric(c) || is_beyond_ascii(c) || c == '-';
}

/// Parts between dots, none empty, each at most `most` bytes of `allowed` characters.
bool is_dotted(std::string_view text, std::size_t most, bool (*allowed)(char)) {
  while (true) {
    auto part = text.substr(0, text.find('.'));
    if (part.empty() || part.size() > most || !std::all_of(part.begin(), part.end(), allowed))
      return false;
    if (part.size() == text.size())
      return true;
    text.remove_prefix(part.size() + 1);
  }
}

bool is_literal(std::string_view domain) { // [192.0.2.1], [IPv6:2001:db8::1]
  if (domain.size() < 4 || domain.front() != '[' || domain.back() != ']')
    return false;
  auto inner = domain.substr(1, domain.size() - 2);
  return std::all_of(inner.begin(), inner.end(), [](char c) { return is_alphanumeric(c) || c == '.' || c == ':'; });
}

bool is_domain(std::string_view domain) {
  return is_literal(domain) || (is_dotted(domain, 63, is_label_text) && domain.front() != '-' && domain.back() != '-');
}

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

address_form form_of(std::string_view address) {
  auto at = address.rfind('@');
  if (at == std::string_view::npos || address.size() > 254 || at > 64)
    return address_form::invalid;
  if (!is_dotted(address.substr(0, at), 64, is_atom_text) || !is_domain(address.substr(at + 1)))
    return address_form::invalid;
  auto international = std::any_of(address.begin(), address.end(), is_beyond_ascii);
  return international ? address_form::international : address_form::ascii;
}

std::optional<mailbox> parse_mailbox(std::string_view text) {
  text = trimmed(text);
  mailbox out;
  if (auto open = text.find('<'); open != std::string_view::npos) {
    if (!text.ends_with('>'))
      return std::nullopt;
    auto name = trimmed(text.substr(0, open));
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"')
      name = name.substr(1, name.size() - 2);
    out.name = name;
    out.address = text.substr(open + 1, text.size() - open - 2);
  } else {
    out.address = text;
  }
  if (form_of(out.address) == address_form::invalid)
    return std::nullopt;
  return out;
}

std::string_view domain_of(std::string_view address) {
  return address.substr(address.rfind('@') + 1);
}

} // namespace carillon
