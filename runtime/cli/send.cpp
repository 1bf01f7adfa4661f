// `send`: a first notification by hand.
#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/command.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/target.hpp"
#include "runtime/cli/wait.hpp"

namespace carillon::cli {
namespace {

struct send_arguments {
  target where;
  std::string user, type, category, priority, title, body, data, email, phone, webhook, send_at, expires_at,
    idempotency_key;
  std::vector<std::string> channels;
  wait_options wait;
  bool json = false;
};

void put(nlohmann::json& object, const char* member, const std::string& value) {
  if (!value.empty())
    object[member] = value;
}

nlohmann::json content_of(const send_arguments& given) {
  nlohmann::json content = nlohmann::json::object();
  if (given.title.empty() && given.body.empty())
    content = {{"title", "Hello from carillon"}, {"body", "A first notification, sent by hand."}};
  put(content, "title", given.title);
  put(content, "body", given.body);
  if (!given.data.empty()) {
    content["data"] = nlohmann::json::parse(given.data, nullptr, false);
    if (!content["data"].is_object())
      throw command_error{usage, "--data must be a JSON object, like '{\"order\": \"A123\"}'."};
  }
  return content;
}

nlohmann::json request_of(const send_arguments& given) {
  nlohmann::json request{{"user_id", given.user}, {"type", given.type}, {"content", content_of(given)}};
  put(request, "category", given.category);
  put(request, "priority", given.priority);
  put(request, "send_at", given.send_at);
  put(request, "expires_at", given.expires_at);
  put(request, "idempotency_key", given.idempotency_key);
  if (!given.channels.empty())
    request["channels"] = given.channels;
  nlohmann::json to = nlohmann::json::object();
  put(to, "email", given.email);
  put(to, "phone", given.phone);
  put(to, "webhook", given.webhook);
  if (!to.empty())
    request["to"] = to;
  return request;
}

int send(session& s, const send_arguments& given) {
  const auto request = request_of(given);
  auto api = connect(s, given.where);
  const auto receipt = api.post("/v1/notifications", request).body;
  const auto id = text_of(receipt, "id");
  if (given.wait.wanted)
    return wait_and_show(s, api, id, given.wait, given.json);
  if (given.json) {
    s.out << receipt.dump(2) << '\n';
    return done;
  }
  s.out << s.style(tone::good, "accepted") << "  " << s.style(tone::strong, printable(id)) << "  lane "
        << printable(text_of(receipt, "lane")) << "\n"
        << s.style(tone::dim, "what becomes of it:  carillon status " + printable(id)) << '\n';
  return done;
}

void add_request_options(CLI::App& cmd, send_arguments& given) {
  cmd.add_option("--user", given.user, "Whom it is for: your id of the person")->required();
  cmd.add_option("--type", given.type, "What kind it is, e.g. order_shipped")->required();
  cmd.add_option("--channel", given.channels, "email, sms, push, whatsapp, chat, webhook or in_app; may be repeated")
    ->delimiter(',');
  cmd.add_option("--title", given.title, "Title, or subject of an email");
  cmd.add_option("--body", given.body, "Text");
  cmd.add_option("--data", given.data, "JSON object for the receiving program");
  cmd.add_option("--email", given.email, "Address for this message, in place of the person's stored one");
  cmd.add_option("--phone", given.phone, "The same for sms and whatsapp");
  cmd.add_option("--webhook", given.webhook, "The same for webhook: a URL");
  cmd.add_option("--category", given.category, "transactional, alert, reminder, promotional or your own");
  cmd.add_option("--priority", given.priority, "critical, high, medium or low");
  cmd.add_option("--send-at", given.send_at, "Not before this instant (RFC 3339)");
  cmd.add_option("--expires-at", given.expires_at, "Not after this instant (RFC 3339)");
  cmd.add_option("--idempotency-key", given.idempotency_key, "The same key again sends nothing twice");
}

} // namespace

void add_send(CLI::App& app, command& chosen) {
  auto given = std::make_shared<send_arguments>();
  auto* cmd = app.add_subcommand("send", "Send one notification by hand.");
  add_request_options(*cmd, *given);
  add_wait(*cmd, given->wait);
  cmd->add_flag("--json", given->json, "The API's own answer");
  add_target(*cmd, given->where);
  cmd->footer(std::string{wait_codes}
              + "Examples:\n"
                "  carillon send --user u_1 --type welcome --channel in_app --wait\n"
                "  carillon send --user u_1 --type order_shipped --channel email --email someone@example.org \\\n"
                "      --title \"Your order is on its way\" --body \"It arrives tomorrow.\"");
  on_chosen(*cmd, chosen, given, send);
}

} // namespace carillon::cli
