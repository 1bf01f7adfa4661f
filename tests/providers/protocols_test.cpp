#include "actors/providers/protocol.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "actors/providers/check.hpp"
#include "actors/providers/dates.hpp"
#include "actors/providers/excerpt.hpp"
#include "tests/providers/provider_fixtures.hpp"

using namespace carillon;
using namespace carillon::test;
using failure = wire_answer::failure;

TEST_CASE("every row of the table is found by its name and complete") {
  std::set<std::string_view> names;
  for (auto& row : protocols()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(find_protocol(row.name) == &row);
    CHECK((row.make != nullptr) == (row.by == carrier::wire));
    CHECK(row.read != nullptr);
  }
  CHECK(names == std::set<std::string_view>{"smtp", "webhook", "in_app", "sandbox"});
  CHECK(find_protocol("pigeon") == nullptr);
}

TEST_CASE("a failure below the protocol means the same everywhere") {
  struct row {
    failure why;
    outcome what;
    const char* code;
  };
  for (auto& [why, what, code] : {
         row{failure::not_sent, outcome::retry, "not_sent"},
         row{failure::tls, outcome::retry, "tls"},
         row{failure::no_answer, outcome::ambiguous, "no_answer"},
         row{failure::refused_address, outcome::bad_message, "refused_address"},
       })
    for (auto& protocol : protocols()) {
      INFO(protocol.name << " " << code);
      auto meaning = protocol.read({why, 0, {}, {}, "why"}, a_saturday);
      CHECK(meaning.outcome == what);
      CHECK(meaning.code == code);
      CHECK(meaning.detail == "why");
    }
}

TEST_CASE("any answer has a meaning within its bounds") {
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  for (int i = 0; i < 3'000; ++i) {
    std::string body(random() % 600, '\0');
    for (auto& c : body)
      c = static_cast<char>(random());
    auto answer = answered(static_cast<int>(random() % 700), body, {{"retry-after", body.substr(0, 20)}});
    if (random() % 2 == 0)
      answer.body = std::to_string(random() % 7) + "." + std::to_string(random() % 9) + "." + std::to_string(random());
    for (auto& protocol : protocols()) {
      auto meaning = protocol.read(answer, a_saturday);
      CHECK(static_cast<std::size_t>(meaning.outcome) < outcome_count);
      CHECK_FALSE(meaning.code.empty());
      CHECK(meaning.detail.size() <= 500);
      CHECK(meaning.detail.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("a fault is bad_address only where it points at the address") {
  CHECK(meaning_of_fault({errc::invalid_request, "too large"}).outcome == outcome::bad_message);
  auto meaning = meaning_of_fault({errc::invalid_request, "Malformed.", {{"/address", "format", "Write a@b."}}});
  CHECK(meaning.outcome == outcome::bad_address);
  CHECK(meaning.detail == "Malformed. Write a@b.");
}

TEST_CASE("Retry-After is read in every form and stays within its bounds") {
  using namespace std::chrono_literals;
  auto read = [](std::string value) { return retry_after_of(answered(429, "", {{"retry-after", value}}), a_saturday); };
  CHECK(read("120") == duration{120s});
  CHECK(read("0") == duration{0s});
  CHECK(read("99999999") == duration{std::chrono::days{7}});
  CHECK(read("99999999999999999999999999") == duration{std::chrono::days{7}});
  CHECK(read("Sat, 21 Nov 2026 07:26:18 GMT") == duration{59s + 750ms});
  CHECK(read("Saturday, 21-Nov-26 07:26:18 GMT") == duration{59s + 750ms});
  CHECK(read("Sat Nov 21 07:26:18 2026") == duration{59s + 750ms});
  CHECK(read("Sunday, 06-Nov-94 08:49:37 GMT") == duration{0s}); // 1994, not 2094
  CHECK(read("Sun, 06 Nov 1994 08:49:37 GMT") == duration{0s});
  for (auto* no_date : {"Sun, 06-Nov-949", "Sunday, 06-Nov-94 9", "Sun, 06 Nov 1994"})
    CHECK_FALSE(read(no_date));
  CHECK(read("Sat, 21 Nov 2099 07:26:18 GMT") == duration{std::chrono::days{7}});
  for (auto* wrong : {"", "-1", "1.5", "soon", "21 Nov 2026", "Sat, 21 Nov 2026 07:26:18 GMT x"})
    CHECK_FALSE(read(wrong));
  CHECK_FALSE(retry_after_of(answered(429), a_saturday));
}

TEST_CASE("dates are written as their standards say") {
  CHECK(mail_date(a_saturday) == "Sat, 21 Nov 2026 07:25:18 +0000");
  CHECK(json_date(a_saturday) == "2026-11-21T07:25:18.250Z");
}

TEST_CASE("an excerpt is one line without addresses") {
  CHECK(excerpt("5.1.1 <ann@example.org>: Recipient\r\nunknown\t(ann@example.org)") == "5.1.1 … Recipient unknown …");
  CHECK(excerpt("call +49-170-1234567 now") == "call … now");
  CHECK(excerpt("queued as 4XyZ12345678k") == "queued as 4XyZ12345678k");
  CHECK(excerpt("gr\xc3\xbc\xc3\x9f\x65 \xff\xc3") == "grüße");
  auto word = std::string(10'000, 'x');
  CHECK(excerpt(word.append(" y")).empty());
  std::string many;
  for (int i = 0; i < 1'000; ++i)
    many += "word ";
  CHECK(excerpt(many, 100).size() <= 100);
}

TEST_CASE("each thing a provider's section lacks is named with a remedy") {
  auto keys = [](const provider_options& provider) {
    std::vector<std::string> out;
    for (auto& problem : problems_of(provider)) {
      CHECK_FALSE(problem.detail.empty());
      out.push_back(problem.key);
    }
    return out;
  };
  using list = std::vector<std::string>;
  provider_options mail;
  mail.protocol = "smtp";
  CHECK(keys(mail) == list{"from", "base_url"});
  mail.from = "Shop <shop@example.org>";
  mail.base_url = "https://example.org";
  mail.credentials["username"] = secret{"u"};
  mail.channel = channel::sms;
  CHECK(keys(mail) == list{"channel", "base_url", "credentials"});
  mail.base_url = "smtps://mail.example.org:465";
  mail.credentials["password"] = secret{"p"};
  mail.channel = channel::email;
  CHECK(keys(mail).empty());

  provider_options hook;
  hook.protocol = "webhook";
  CHECK(keys(hook) == list{"credentials.secret"});
  hook.signing_secrets = {secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, secret{"whsec_c2hvcnQ="}};
  CHECK(keys(hook) == list{"credentials.secret"});
  CHECK(problems_of(hook)[0].detail.starts_with("number 2"));
  hook.signing_secrets.pop_back();
  CHECK(keys(hook).empty());

  provider_options play;
  play.protocol = "sandbox";
  CHECK(keys(play) == list{"channel"});
  play.protocol = "pigeon";
  CHECK(keys(play) == list{"protocol"});
}
