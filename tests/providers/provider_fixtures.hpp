// A call as the provider actor would build it, for tests of protocols.
#pragma once

#include <string>

#include "actors/providers/protocol.hpp"

namespace carillon::test {

/// 2026-11-21T07:25:18.250Z
inline constexpr sys_time a_saturday{std::chrono::microseconds{1'795'245'918'250'000}};

struct call_fixture {
  notification n;
  delivery d;
  provider_options provider;
  category_options category;
  std::string public_url;
  secret unsubscribe_secret;

  call_fixture(channel on, std::string address) {
    n.id = d.id = parse_uuid("019aa5b2-3c4d-7e6f-8a9b-0c1d2e3f4a5b").value();
    d.id = parse_uuid("019aa5b2-3c4d-7e6f-8b9b-0c1d2e3f4a5c").value();
    n.user_id = "u_1";
    n.type = "order.shipped";
    n.category = "promotional";
    n.created_at = a_saturday - std::chrono::hours{1};
    n.content.title = "Your order";
    n.content.body = "It is on its way.";
    d.channel = on;
    d.address = std::move(address);
    provider.name = "main";
    provider.from = "Shop <shop@example.org>";
    provider.base_url = "smtp://mail.example.org:587";
  }
  call_context context(sys_time now = a_saturday) const {
    return {n, d, provider, category, public_url, now, unsubscribe_secret};
  }
};

inline wire_answer answered(int status, std::string body = {}, std::vector<header> headers = {}) {
  return {wire_answer::failure::none, status, std::move(headers), std::move(body), {}};
}

} // namespace carillon::test
