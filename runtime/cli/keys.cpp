// `keys`: API keys, through the service or, for the first one, in the store itself.
#include "runtime/http/keys.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "runtime/cli/argument_checks.hpp"
#include "runtime/cli/command.hpp"
#include "runtime/cli/config_source.hpp"
#include "runtime/cli/local_store.hpp"
#include "runtime/cli/problem.hpp"
#include "runtime/cli/show_notification.hpp"
#include "runtime/cli/target.hpp"
#include "runtime/http/limits.hpp"
#include "runtime/http/rfc3339.hpp"

namespace carillon::cli {
namespace {

struct create_arguments {
  target where;
  std::string name, mode = "live", tenant, lane, expires_at;
  std::vector<std::string> scopes{"send", "read"};
  double rate = 0; ///< 0: none
  bool json = false;
};

struct list_keys_arguments {
  target where;
  bool json = false;
};

struct revoke_arguments {
  target where;
  std::string id;
};

nlohmann::json key_request_of(const create_arguments& given) {
  nlohmann::json request{{"name", given.name}, {"mode", given.mode}, {"scopes", given.scopes}};
  if (!given.tenant.empty())
    request["tenant"] = given.tenant;
  if (!given.lane.empty())
    request["lane"] = given.lane;
  if (given.rate > 0)
    request["rate"] = given.rate;
  if (!given.expires_at.empty())
    request["expires_at"] = given.expires_at;
  return request;
}

/// Names were checked by the parser; the instant is checked here.
api_key wanted_key(const create_arguments& given) {
  api_key wanted;
  wanted.name = given.name;
  wanted.space = {given.tenant.empty() ? "default" : given.tenant, *parse_mode(given.mode)};
  for (auto& word : given.scopes)
    wanted.scopes.push_back(*parse_scope(word));
  if (!given.lane.empty())
    wanted.lane = parse_lane(given.lane);
  if (given.rate > 0)
    wanted.rate = given.rate;
  if (given.expires_at.empty())
    return wanted;
  wanted.expires_at = parse_rfc3339(given.expires_at);
  if (!wanted.expires_at)
    throw command_error{usage, "--expires-at must be an RFC 3339 instant like 2030-01-31T00:00:00Z."};
  return wanted;
}

nlohmann::json create_in_store(session& s, const create_arguments& given) {
  const auto made = make_key(wanted_key(given), s.now());
  keep_key(load_checked(s, given.where.config), made.kept, s.now());
  return {{"id", made.kept.id}, {"key", made.text}};
}

int create(session& s, const create_arguments& given) {
  const auto answer = given.where.config.empty() ? connect(s, given.where).post("/v1/keys", key_request_of(given)).body
                                                 : create_in_store(s, given);
  if (given.json) {
    s.out << answer.dump(2) << '\n';
    return done;
  }
  s.out << s.style(tone::strong, printable(text_of(answer, "key"))) << '\n';
  s.err << "Key " << printable(text_of(answer, "id")) << " is shown this once; keep it safe.\n";
  return done;
}

std::string joined_scopes(const nlohmann::json& key) {
  std::string text;
  for (auto& word : key.value("scopes", nlohmann::json::array()))
    text.append(text.empty() ? "" : ",").append(word.is_string() ? word.get<std::string>() : word.dump());
  return printable(text);
}

std::string key_state_of(const nlohmann::json& key, sys_time now) {
  if (key.value("revoked", false))
    return "revoked";
  const auto expires = parse_rfc3339(text_of(key, "expires_at"));
  if (!expires)
    return "valid";
  return (*expires <= now ? "expired " : "expires ") + relative_of(key, "expires_at", now);
}

int list_keys(session& s, const list_keys_arguments& given) {
  auto api = connect(s, given.where);
  const auto answer = api.get("/v1/keys").body;
  if (given.json) {
    s.out << answer.dump(2) << '\n';
    return done;
  }
  table rows{{"ID", "NAME", "TENANT", "MODE", "SCOPES", "LANE", "CREATED", "STATE"}};
  for (auto& key : answer.value("data", nlohmann::json::array()))
    rows.add({printable(text_of(key, "id")), printable(text_of(key, "name")), printable(text_of(key, "tenant")),
              printable(text_of(key, "mode")), joined_scopes(key), printable(text_of(key, "lane")),
              relative_of(key, "created_at", s.now()), key_state_of(key, s.now())});
  rows.print(s.out, s.style);
  return done;
}

int revoke(session& s, const revoke_arguments& given) {
  connect(s, given.where).del("/v1/keys/" + url_escape(given.id));
  s.out << "Key " << given.id << " is revoked.\n";
  return done;
}

void add_create(CLI::App& group, command& chosen) {
  auto given = std::make_shared<create_arguments>();
  auto* cmd = group.add_subcommand("create", "Make a key; it is printed on standard output, this once.");
  cmd->add_option("--name", given->name, "What it is for")->required();
  cmd->add_option("--scopes", given->scopes, "send, read, manage, admin; several with commas")
    ->delimiter(',')
    ->check(one_of({"send", "read", "manage", "admin"}))
    ->capture_default_str();
  cmd->add_option("--mode", given->mode, "live, or test: its data is apart and only the sandbox takes it")
    ->check(one_of({"live", "test"}))
    ->capture_default_str();
  cmd->add_option("--tenant", given->tenant, "Whose key (else your key's own tenant; with --config \"default\")");
  cmd->add_option("--lane", given->lane, "Bind it to a lane")->check(one_of({"critical", "bulk"}));
  cmd->add_option("--rate", given->rate, "Requests per second at most")->check(number(0.001, http::limits::key_rate));
  cmd->add_option("--expires-at", given->expires_at, "RFC 3339 instant");
  cmd->add_flag("--json", given->json, "As JSON");
  add_target(*cmd, given->where);
  cmd->get_option("--config")->description("Write to this configuration's store itself; the service must not run");
  on_chosen(*cmd, chosen, given, create);
}

} // namespace

void add_keys(CLI::App& app, command& chosen) {
  auto* cmd = app.add_subcommand("keys", "Create, list and revoke API keys.");
  cmd->require_subcommand(1);
  add_create(*cmd, chosen);

  auto listing = std::make_shared<list_keys_arguments>();
  auto* list_cmd = cmd->add_subcommand("list", "List the keys; never their text.");
  list_cmd->add_flag("--json", listing->json, "The API's own answer");
  add_target(*list_cmd, listing->where);
  on_chosen(*list_cmd, chosen, listing, list_keys);

  auto revoking = std::make_shared<revoke_arguments>();
  auto* revoke_cmd = cmd->add_subcommand("revoke", "Revoke a key; the next request with it is refused.");
  revoke_cmd->add_option("id", revoking->id, "The key's id, as `list` prints it")->required();
  add_target(*revoke_cmd, revoking->where);
  on_chosen(*revoke_cmd, chosen, revoking, revoke);

  cmd->footer("Examples:\n"
              "  carillon keys create --name shop --scopes send\n"
              "  carillon keys create --name first --scopes admin --config carillon.toml\n"
              "  carillon keys list");
}

} // namespace carillon::cli
