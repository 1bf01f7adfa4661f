#include "runtime/cli/target.hpp"

#include <fstream>

#include "runtime/cli/argument_checks.hpp"
#include "runtime/cli/config_source.hpp"

namespace carillon::cli {
namespace {

constexpr const char* default_server = "http://127.0.0.1:8080";

/// The key that `carillon serve` leaves in its data folder at the first start.
std::string read_admin_key(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string key;
  in >> key;
  return key;
}

std::string no_key_text(const std::filesystem::path& file) {
  std::error_code hidden; // the folder may be somebody else's
  const bool exists = std::filesystem::exists(file, hidden) || hidden;
  return "no API key. Give one with --key or CARILLON_KEY"
         + (exists ? ", or make " + file.string() + " readable for you."
                   : ", or run this where `carillon serve` keeps its data (" + file.string() + " is not there).");
}

secret find_key(session& s, const target& where) {
  if (!where.key.empty())
    return secret{where.key};
  if (auto key = s.env("CARILLON_KEY"))
    return secret{*key};
  const auto folder = where.config.empty() ? std::filesystem::path{"data"} : load_checked(s, where.config).store.folder;
  auto key = read_admin_key(folder / "admin.key");
  if (key.empty())
    throw command_error{usage, no_key_text(folder / "admin.key")};
  return secret{std::move(key)};
}

} // namespace

void add_target(CLI::App& cmd, target& where) {
  constexpr const char* group = "Server";
  cmd.add_option("--server", where.server, "Its URL (else CARILLON_URL, else http://127.0.0.1:8080)")->group(group);
  cmd.add_option("--key", where.key, "API key (else CARILLON_KEY, else admin.key of the data folder)")->group(group);
  cmd.add_option("--config", where.config, "Configuration file whose data folder holds admin.key")->group(group);
  cmd.add_option("--timeout", where.timeout_s, "Seconds one call may take, 1 to 3600")
    ->check(whole_number(1, 3600))
    ->capture_default_str()
    ->group(group);
}

api_client connect(session& s, const target& where) {
  auto server = where.server.empty() ? s.env("CARILLON_URL").value_or(default_server) : where.server;
  return api_client{std::move(server), find_key(s, where), std::chrono::seconds{where.timeout_s}};
}

} // namespace carillon::cli
