#include "runtime/client/egress_policy.hpp"

#include <catch2/catch_test_macros.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace carillon;

namespace {

std::string refused(const egress_policy& policy, std::string_view address) {
  return std::string{policy.refusal(parse_ip(address).value()).value_or("")};
}

egress_policy allowing(std::vector<std::string> blocks) {
  auto policy = egress_policy::parse(blocks);
  REQUIRE(policy);
  return *policy;
}

} // namespace

TEST_CASE("public addresses may be reached") {
  egress_policy policy;
  for (auto* address :
       {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",   "100.128.0.0",
        "126.255.255.255", "128.0.0.1",       "169.253.255.255", "169.255.0.0",      "172.15.255.255",
        "172.32.0.0",      "192.167.255.255", "192.169.0.0",     "198.17.255.255",   "198.20.0.0",
        "223.255.255.255", "2606:4700::1111", "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    INFO(address);
    CHECK(refused(policy, address).empty());
  }
}

TEST_CASE("private and special addresses are refused with the range's name") {
  egress_policy policy;
  struct row {
    const char *address, *range;
  };
  for (auto& [address, range] : {
         row{"0.0.0.0", "unspecified 0.0.0.0/8"},
         row{"10.0.0.1", "private 10.0.0.0/8"},
         row{"10.255.255.255", "private 10.0.0.0/8"},
         row{"100.64.0.1", "carrier-grade NAT 100.64.0.0/10"},
         row{"100.127.255.255", "carrier-grade NAT 100.64.0.0/10"},
         row{"127.0.0.1", "loopback 127.0.0.0/8"},
         row{"127.255.255.254", "loopback 127.0.0.0/8"},
         row{"168.63.129.16", "metadata 168.63.129.16"},
         row{"169.254.169.254", "link-local and metadata 169.254.0.0/16"},
         row{"172.16.0.0", "private 172.16.0.0/12"},
         row{"172.31.255.255", "private 172.16.0.0/12"},
         row{"192.0.0.192", "protocol assignments 192.0.0.0/24"},
         row{"192.0.2.1", "documentation 192.0.2.0/24"},
         row{"192.88.99.1", "6to4 relay 192.88.99.0/24"},
         row{"192.168.1.1", "private 192.168.0.0/16"},
         row{"198.18.0.1", "benchmarking 198.18.0.0/15"},
         row{"198.51.100.1", "documentation 198.51.100.0/24"},
         row{"203.0.113.1", "documentation 203.0.113.0/24"},
         row{"224.0.0.1", "multicast 224.0.0.0/4"},
         row{"240.0.0.1", "reserved 240.0.0.0/4"},
         row{"255.255.255.255", "reserved 240.0.0.0/4"},
         row{"::", "unspecified ::"},
         row{"::1", "loopback ::1"},
         row{"64:ff9b:1::a00:1", "local translation 64:ff9b:1::/48"},
         row{"100::1", "discard 100::/64"},
         row{"2001::1", "tunnel 2001::/32"},
         row{"2001:db8::1", "documentation 2001:db8::/32"},
         row{"fc00::1", "unique local fc00::/7"},
         row{"fd00:ec2::254", "unique local fc00::/7"},
         row{"fe80::1", "link-local fe80::/10"},
         row{"fec0::1", "site-local fec0::/10"},
         row{"ff02::1", "multicast ff00::/8"},
       }) {
    INFO(address);
    CHECK(refused(policy, address) == range);
  }
}

TEST_CASE("an IPv4 address inside an IPv6 one is judged as what it is") {
  egress_policy policy;
  CHECK(refused(policy, "::ffff:127.0.0.1") == "loopback 127.0.0.0/8");
  CHECK(refused(policy, "::ffff:169.254.169.254") == "link-local and metadata 169.254.0.0/16");
  CHECK(refused(policy, "64:ff9b::10.0.0.1") == "private 10.0.0.0/8");
  CHECK(refused(policy, "2002:c0a8:101::1") == "private 192.168.0.0/16");
  CHECK(refused(policy, "::10.0.0.1") == "private 10.0.0.0/8");
}

TEST_CASE("the allow list permits exactly its blocks") {
  auto policy = allowing({"127.0.0.0/8", "10.1.2.3", "fd12::/16"});
  CHECK(refused(policy, "127.0.0.1").empty());
  CHECK(refused(policy, "::ffff:127.0.0.1").empty());
  CHECK(refused(policy, "64:ff9b::127.0.0.1").empty());
  CHECK(refused(policy, "10.1.2.3").empty());
  CHECK(refused(policy, "fd12:1::1").empty());
  CHECK_FALSE(refused(policy, "10.1.2.4").empty());
  CHECK_FALSE(refused(policy, "fd13::1").empty());
  CHECK_FALSE(refused(policy, "::1").empty());
}

TEST_CASE("every allow entry that is no CIDR block is named with a remedy") {
  std::vector<std::string> entries{"127.0.0.0/8", "localhost", "10.0.0.0/33", "10.0.0.1/8", "fd00::/129",
                                   "1.2.3.4/",    ""};
  auto policy = egress_policy::parse(entries);
  REQUIRE_FALSE(policy);
  REQUIRE(policy.error().fields.size() == 6);
  CHECK(policy.error().fields[0].pointer == "/egress/allow/1");
  CHECK(policy.error().fields[5].pointer == "/egress/allow/6");
  CHECK(policy.error().fields[1].detail.find("10.1.0.0/16") != std::string::npos);
}

TEST_CASE("a socket address is judged by its family") {
  egress_policy policy;
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(policy.refusal(*reinterpret_cast<sockaddr*>(&v4)) == "loopback 127.0.0.0/8");
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  CHECK(policy.refusal(*reinterpret_cast<sockaddr*>(&v6)) == "loopback ::1");
  sockaddr local{};
  local.sa_family = AF_UNIX;
  CHECK(policy.refusal(local) == "not an internet address");
}

TEST_CASE("an address with a null byte in it is none, whatever stands behind") {
  using namespace std::string_view_literals;
  CHECK_FALSE(parse_ip("10.0.0.1\0.example"sv));
  CHECK_FALSE(parse_ip_block("fd00::fff\0/8"sv));
}
