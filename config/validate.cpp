#include "config/validate.hpp"

#include <algorithm>
#include <date/tz.h>
#include <fstream>

#include "config/addresses.hpp"
#include "config/checks.hpp"

namespace carillon {

std::vector<config_problem> validate(const options& all, std::span<const protocol_facts> protocols) {
  conf::findings found;
  conf::check_server(all, found);
  conf::check_store(all, found);
  conf::check_lanes(all, found);
  conf::check_providers(all, protocols, found);
  conf::check_channels(all, protocols, found);
  conf::check_categories(all, found);
  conf::check_types(all, found);
  conf::check_limits(all, found);
  conf::check_egress(all, found);
  conf::check_quiet_hours(all, found);
  return found.take();
}

namespace conf {

namespace {

void check_admin_listener(const server_options& server, findings& found) {
  auto admin = parse_listen(server.admin_listen);
  if (!admin)
    return found.error("server.admin_listen", "\"" + server.admin_listen + "\" is not host:port",
                       "Write for example \"127.0.0.1:9090\" or \"[::1]:9090\".");
  if (!is_loopback(admin->host) && !server.admin_open)
    found.error("server.admin_listen",
                "the admin listener has no keys, and " + admin->host + " is reachable from other machines",
                "Use a loopback address, or set server.admin_open = true where the network protects it.");
  if (admin->port != 0 && server.admin_listen == server.listen)
    found.error("server.admin_listen", "is the same address as server.listen", "Give each its own port.");
}

void check_pem(const std::string& key, const std::string& file, findings& found) {
  if (!file.empty() && !std::ifstream{file})
    found.error(key, "the file " + file + " cannot be read",
                "Create it, or make it readable for the user carillon runs as.");
}

bool is_web_url(const std::string& url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

bool is_time_of_day(const std::string& text) {
  auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  return text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4) && text < "24:00"
         && text[3] < '6';
}

bool is_known_zone(const std::string& name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::exception&) { // the library's answer to a name it does not know
    return false;
  }
}

} // namespace

void check_server(const options& all, findings& found) {
  const auto& server = all.server;
  if (!parse_listen(server.listen))
    found.error("server.listen", "\"" + server.listen + "\" is not host:port",
                "Write for example \"0.0.0.0:8080\" or \"[::]:8080\".");
  check_admin_listener(server, found);
  if (!server.public_url.empty() && !is_web_url(server.public_url))
    found.error("server.public_url", "\"" + server.public_url + "\" is not an http or https address",
                "Write for example \"https://notify.example.org\".");
  if (server.tls_cert.empty() != server.tls_key.empty())
    found.error(server.tls_cert.empty() ? "server.tls.cert" : "server.tls.key",
                "a certificate and its key go together, but only one of tls.cert and tls.key is set",
                "Set both, or neither to serve plain HTTP.");
  check_pem("server.tls.cert", server.tls_cert, found);
  check_pem("server.tls.key", server.tls_key, found);
  if (server.max_batch_body < server.max_body)
    found.error("server.max_batch_body",
                "is " + std::to_string(server.max_batch_body) + " bytes, less than server.max_body ("
                  + std::to_string(server.max_body) + ")",
                "A batch must be able to hold one request: raise it or lower max_body.");
  if (!all.auth.required)
    found.warn("auth.required", "anyone who reaches server.listen can send and read notifications",
               "Use it for development only; set it to true elsewhere.");
}

void check_store(const options& all, findings& found) {
  const auto& store = all.store;
  std::error_code unused;
  if (store.url.starts_with("postgres"))
    found.error("store.url", "this build does not serve PostgreSQL yet", "Use \"sqlite:FOLDER\".");
  else if (!store.url.starts_with("sqlite:") || store.url == "sqlite:")
    found.error("store.url", "\"" + store.url.substr(0, store.url.find(':')) + "\" is no store",
                "Use \"sqlite:FOLDER\", for example \"sqlite:data\".");
  else if (std::filesystem::exists(store.folder, unused) && !std::filesystem::is_directory(store.folder, unused))
    found.error("store.url", store.folder.string() + " is not a folder",
                "Name a folder; it is made where it is missing.");
  if (store.allow_weak_durability)
    found.warn("store.allow_weak_durability", "a power failure can lose notifications that were answered with 202",
               "Use it for development only; remove it elsewhere.");
}

void check_lanes(const options& all, findings& found) {
  for (const auto& [which, lane] : all.lanes) {
    auto key = "lanes." + std::string{to_string(which)};
    bool fits =
      std::all_of(lane.priorities.begin(), lane.priorities.end(), [w = which](priority p) { return lane_of(p) == w; });
    if (!lane.priorities.empty() && (!fits || lane.priorities.size() != 2))
      found.error(key + ".priorities",
                  "this build serves critical and high in lane critical, medium and low in lane bulk",
                  which == lane::critical ? "Write [\"critical\", \"high\"] or remove the setting."
                                          : "Write [\"medium\", \"low\"] or remove the setting.");
  }
}

void check_egress(const options& all, findings& found) {
  for (const auto& block : all.egress.allow)
    if (!is_cidr(block))
      found.error("egress.allow", "\"" + block + "\" is not a block of addresses",
                  "Write address/bits, for example \"127.0.0.0/8\" or \"fd00::/8\".");
  if (!all.egress.proxy.empty() && all.egress.proxy.find("://") == std::string::npos)
    found.error("egress.proxy", "\"" + all.egress.proxy + "\" is not the address of a proxy",
                "Write for example \"http://proxy.example.org:3128\".");
}

void check_quiet_hours(const options& all, findings& found) {
  const auto& quiet = all.quiet_hours;
  for (const auto& [key, time] : {std::pair{"quiet_hours.start", &quiet.start}, {"quiet_hours.end", &quiet.end}})
    if (!is_time_of_day(*time))
      found.error(key, "\"" + *time + "\" is not a time of day", "Write HH:MM from 00:00 to 23:59.");
  if (quiet.enabled && quiet.start == quiet.end)
    found.error("quiet_hours.end", "equals quiet_hours.start, so quiet hours would never end",
                "set another time, or quiet_hours.enabled = false");
  if (!is_known_zone(quiet.time_zone))
    found.error("quiet_hours.time_zone", "this machine knows no time zone \"" + quiet.time_zone + "\"",
                "Use an IANA name, for example \"Europe/Berlin\", and install the package tzdata.");
}

} // namespace conf

} // namespace carillon
