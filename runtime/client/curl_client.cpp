#include "runtime/client/curl_client.hpp"

namespace carillon {
namespace {

client_settings checked(client_settings settings) {
  // Once for the process and never undone: other lanes may still use it.
  static const auto started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK)
    throw std::runtime_error{std::string{"libcurl does not start: "} + curl_easy_strerror(started)};
  auto features = curl_version_info(CURLVERSION_NOW)->features;
  if (!(features & CURL_VERSION_ASYNCHDNS))
    throw std::runtime_error{"This libcurl resolves names inside its calls, which would stop the loop; "
                             "install one with the threaded resolver."};
  if (!(features & CURL_VERSION_SSL))
    throw std::runtime_error{"This libcurl has no TLS; install one that has."};
  return settings;
}

} // namespace

curl_client::curl_client(client_settings settings)
    : settings_(checked(std::move(settings))), smtp_(settings_), http_(settings_) {}

curl_client::~curl_client() = default;

void curl_client::call(wire_request what, std::function<void(wire_answer)> then) {
  if (what.what == wire_request::kind::smtp)
    smtp_.submit(std::move(what), std::move(then));
  else
    http_.submit(std::move(what), std::move(then));
}

} // namespace carillon
