// An email message as it goes over the wire: RFC 5322 with MIME (RFC 2045, 2047).
// Whatever the texts hold, no line is longer than 998 bytes, every line ends with
// CRLF and no text can add a header of its own. Pure and deterministic.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/providers/mailbox.hpp"
#include "messages/ports.hpp"

namespace carillon {

struct mail_message {
  mailbox from;
  std::string to;         ///< address
  std::string subject;    ///< UTF-8
  std::string date;       ///< as mail_date writes it
  std::string message_id; ///< without angle brackets
  std::string text, html; ///< UTF-8, any line ends; both: multipart/alternative
  std::string boundary;   ///< unique to the message, ASCII letters, digits and dashes
  std::vector<header> more;
};
std::string format_mail(const mail_message& mail);

/// `Name: text` with CRLF. Text that is not short ASCII becomes encoded-words
/// (RFC 2047), folded to 76 columns; control characters become spaces.
std::string text_header(std::string_view name, std::string_view text);
/// RFC 2045, section 6.7; line ends become CRLF, lines are at most 76 bytes.
std::string quoted_printable(std::string_view text);

} // namespace carillon
