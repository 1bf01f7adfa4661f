#include <catch2/catch_test_macros.hpp>

#include "actors/providers/mime.hpp"
#include "actors/providers/smtp.hpp"
#include "actors/providers/unsubscribe.hpp"
#include "tests/providers/mail_reader.hpp"
#include "tests/providers/provider_fixtures.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

call_fixture mail(std::string to = "ann@example.org") {
  return {channel::email, std::move(to)};
}

mail_entity read_mail(const call_fixture& fixture) {
  auto request = make_smtp(fixture.context());
  REQUIRE(request);
  for (auto& line : lines_of(request->body)) {
    CHECK(line.size() <= 998);
    CHECK(line.find_first_of("\r\n") == std::string::npos);
  }
  return read_entity(request->body);
}

/// Random valid UTF-8 without control characters.
std::string random_text(std::mt19937_64& random, std::size_t characters) {
  std::string out;
  for (std::size_t i = 0; i < characters; ++i) {
    switch (random() % 5) {
    case 0: out += "ß"; break;
    case 1: out += "語"; break;
    case 2: out += "🎉"; break;
    case 3: out += ' '; break;
    default: out += static_cast<char>('!' + random() % 94);
    }
  }
  return out;
}

} // namespace

TEST_CASE("envelope and login come from the provider and the delivery") {
  auto fixture = mail();
  fixture.provider.base_url = "smtp://mail.example.org:587/";
  fixture.provider.credentials = {{"username", secret{"u"}}, {"password", secret{"p"}}};
  fixture.provider.starttls = starttls_mode::opportunistic;
  fixture.provider.timeout = std::chrono::seconds{7};
  auto request = make_smtp(fixture.context());
  REQUIRE(request);
  CHECK(request->what == wire_request::kind::smtp);
  CHECK(request->url == "smtp://mail.example.org:587");
  CHECK(request->mail_from == "shop@example.org");
  CHECK(request->rcpt_to == "ann@example.org");
  CHECK(request->username == "u");
  CHECK(request->password == "p");
  CHECK(request->tls == wire_request::starttls::opportunistic);
  CHECK(request->timeout == std::chrono::seconds{7});
  CHECK_FALSE(request->guarded);
}

TEST_CASE("a mail has the headers of RFC 5322 and MIME") {
  auto entity = read_mail(mail());
  CHECK(entity.header("From") == "Shop <shop@example.org>");
  CHECK(entity.header("To") == "ann@example.org");
  CHECK(entity.header("Subject") == "Your order");
  CHECK(entity.header("Date") == "Sat, 21 Nov 2026 07:25:18 +0000");
  CHECK(entity.header("Message-ID") == "<019aa5b2-3c4d-7e6f-8b9b-0c1d2e3f4a5c@example.org>");
  CHECK(entity.header("MIME-Version") == "1.0");
  CHECK(entity.header("Content-Type") == "text/plain; charset=utf-8");
  CHECK(decoded_body(entity) == "It is on its way.\r\n");
}

TEST_CASE("text and html go as alternatives, the text first") {
  auto fixture = mail();
  fixture.n.content.by_channel[channel::email].html = "<p>Größe: 42</p>\n<p>.</p>\n";
  auto entity = read_mail(fixture);
  CHECK(entity.header("Content-Type").starts_with("multipart/alternative; boundary="));
  auto parts = parts_of(entity);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].header("Content-Type") == "text/plain; charset=utf-8");
  CHECK(decoded_body(parts[0]) == "It is on its way.\r\n");
  CHECK(parts[1].header("Content-Type") == "text/html; charset=utf-8");
  CHECK(decoded_body(parts[1]) == "<p>Größe: 42</p>\r\n<p>.</p>\r\n");
}

TEST_CASE("html alone goes alone") {
  auto fixture = mail();
  fixture.n.content.body.clear();
  fixture.n.content.by_channel[channel::email].html = "<p>hi</p>";
  auto entity = read_mail(fixture);
  CHECK(entity.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(decoded_body(entity) == "<p>hi</p>\r\n");
}

TEST_CASE("a mail is the same at every attempt but for its date") {
  auto fixture = mail();
  fixture.n.content.by_channel[channel::email].html = "<p>hi</p>";
  auto first = make_smtp(fixture.context())->body;
  CHECK(first == make_smtp(fixture.context())->body);
  auto later = make_smtp(fixture.context(a_saturday + std::chrono::seconds{1}))->body;
  CHECK(later.replace(later.find("07:25:19"), 8, "07:25:18") == first);
}

TEST_CASE("subjects beyond ASCII come back from their encoded-words, folded at 76 columns") {
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  for (int i = 0; i < 500; ++i) {
    auto fixture = mail();
    fixture.n.content.title = "ü" + random_text(random, random() % 200) + "!";
    auto request = make_smtp(fixture.context());
    REQUIRE(request);
    for (auto& line : lines_of(request->body))
      CHECK(line.size() <= 76);
    CHECK(decoded_words(read_entity(request->body).header("Subject")) == fixture.n.content.title);
  }
}

TEST_CASE("long or encoded-looking ASCII subjects come back too") {
  for (std::string subject : {std::string(2'000, 'x'), std::string{"=?UTF-8?B?eA==?="}, std::string{" padded "}}) {
    auto fixture = mail();
    fixture.n.content.title = subject;
    CHECK(decoded_words(read_mail(fixture).header("Subject")) == subject);
  }
}

TEST_CASE("each encoded-word holds whole characters") {
  auto header = text_header(
    "Subject", std::string(3, 'a') + [] {
      std::string emoji;
      for (int i = 0; i < 60; ++i)
        emoji += "🎉";
      return emoji;
    }());
  for (auto at = header.find("=?UTF-8?B?"); at != std::string::npos; at = header.find("=?UTF-8?B?", at + 1)) {
    auto word = unbase64(header.substr(at + 10, header.find("?=", at + 10) - at - 10));
    CHECK((static_cast<unsigned char>(word[0]) & 0xc0) != 0x80);
  }
}

TEST_CASE("no text adds a header or a line of its own") {
  using namespace std::string_literals;
  for (auto& evil :
       {"a\r\nBcc: eve@example.org"s, "a\nBcc: eve@example.org"s, "a\rBcc: x"s, "a\r\n\r\nbody"s, "a\0b"s}) {
    auto fixture = mail();
    fixture.n.content.title = evil;
    fixture.provider.from = "Sh" + evil + "op <shop@example.org>";
    auto entity = read_mail(fixture);
    CHECK_FALSE(entity.has("Bcc"));
    CHECK(entity.headers.size() == 8);
    CHECK(decoded_body(entity) == "It is on its way.\r\n");
    for (auto& [name, value] : entity.headers) // decoded: careless readers show what they find there
      CHECK(decoded_words(value).find_first_of("\r\n\0"s) == std::string::npos);
  }
}

TEST_CASE("a sender's name is written so that every reader reads it back") {
  for (std::string name :
       {"Shop", "Müller & Söhne", "Shop, Inc.", "a (b) \"c\"", "日本語のとても長いなまえのおみせですよほんとうに"}) {
    auto fixture = mail();
    fixture.provider.from = name + " <shop@example.org>";
    auto from = read_mail(fixture).header("From");
    CHECK(from.ends_with(" <shop@example.org>"));
    CHECK(decoded_words(from.substr(0, from.find(" <"))) == name);
  }
}

TEST_CASE("bodies come back whatever they hold") {
  auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  for (int i = 0; i < 200; ++i) {
    std::string expected, given;
    for (int line = 0; line < 6; ++line) {
      auto text = i % 2 == 0 ? random_text(random, random() % 300) : std::string(random() % 300, '=') + " \t.";
      expected += text + "\r\n";
      given += text + (random() % 2 == 0 ? "\n" : "\r\n");
    }
    auto fixture = mail();
    fixture.n.content.body = given;
    auto request = make_smtp(fixture.context());
    auto entity = read_entity(request->body);
    for (auto& line : lines_of(entity.body)) {
      CHECK(line.size() <= 76);
      CHECK_FALSE(line.ends_with(' '));
    }
    auto body = decoded_body(entity);
    CHECK((entity.header("Content-Transfer-Encoding") == "base64" ? body == given : body == expected));
  }
}

TEST_CASE("a malformed recipient is a bad address") {
  using namespace std::string_literals;
  for (auto& address :
       {""s, "ann"s, "@example.org"s, "ann@"s, "a b@example.org"s, "ann@@example.org"s, "ann@ex ample.org"s,
        "ann@example..org"s, ".ann@example.org"s, "ann.@example.org"s, "ann@-example.org"s,
        "ann@example.org\r\nRCPT TO:<eve@example.org>"s, "ann@example.org>"s, "<ann@example.org"s, "ann@exam\0ple.org"s,
        std::string(65, 'a') + "@example.org", "a@" + std::string(300, 'b')}) {
    INFO(address);
    auto request = make_smtp(mail(address).context());
    REQUIRE_FALSE(request);
    auto meaning = meaning_of_fault(request.error());
    CHECK(meaning.outcome == outcome::bad_address);
    CHECK((address.empty() || meaning.detail.find(address) == std::string::npos));
  }
}

TEST_CASE("usual recipients are taken") {
  for (std::string address : {"a@b", "ann+tag@example.org", "o'hara@mail.example.co.uk", "x_y=z@xn--bcher-kva.example",
                              "root@[127.0.0.1]", "root@[IPv6:2001:db8::1]"})
    CHECK(make_smtp(mail(address).context()));
}

TEST_CASE("a recipient beyond ASCII fails the message, not the address") {
  for (std::string address : {"jörg@example.org", "ann@bücher.example"}) {
    auto request = make_smtp(mail(address).context());
    REQUIRE_FALSE(request);
    CHECK(meaning_of_fault(request.error()).outcome == outcome::bad_message);
    CHECK(request.error().detail.find("xn--") != std::string::npos);
  }
}

TEST_CASE("a from that is no address is named with its key") {
  auto fixture = mail();
  fixture.provider.from = "Shop";
  auto request = make_smtp(fixture.context());
  REQUIRE_FALSE(request);
  CHECK(meaning_of_fault(request.error()).outcome == outcome::bad_message);
  CHECK(request.error().detail.find("providers.main.from") != std::string::npos);
}

TEST_CASE("unsubscribe headers stand only where they are true") {
  auto fixture = mail();
  fixture.category.unsubscribe = true;
  fixture.public_url = "https://notify.example.org/";
  fixture.unsubscribe_secret = secret{"a key of this installation"};
  auto entity = read_mail(fixture);
  auto link = entity.header("List-Unsubscribe");
  CHECK(link.starts_with("<https://notify.example.org/u/"));
  CHECK(entity.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click");
  auto token = link.substr(30, link.size() - 31);
  auto claim = read_unsubscribe_token(token, fixture.unsubscribe_secret);
  REQUIRE(claim);
  CHECK(*claim == unsubscribe_claim{{"default", mode::live}, "u_1", "promotional", channel::email});

  fixture.public_url = "http://notify.example.org";
  CHECK(read_mail(fixture).has("List-Unsubscribe"));
  CHECK_FALSE(read_mail(fixture).has("List-Unsubscribe-Post"));
  fixture.public_url.clear();
  CHECK_FALSE(read_mail(fixture).has("List-Unsubscribe"));
  fixture.public_url = "https://notify.example.org";
  fixture.unsubscribe_secret = {};
  CHECK_FALSE(read_mail(fixture).has("List-Unsubscribe"));
  fixture.unsubscribe_secret = secret{"k"};
  fixture.category.unsubscribe = false;
  CHECK_FALSE(read_mail(fixture).has("List-Unsubscribe"));
}

TEST_CASE("an unsubscribe link too long for a header fails the message") {
  auto fixture = mail();
  fixture.category.unsubscribe = true;
  fixture.public_url = "https://notify.example.org/" + std::string(900, 'x');
  fixture.unsubscribe_secret = secret{"k"};
  CHECK_FALSE(make_smtp(fixture.context()));
}

TEST_CASE("an unsubscribe token that was changed, or made with another key, is refused") {
  secret key{"one"};
  unsubscribe_claim claim{{"acme", mode::live}, "u_\"ü", "promotional", channel::sms};
  auto token = unsubscribe_token(claim, key);
  CHECK(read_unsubscribe_token(token, key) == claim);
  CHECK_FALSE(read_unsubscribe_token(token, secret{"two"}));
  CHECK_FALSE(read_unsubscribe_token(token, secret{}));
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(read_unsubscribe_token(changed, key));
  }
  for (auto* wrong : {"", ".", "abc", "abc.", ".abc"})
    CHECK_FALSE(read_unsubscribe_token(wrong, key));
}
