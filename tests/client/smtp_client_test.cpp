#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <map>

#include "tests/client/client_helpers.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

/// A mail server by script: what it answers to which command, and what it saw.
struct mail_script {
  std::map<std::string, std::string> replies = {
    {"greeting", "220 mail.test ready"},
    {"EHLO", "250-mail.test\r\n250-SIZE 1000000\r\n250 8BITMIME"},
    {"MAIL", "250 2.1.0 ok"},
    {"RCPT", "250 2.1.5 ok"},
    {"DATA", "354 go on"},
    {"message", "250 2.0.0 queued as 42"},
    {"AUTH", "235 2.7.0 welcome"},
    {"QUIT", "221 bye"},
  };
  std::string hang_up_after = {}; ///< command after which the connection is closed without a reply
  std::string silent_after = {};  ///< command after which no reply comes

  std::mutex mutex = {};
  std::condition_variable changed = {};
  std::vector<std::string> commands = {}, messages = {};
  bool silent = false; ///< has been reached

  /// False: the connection ends.
  bool reply(connection& peer, const std::string& to) {
    if (to == silent_after) {
      {
        std::scoped_lock guard{mutex};
        silent = true;
      }
      changed.notify_all();
      peer.wait_for_end();
    }
    return to != hang_up_after && to != silent_after && peer.write(replies[to] + "\r\n");
  }
  void serve(connection& peer) {
    if (!reply(peer, "greeting"))
      return;
    while (auto line = peer.read_line()) {
      {
        std::scoped_lock guard{mutex};
        commands.push_back(*line);
      }
      auto command = line->substr(0, 4);
      if (!reply(peer, command))
        return;
      if (command == "DATA" && replies["DATA"].starts_with("354") && !take_message(peer))
        return;
    }
  }
  bool take_message(connection& peer) {
    auto text = peer.read_until("\r\n.\r\n");
    if (!text)
      return false;
    {
      std::scoped_lock guard{mutex};
      messages.push_back(*text);
    }
    return reply(peer, "message");
  }
  void wait_for_silence() {
    std::unique_lock lock{mutex};
    REQUIRE(changed.wait_for(lock, patience, [this] { return silent; }));
  }
  tcp_server::script script() {
    return [this](connection& peer) { serve(peer); };
  }
};

wire_request mail(const tcp_server& server, std::string text = "Subject: x\r\n\r\nhello\r\n") {
  wire_request request;
  request.what = wire_request::kind::smtp;
  request.url = server.url("smtp");
  request.body = std::move(text);
  request.mail_from = "shop@example.org";
  request.rcpt_to = "ann@example.org";
  request.tls = wire_request::starttls::off;
  request.connections = 1;
  return request;
}

wire_request mail_of(const tcp_server& server, std::string username, std::string password) {
  auto request = mail(server);
  request.username = std::move(username);
  request.password = std::move(password);
  return request;
}

std::string command_in(const wire_answer& answer) {
  return answer.headers.empty() ? "" : answer.headers[0].name + " " + answer.headers[0].value;
}

wire_answer answer_of(mail_script& script) {
  tcp_server server{script.script()};
  curl_client client{{}};
  return ask(client, mail(server));
}

} // namespace

TEST_CASE("an accepted message is answered with the server's last reply") {
  mail_script script;
  tcp_server server{script.script()};
  client_settings settings;
  settings.hello_name = "engine.example.org";
  curl_client client{settings};
  auto answer = ask(client, mail(server, "Subject: x\r\n\r\n.dot\r\nend\r\n"));
  CHECK(answer.why == failure::none);
  CHECK(answer.status == 250);
  CHECK(answer.body == "2.0.0 queued as 42");
  CHECK(command_in(answer) == "smtp-command end-of-data");
  std::scoped_lock guard{script.mutex};
  CHECK(script.commands[0] == "EHLO engine.example.org");
  CHECK(script.commands[1].starts_with("MAIL FROM:<shop@example.org>"));
  CHECK(script.commands[2] == "RCPT TO:<ann@example.org>");
  CHECK(script.messages[0] == "Subject: x\r\n\r\n..dot\r\nend\r\n.\r\n");
}

TEST_CASE("messages one after the other use one session") {
  mail_script script;
  tcp_server server{script.script()};
  curl_client client{{}};
  for (int i = 0; i < 3; ++i)
    CHECK(ask(client, mail(server)).status == 250);
  CHECK(server.connections() == 1);
}

TEST_CASE("a refusal is an answer that names the command it answers") {
  struct row {
    const char *command, *reply;
    int status;
    const char* shown;
  };
  for (auto& [command, reply, status, shown] : {
         row{"greeting", "554 5.3.2 not here", 554, "smtp-command session"},
         row{"MAIL", "550 5.1.8 sender refused", 550, "smtp-command MAIL"},
         row{"RCPT", "550-5.1.1 no such\r\n550 5.1.1 mailbox", 550, "smtp-command RCPT"},
         row{"DATA", "554 5.5.1 no valid recipients", 554, "smtp-command DATA"},
         row{"message", "451 4.3.0 try later", 451, "smtp-command end-of-data"},
         row{"message", "550 5.7.1 spam", 550, "smtp-command end-of-data"},
       }) {
    INFO(command << " " << reply);
    mail_script script;
    script.replies[command] = reply;
    auto answer = answer_of(script);
    CHECK(answer.why == failure::none);
    CHECK(answer.status == status);
    CHECK(command_in(answer) == shown);
    CHECK(answer.body.substr(0, 5) == std::string{reply}.substr(4, 5));
  }
}

TEST_CASE("a server that does not answer QUIT does not delay its refusal") {
  mail_script script;
  script.replies["RCPT"] = "550 5.1.1 no such mailbox";
  script.silent_after = "QUIT";
  CHECK(answer_of(script).status == 550);
}

TEST_CASE("AUTH that is refused is an answer") {
  mail_script script;
  script.replies["EHLO"] = "250-mail.test\r\n250 AUTH GSSAPI PLAIN";
  script.replies["AUTH"] = "535 5.7.8 credentials invalid";
  tcp_server server{script.script()};
  curl_client client{{}};
  auto answer = ask(client, mail_of(server, "shop@example.org", "wrong"));
  CHECK(answer.why == failure::none);
  CHECK(answer.status == 535);
  CHECK(command_in(answer) == "smtp-command session");
  CHECK(answer.detail.empty());
}

TEST_CASE("AUTH PLAIN is used where it is offered") {
  mail_script script;
  script.replies["EHLO"] = "250-mail.test\r\n250 AUTH PLAIN LOGIN";
  script.replies["AUTH"] = "334 ";
  // The answer to the challenge: \0user\0pass.
  script.replies["AHUA"] = "235 2.7.0 welcome";
  tcp_server server{script.script()};
  curl_client client{{}};
  CHECK(ask(client, mail_of(server, "u", "p")).status == 250);
  std::scoped_lock guard{script.mutex};
  CHECK(script.commands[1] == "AUTH PLAIN");
  CHECK(script.commands[2] == "AHUAcA==");
}

TEST_CASE("without AUTH in the server's offer nothing is sent where the provider has credentials") {
  mail_script script;
  tcp_server server{script.script()};
  curl_client client{{}};
  auto answer = ask(client, mail_of(server, "shop", "secret"));
  CHECK(answer.why == failure::not_sent);
  CHECK(answer.detail.find("offers no AUTH") != std::string::npos);
  std::scoped_lock guard{script.mutex};
  for (auto& command : script.commands)
    CHECK_FALSE(command.starts_with("MAIL"));
}

TEST_CASE("a connection lost before the final dot is not_sent") {
  for (auto* command : {"greeting", "EHLO", "MAIL", "RCPT", "DATA"}) {
    INFO(command);
    mail_script script;
    script.hang_up_after = command;
    CHECK(answer_of(script).why == failure::not_sent);
    std::scoped_lock guard{script.mutex};
    CHECK(script.messages.empty());
  }
}

TEST_CASE("a connection lost after the final dot is no_answer") {
  mail_script script;
  script.hang_up_after = "message";
  CHECK(answer_of(script).why == failure::no_answer);
  std::scoped_lock guard{script.mutex};
  CHECK(script.messages.size() == 1);
}

TEST_CASE("silence ends with the timeout, by how far the message came") {
  for (auto& [command, expected] : {std::pair{"RCPT", failure::not_sent}, std::pair{"message", failure::no_answer}}) {
    INFO(command);
    mail_script script;
    script.silent_after = command;
    tcp_server server{script.script()};
    curl_client client{{}};
    auto request = mail(server);
    request.timeout = std::chrono::milliseconds{300};
    CHECK(ask(client, request).why == expected);
  }
}

TEST_CASE("a reply that comes after its call has timed out is not taken for another message's") {
  for (auto* late : {"250 2.0.0 queued as 1\r\n", "554 5.7.1 this is spam\r\n", ""}) {
    INFO(late);
    mail_script script;
    std::promise<void> given_up;
    auto wait = given_up.get_future().share();
    std::atomic<int> sessions = 0;
    tcp_server server{[&](connection& peer) {
      if (++sessions > 1)
        return script.serve(peer);
      peer.write("220 hi\r\n");
      for (auto* reply : {"250 mail.test\r\n", "250 ok\r\n", "250 ok\r\n", "354 go on\r\n"}) {
        peer.read_line();
        peer.write(reply);
      }
      peer.read_until("\r\n.\r\n");
      wait.wait();
      peer.write(late);
      peer.wait_for_end();
    }};
    curl_client client{client_settings{}};
    auto slow = mail(server);
    slow.timeout = std::chrono::milliseconds{300};
    CHECK(ask(client, slow).why == failure::no_answer);
    given_up.set_value();
    for (int i = 0; i < 2; ++i) {
      auto next = ask(client, mail(server));
      CHECK(next.why == failure::none);
      CHECK(next.body == "2.0.0 queued as 42");
    }
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("nothing is said in the clear to a server without STARTTLS where it is required") {
  mail_script script;
  tcp_server server{script.script()};
  curl_client client{{}};
  auto request = mail(server);
  request.tls = wire_request::starttls::required;
  CHECK(ask(client, request).why == failure::tls);
  std::scoped_lock guard{script.mutex};
  for (auto& command : script.commands)
    CHECK_FALSE(command.starts_with("MAIL"));
}

TEST_CASE("opportunistic STARTTLS sends to a server without it") {
  mail_script script;
  tcp_server server{script.script()};
  curl_client client{{}};
  auto request = mail(server);
  request.tls = wire_request::starttls::opportunistic;
  CHECK(ask(client, request).status == 250);
}

TEST_CASE("a session that the server closed while idle is replaced without an attempt being lost") {
  for (bool with_farewell : {false, true}) {
    INFO(with_farewell);
    mail_script script;
    std::promise<void> closed;
    std::atomic<int> sessions = 0;
    tcp_server server{[&](connection& peer) {
      if (++sessions > 1)
        return script.serve(peer);
      mail_script brief;
      peer.write("220 hi\r\n");
      for (auto* reply : {"250 mail.test\r\n", "250 ok\r\n", "250 ok\r\n", "354 go on\r\n"}) {
        peer.read_line();
        peer.write(reply);
      }
      peer.read_until("\r\n.\r\n");
      peer.write("250 ok\r\n");
      if (with_farewell) {
        peer.read_line(); // the next MAIL
        peer.write("421 4.4.2 idle for too long\r\n");
      } else {
        peer.read_line();
        peer.reset();
      }
    }};
    curl_client client{{}};
    CHECK(ask(client, mail(server)).status == 250);
    CHECK(ask(client, mail(server)).status == 250);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a line break in the envelope is not sent") {
  mail_script script;
  tcp_server server{script.script()};
  curl_client client{{}};
  auto request = mail(server);
  request.rcpt_to = "ann@example.org>\r\nRCPT TO:<eve@example.org";
  CHECK(ask(client, request).why == failure::not_sent);
  CHECK(server.connections() == 0);
}

TEST_CASE("a mail server that does not answer holds up neither HTTP calls nor other mail servers") {
  mail_script stuck, fine;
  stuck.silent_after = "message";
  tcp_server silent{stuck.script()}, mail_server{fine.script()}, vendor{always(ok_response())};
  auto client = std::make_unique<curl_client>(client_settings{});
  auto waiting = begin(*client, mail(silent));
  CHECK(ask(*client, mail(mail_server)).status == 250);
  CHECK(ask(*client, post(vendor.url("http"))).status == 200);
  stuck.wait_for_silence();
  client.reset();
  CHECK(waiting.get().why == failure::no_answer);
}

TEST_CASE("the end of the client answers waiting messages as not_sent") {
  mail_script script;
  script.silent_after = "greeting";
  tcp_server server{script.script()};
  auto client = std::make_unique<curl_client>(client_settings{});
  std::vector<pending_answer> answers;
  for (int i = 0; i < 5; ++i)
    answers.push_back(begin(*client, mail(server)));
  client.reset();
  for (auto& answer : answers)
    CHECK(answer.get().why == failure::not_sent);
}
