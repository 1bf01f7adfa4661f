#include <catch2/catch_test_macros.hpp>

#include "actors/providers/smtp.hpp"
#include "tests/providers/provider_fixtures.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

struct row {
  int status;
  const char* text;
  outcome what;
};

void check(const row& one) {
  INFO(one.status << " " << one.text);
  CHECK(read_smtp(answered(one.status, one.text), a_saturday).outcome == one.what);
}

} // namespace

TEST_CASE("each enhanced status code has its outcome, before the basic one") {
  for (auto& one : {
         row{530, "5.7.0 Authentication required", outcome::bad_credentials},
         row{534, "5.7.14 Please log in", outcome::bad_credentials},
         row{535, "5.7.3 Authentication unsuccessful", outcome::bad_credentials},
         row{538, "5.7.11 Encryption required", outcome::bad_credentials},
         row{550, "5.7.8 Credentials invalid", outcome::bad_credentials},
         row{550, "5.7.9 Mechanism too weak", outcome::bad_credentials},
         row{421, "4.7.28 Unusual rate of mail", outcome::throttled},
         row{550, "5.7.28 Mail flood", outcome::throttled},
         row{451, "4.4.5 Congestion", outcome::throttled},
         row{550, "5.1.1 No such mailbox", outcome::bad_address},
         row{554, "5.1.1 No such mailbox", outcome::bad_address},
         row{550, "5.1.2 No such domain", outcome::bad_address},
         row{553, "5.1.3 Bad syntax", outcome::bad_address},
         row{551, "5.1.6 Moved", outcome::bad_address},
         row{556, "5.1.10 Null MX", outcome::bad_address},
         row{550, "5.2.1 Disabled", outcome::bad_address},
         row{552, "5.2.2 Mailbox full", outcome::retry},
         row{452, "4.2.2 Mailbox full", outcome::retry},
         row{552, "5.2.3 Too big for the mailbox", outcome::bad_message},
         row{552, "5.3.4 Too big for the system", outcome::bad_message},
         row{554, "5.6.0 Content", outcome::bad_message},
         row{550, "5.7.0 Policy", outcome::bad_message},
         row{550, "5.7.1 Policy", outcome::bad_message},
         row{550, "5.7.26 Unauthenticated", outcome::bad_message},
         row{550, "5.1.8 Bad sender", outcome::bad_message},
         row{550, "5.4.1 Access denied", outcome::bad_message},
         row{421, "4.2.1 Busy", outcome::retry},
         row{421, "4.3.2 Not accepting", outcome::retry},
         row{450, "4.4.1 No answer from host", outcome::retry},
         row{452, "4.5.3 Too many recipients", outcome::retry},
         row{451, "4.7.0 Greylisted", outcome::retry},
         row{451, "4.7.1 Greylisted", outcome::retry},
         row{454, "4.7.0 Temporary authentication failure", outcome::retry},
       })
    check(one);
}

TEST_CASE("each basic reply code has its outcome where no enhanced one stands") {
  for (auto& one : {
         row{250, "ok", outcome::accepted},
         row{251, "will forward", outcome::accepted},
         row{421, "closing", outcome::retry},
         row{450, "busy", outcome::retry},
         row{451, "Timeout waiting for data", outcome::retry},
         row{452, "storage", outcome::retry},
         row{454, "Temporary authentication failure", outcome::retry},
         row{454, "Throttling failure: Maximum sending rate exceeded.", outcome::throttled},
         row{454, "Throttling failure: Daily message quota exceeded.", outcome::throttled},
         row{500, "syntax", outcome::bad_message},
         row{501, "syntax", outcome::bad_message},
         row{502, "not implemented", outcome::bad_message},
         row{503, "sequence", outcome::bad_message},
         row{504, "parameter", outcome::bad_message},
         row{521, "no mail here", outcome::bad_message},
         row{530, "Authentication required", outcome::bad_credentials},
         row{534, "mechanism", outcome::bad_credentials},
         row{535, "Authentication Credentials Invalid", outcome::bad_credentials},
         row{538, "encryption", outcome::bad_credentials},
         row{550, "no such user", outcome::bad_address},
         row{551, "not local", outcome::bad_address},
         row{552, "Message is too long", outcome::bad_message},
         row{553, "not allowed", outcome::bad_address},
         row{554, "Message rejected: Email address is not verified", outcome::bad_message},
         row{555, "parameters", outcome::bad_message},
         row{556, "domain takes no mail", outcome::bad_address},
         row{0, "", outcome::ambiguous},
         row{354, "go on", outcome::ambiguous},
         row{600, "", outcome::ambiguous},
       })
    check(one);
}

TEST_CASE("a basic 550 is about the address only where it answers RCPT") {
  for (auto& [command, what] : {std::pair{"session", outcome::bad_message}, std::pair{"MAIL", outcome::bad_message},
                                std::pair{"RCPT", outcome::bad_address}, std::pair{"DATA", outcome::bad_message},
                                std::pair{"end-of-data", outcome::bad_message}}) {
    INFO(command);
    CHECK(read_smtp(answered(550, "refused", {{"smtp-command", command}}), a_saturday).outcome == what);
    CHECK(read_smtp(answered(550, "5.1.1 refused", {{"smtp-command", command}}), a_saturday).outcome
          == outcome::bad_address);
  }
}

TEST_CASE("text that only looks like an enhanced code is not one") {
  for (auto* text :
       {"5.1", "5.1.x", "3.1.1 x", "5.1.1.1 host", "55.1.1", "5.1.1234", ". . .", "-5.1.1", "5.-1.1", "5..1"})
    check({550, text, outcome::bad_address});
  check({250, "5.1.1 is what a success never says", outcome::accepted});
}

TEST_CASE("a refusal shows both codes and its text without addresses") {
  auto meaning = read_smtp(answered(550, "5.1.1 <ann@example.org>: Recipient unknown"), a_saturday);
  CHECK(meaning.code == "550 5.1.1");
  CHECK(meaning.detail == "5.1.1 … Recipient unknown");
}

TEST_CASE("the server's queue id is the provider's message id") {
  CHECK(read_smtp(answered(250, "2.0.0 Ok: queued as 4XyZ12"), a_saturday).provider_message_id == "4XyZ12");
  CHECK(read_smtp(answered(250, "ok"), a_saturday).provider_message_id.empty());
}
