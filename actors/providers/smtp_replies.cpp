// What a mail server's reply means: two tables, the first row that fits counts.
// Sources: RFC 5321 section 4.2, RFC 3463 and IANA's registry of enhanced codes,
// RFC 7504 (521, 556); the outcome of each code is our reading of them.
#include <algorithm>
#include <array>
#include <charconv>

#include "actors/providers/excerpt.hpp"
#include "actors/providers/smtp.hpp"

namespace carillon {
namespace {

constexpr int any = -1;

/// X.Y.Z of RFC 3463.
struct enhanced_code {
  int group = 0, subject = 0, detail = 0;
};

struct enhanced_row {
  int basic, group, subject, detail;
  outcome what;
};
constexpr std::array enhanced_rows{
  enhanced_row{530, 5, any, any, outcome::bad_credentials}, // authentication required
  enhanced_row{534, 5, any, any, outcome::bad_credentials}, // mechanism too weak
  enhanced_row{535, 5, any, any, outcome::bad_credentials}, // credentials invalid
  enhanced_row{538, 5, any, any, outcome::bad_credentials}, // encryption required
  enhanced_row{any, 5, 7, 8, outcome::bad_credentials},     // credentials invalid
  enhanced_row{any, 5, 7, 9, outcome::bad_credentials},     // mechanism too weak
  enhanced_row{any, any, 7, 28, outcome::throttled},        // mail flood detected
  enhanced_row{any, any, 4, 5, outcome::throttled},         // mail system congestion
  enhanced_row{any, 5, 1, 1, outcome::bad_address},         // no such mailbox
  enhanced_row{any, 5, 1, 2, outcome::bad_address},         // no such domain
  enhanced_row{any, 5, 1, 3, outcome::bad_address},         // bad syntax
  enhanced_row{any, 5, 1, 6, outcome::bad_address},         // moved
  enhanced_row{any, 5, 1, 10, outcome::bad_address},        // null MX
  enhanced_row{any, 5, 2, 1, outcome::bad_address},         // mailbox disabled
  enhanced_row{any, 5, 2, 2, outcome::retry},               // mailbox full: it may be emptied
  enhanced_row{any, 5, any, any, outcome::bad_message},     // size, content, policy, routing, our syntax
  enhanced_row{any, 4, any, any, outcome::retry},
};

struct basic_row {
  int first, last;
  outcome what;
};
constexpr std::array basic_rows{
  basic_row{200, 299, outcome::accepted},        //
  basic_row{400, 499, outcome::retry},           // 421, 450, 451, 452, 454
  basic_row{530, 530, outcome::bad_credentials}, //
  basic_row{534, 535, outcome::bad_credentials}, //
  basic_row{538, 538, outcome::bad_credentials}, //
  basic_row{550, 551, outcome::bad_address},     // mailbox unavailable, not local
  basic_row{553, 553, outcome::bad_address},     // mailbox name not allowed
  basic_row{556, 556, outcome::bad_address},     // the domain takes no mail
  basic_row{500, 599, outcome::bad_message},     // syntax, 521, 552 too big, 554, 555
};

/// Reads "5.1.1" at the start of the text.
std::optional<enhanced_code> enhanced_in(std::string_view text) {
  enhanced_code out;
  auto* at = text.data();
  auto* end = text.data() + text.size();
  for (auto* part : {&out.group, &out.subject, &out.detail}) {
    if (part != &out.group && (at == end || *at++ != '.'))
      return std::nullopt;
    auto [next, error] = std::from_chars(at, std::min(at + 3, end), *part);
    if (error != std::errc{} || *part < 0)
      return std::nullopt;
    at = next;
  }
  auto known = out.group == 2 || out.group == 4 || out.group == 5;
  auto ended = at == end || *at == ' ' || *at == '\n';
  return known && ended ? std::optional{out} : std::nullopt;
}

bool fits(int wanted, int value) {
  return wanted == any || wanted == value;
}

std::optional<outcome> by_enhanced(int basic, const enhanced_code& code) {
  for (auto& row : enhanced_rows)
    if (fits(row.basic, basic) && fits(row.group, code.group) && fits(row.subject, code.subject)
        && fits(row.detail, code.detail))
      return row.what;
  return std::nullopt;
}

std::string_view command_of(const wire_answer& answer) {
  for (auto& [name, value] : answer.headers)
    if (name == "smtp-command")
      return value;
  return "RCPT"; // who does not say is believed
}

outcome by_basic(const wire_answer& answer) {
  // Amazon SES says so in words only.
  if (answer.status == 454 && answer.body.starts_with("Throttling failure"))
    return outcome::throttled;
  for (auto& row : basic_rows) {
    if (answer.status < row.first || answer.status > row.last)
      continue;
    // 550 to MAIL is about the sender, after the message about its content.
    if (row.what == outcome::bad_address && command_of(answer) != "RCPT")
      return outcome::bad_message;
    return row.what;
  }
  return outcome::ambiguous; // no reply of RFC 5321
}

/// What Postfix and its kin answer: "2.0.0 Ok: queued as 4ABC".
std::string queue_id(std::string_view text) {
  constexpr std::string_view mark = "queued as ";
  auto at = text.find(mark);
  if (at == std::string_view::npos)
    return {};
  auto id = text.substr(at + mark.size());
  return std::string{id.substr(0, std::min<std::size_t>(id.find_first_of(" \n"), 100))};
}

} // namespace

answer_meaning read_smtp(const wire_answer& answer, sys_time) {
  if (auto failed = meaning_of_failure(answer))
    return *failed;
  answer_meaning out;
  out.code = std::to_string(answer.status);
  out.detail = excerpt(answer.body);
  auto enhanced = enhanced_in(answer.body);
  // A success is one by its basic code; an enhanced code only explains a refusal.
  auto refused = answer.status >= 400 && answer.status <= 599;
  std::optional<outcome> explained;
  if (enhanced && refused) {
    explained = by_enhanced(answer.status, *enhanced);
    out.code += " " + std::to_string(enhanced->group) + "." + std::to_string(enhanced->subject) + "."
                + std::to_string(enhanced->detail);
  }
  out.outcome = explained ? *explained : by_basic(answer);
  if (out.outcome == outcome::accepted)
    out.provider_message_id = queue_id(answer.body);
  return out;
}

} // namespace carillon
