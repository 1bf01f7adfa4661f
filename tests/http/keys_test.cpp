#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "runtime/http/key_ring.hpp"
#include "runtime/http/keys.hpp"

using namespace carillon;
using namespace carillon::http;

namespace {

constexpr sys_time now{std::chrono::seconds{1'750'000'000}};

struct ring_with_key {
  explicit ring_with_key(api_key wanted = admin_key_template()) : made(make_key(std::move(wanted), now)) {
    ring.add(made.kept);
  }
  std::string header() const { return "Bearer " + made.text; }
  key_ring ring{true};
  new_key made;
};

} // namespace

TEST_CASE("a key names its mode and is never the same twice") {
  api_key wanted;
  wanted.space.mode = mode::test;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(make_key(wanted, now).text);
  CHECK(seen.size() == 100);
  CHECK(seen.begin()->starts_with("ck_test_"));
  CHECK(make_key(admin_key_template(), now).text.starts_with("ck_live_"));
  CHECK(seen.begin()->size() == 8 + 43);
}

TEST_CASE("of a key only its SHA-256 is kept") {
  // FIPS 180-4's example: SHA-256("abc").
  auto digest = key_digest("abc");
  CHECK((digest[0] == 0xba && digest[1] == 0x78 && digest[30] == 0x15 && digest[31] == 0xad));
  auto made = make_key(admin_key_template(), now);
  CHECK(made.kept.digest == key_digest(made.text));
}

TEST_CASE("row ids are UUIDv7 of their instant") {
  auto id = parse_uuid(new_row_id(now));
  REQUIRE(id);
  CHECK(time_of(key_of(*id)) == now);
}

TEST_CASE("a key file is readable by its owner only, whatever stood there before") {
  auto file = std::filesystem::temp_directory_path() / ("carillon_key_" + new_row_id(now));
  std::ofstream{file} << "old";
  std::filesystem::permissions(file, std::filesystem::perms::all);
  REQUIRE(write_key_file(file, "ck_live_x"));
  CHECK(std::filesystem::status(file).permissions()
        == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  std::string line;
  std::getline(std::ifstream{file}, line);
  CHECK(line == "ck_live_x");
  std::filesystem::remove(file);
}

TEST_CASE("a key file that cannot be written is named in the fault") {
  auto written = write_key_file("/nonexistent/admin.key", "ck_live_x");
  REQUIRE_FALSE(written);
  CHECK(written.error().detail.find("/nonexistent/admin.key") != std::string::npos);
}

TEST_CASE("a known key is found, the scheme in any case") {
  ring_with_key with;
  CHECK(with.ring.find(with.header(), now));
  CHECK(with.ring.find("bEARER  " + with.made.text, now));
}

TEST_CASE("without a good key the ring says what is missing and repeats nothing") {
  ring_with_key with;
  for (std::string header : {"", "Bearer", "Bearer ", "Basic dTpw", "ck_live_x", "Bearer ck_live_wrong"}) {
    CAPTURE(header);
    auto found = with.ring.find(header, now);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == errc::unauthorized);
    CHECK(found.error().detail.find("ck_live_wrong") == std::string::npos);
  }
}

TEST_CASE("a key past its expiry is refused") {
  auto wanted = admin_key_template();
  wanted.expires_at = now + std::chrono::seconds{10};
  ring_with_key with{wanted};
  CHECK(with.ring.find(with.header(), now + std::chrono::seconds{9}));
  CHECK_FALSE(with.ring.find(with.header(), now + std::chrono::seconds{10}));
}

TEST_CASE("a revoked key is refused at once, and not loaded again") {
  ring_with_key with;
  with.ring.remove(with.made.kept.id);
  CHECK_FALSE(with.ring.find(with.header(), now));
  auto revoked = with.made.kept;
  revoked.revoked = true;
  with.ring.load({revoked}, with.ring.edition());
  CHECK(with.ring.size() == 0);
}

TEST_CASE("keys that were read before a change do not undo it") {
  ring_with_key with;
  auto before = with.ring.edition();
  auto added = make_key(admin_key_template(), now);
  with.ring.add(added.kept);
  with.ring.load({with.made.kept}, before);
  CHECK(with.ring.find("Bearer " + added.text, now));
  with.ring.load({with.made.kept}, with.ring.edition());
  CHECK_FALSE(with.ring.find("Bearer " + added.text, now));
}

TEST_CASE("where no key is required a caller without one is a live admin") {
  key_ring ring{false};
  auto found = ring.find("", now);
  REQUIRE(found);
  CHECK((*found)->space == space{});
  CHECK(has_scope(**found, scope::admin));
  CHECK_FALSE(ring.find("Bearer wrong", now));
}

TEST_CASE("a key's rate is spent and comes back with time") {
  auto wanted = admin_key_template();
  wanted.rate = 2;
  ring_with_key with{wanted};
  auto spend = [&](sys_time at) { return with.ring.spend(with.made.kept, at); };
  CHECK(spend(now)->allowed);
  CHECK(spend(now)->allowed);
  auto over = spend(now);
  CHECK_FALSE(over->allowed);
  CHECK(over->reset > duration{0});
  CHECK(spend(now + over->reset)->allowed);
  api_key unlimited;
  CHECK_FALSE(with.ring.spend(unlimited, now));
}

TEST_CASE("scopes do not contain each other") {
  api_key key;
  key.scopes = {scope::admin};
  CHECK(has_scope(key, scope::admin));
  CHECK_FALSE(has_scope(key, scope::send));
}
