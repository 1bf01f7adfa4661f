#include "actors/providers/mime.hpp"

#include <algorithm>

#include "actors/providers/crypto.hpp"

namespace carillon {
namespace {

constexpr std::size_t line_bytes = 76; // RFC 2045 and 2047 both stop here
constexpr std::string_view word_start = "=?UTF-8?B?", word_end = "?=";

bool is_printable_ascii(char c) {
  return c >= 0x20 && c < 0x7f;
}

/// One line: control characters, line ends above all, become spaces.
std::string without_controls(std::string_view text) {
  std::string out{text};
  std::replace_if(
    out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

/// The longest start of at most `most` bytes that ends between two characters.
std::string_view whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most)
    return text;
  auto is_inside = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; };
  auto end = most;
  while (end > 0 && is_inside(end))
    --end;
  return text.substr(0, end == 0 ? most : end); // what is no UTF-8 is cut anywhere
}

/// Encoded-words from `column` on, one a line.
std::string encoded_words(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    auto room = line_bytes - column - word_start.size() - word_end.size();
    auto piece = whole_characters(text, room / 4 * 3);
    out.append(out.empty() ? "" : "\r\n ").append(word_start).append(base64(piece)).append(word_end);
    text.remove_prefix(piece.size());
    column = 1;
  }
  return out;
}

/// Text that may stand in a header as it is.
bool is_plain(std::string_view text, std::size_t most) {
  return text.size() <= most && std::all_of(text.begin(), text.end(), is_printable_ascii)
         && text.find("=?") == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ');
}

std::string from_header(const mailbox& from) {
  constexpr std::string_view specials = "()<>[]:;@\\,.\""; // RFC 5322, section 3.2.3
  auto name = without_controls(from.name);
  if (name.empty())
    return "From: " + from.address + "\r\n";
  auto plain = is_plain(name, 60) && name.find_first_of(specials) == std::string::npos;
  return "From: " + (plain ? name : encoded_words(name, 6)) + "\r\n <" + from.address + ">\r\n";
}

/// An encoded body with the headers that describe it.
std::string entity(std::string_view type, std::string_view text) {
  auto beyond_ascii = std::count_if(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
  // Three bytes for each of those against a third more for all of them.
  auto quoted = static_cast<std::size_t>(beyond_ascii) * 6 <= text.size();
  std::string out = "Content-Type: " + std::string{type} + "; charset=utf-8\r\nContent-Transfer-Encoding: ";
  if (quoted)
    return out + "quoted-printable\r\n\r\n" + quoted_printable(text);
  out += "base64\r\n\r\n";
  auto encoded = base64(text);
  for (std::size_t at = 0; at < encoded.size(); at += line_bytes)
    out.append(encoded, at, line_bytes).append("\r\n");
  return out;
}

std::string body_of(const mail_message& mail) {
  if (mail.html.empty())
    return entity("text/plain", mail.text);
  if (mail.text.empty())
    return entity("text/html", mail.html);
  // "=_" cannot occur in either encoding, so no body can hold the boundary.
  auto mark = "=_" + mail.boundary;
  return "Content-Type: multipart/alternative; boundary=\"" + mark + "\"\r\n\r\n--" + mark + "\r\n"
         + entity("text/plain", mail.text) + "--" + mark + "\r\n" + entity("text/html", mail.html) + "--" + mark
         + "--\r\n";
}

} // namespace

std::string text_header(std::string_view name, std::string_view text) {
  auto line = without_controls(text);
  std::string out{name};
  if (line.empty())
    return out + ":\r\n";
  auto column = name.size() + 2;
  out += ": ";
  return out + (is_plain(line, line_bytes - column) ? line : encoded_words(line, column)) + "\r\n";
}

std::string quoted_printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  auto at_line_end = [&](std::size_t i) { return i == text.size() || text[i] == '\r' || text[i] == '\n'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '\r' || c == '\n') {
      i += c == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 1 : 0;
      out += "\r\n";
      column = 0;
      continue;
    }
    // Blanks that end a line are lost on the way; elsewhere they are themselves.
    auto blank = c == ' ' || c == '\t';
    auto literal = blank ? !at_line_end(i + 1) : is_printable_ascii(c) && c != '=';
    auto width = literal ? 1U : 3U;
    if (column + width > line_bytes - 1) {
      out += "=\r\n";
      column = 0;
    }
    column += width;
    if (literal)
      out += c;
    else
      (out += '=').append({digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]});
  }
  return column == 0 ? out : out + "\r\n";
}

std::string format_mail(const mail_message& mail) {
  auto out = from_header(mail.from);
  out += "To: " + without_controls(mail.to) + "\r\n";
  out += text_header("Subject", mail.subject);
  out += "Date: " + mail.date + "\r\n";
  out += "Message-ID: <" + mail.message_id + ">\r\n";
  for (auto& [name, value] : mail.more)
    out += name + ": " + without_controls(value) + "\r\n";
  out += "MIME-Version: 1.0\r\n";
  return out + body_of(mail);
}

} // namespace carillon
