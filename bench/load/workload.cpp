#include "bench/load/workload.hpp"

#include <array>
#include <stdexcept>

namespace load {
namespace {

constexpr std::size_t user_digits = 7, key_digits = 16, time_digits = 19;

/// A user's id: u_0000042.
std::string user_text(std::uint64_t number) {
  auto digits = std::to_string(number);
  return "u_" + std::string(user_digits - std::min(digits.size(), user_digits), '0') + digits;
}

std::string head(const options& what, const std::string& method, const std::string& path, std::size_t body_bytes) {
  return method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + what.key
         + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n";
}

/// Writes `number` right-aligned with leading zeros.
void put_decimal(char* end, std::size_t digits, std::uint64_t number) {
  for (; digits > 0; --digits, number /= 10)
    *--end = static_cast<char>('0' + number % 10);
}

void put_hex(char* end, std::size_t digits, std::uint64_t number) {
  for (; digits > 0; --digits, number >>= 4)
    *--end = "0123456789abcdef"[number & 15];
}

/// POST /v1/notifications with a random key, a random user and the instant of
/// submission in its data.
class notifications final : public workload {
public:
  explicit notifications(const options& what)
      : what_(what), random_(what.seed != 0 ? what.seed : std::random_device{}()) {
    if (!what.accepted.empty())
      accepted_.open(what.accepted, std::ios::trunc);
    make_template();
  }

  bool next(std::string& request, nanoseconds intended) override {
    if (what_.count != 0 && made_ == what_.count)
      return false;
    ++made_;
    request = template_;
    const auto key = random_();
    put_hex(&request[header_key_end_], key_digits, key);
    put_hex(&request[body_key_end_], key_digits, key);
    put_decimal(&request[user_end_], user_digits, what_.first_user + random_() % what_.users);
    put_decimal(&request[time_end_], time_digits, static_cast<std::uint64_t>(intended.count()));
    return true;
  }

  void accepted(const std::string& request, std::string_view body) override {
    const auto user = std::stoull(request.substr(user_end_ - user_digits, user_digits));
    if (what_.opted_out_every == 0 || user % what_.opted_out_every != 0)
      ++wanted_;
    if (!accepted_.is_open())
      return;
    constexpr std::string_view field = "\"id\":\"";
    const auto at = body.find(field);
    if (at == std::string_view::npos)
      throw std::runtime_error("an accepted notification has no id: " + std::string{body});
    accepted_ << std::string_view{request}.substr(header_key_end_ - key_digits, key_digits) << ' '
              << body.substr(at + field.size(), 36) << '\n';
  }

  std::uint64_t wanted() const override { return wanted_; }

private:
  void make_template() {
    const std::string zeros(time_digits, '0');
    std::string body = "{\"user_id\":\"u_" + zeros.substr(0, user_digits);
    const auto user_end = body.size();
    body += "\",\"type\":\"" + what_.type + "\",\"priority\":\"" + what_.priority
            + "\",\"channels\":[\"webhook\"],\"content\":{\"data\":{\"bench\":\"" + what_.traffic + std::string{":"}
            + zeros;
    const auto time_end = body.size();
    body += ":" + zeros.substr(0, key_digits);
    const auto key_end = body.size();
    body += "\"},\"title\":\"Your order is on its way\",\"body\":\"";
    const std::string tail = "\"}}";
    if (body.size() + tail.size() < what_.body_bytes)
      body.resize(what_.body_bytes - tail.size(), 'x');
    body += tail;

    template_ = head(what_, "POST", "/v1/notifications", body.size())
                + (what_.priority_header ? "Priority: u=0\r\n" : "")
                + "Idempotency-Key: " + zeros.substr(0, key_digits);
    header_key_end_ = template_.size();
    template_ += "\r\n\r\n";
    user_end_ = template_.size() + user_end;
    time_end_ = template_.size() + time_end;
    body_key_end_ = template_.size() + key_end;
    template_ += body;
  }

  options what_;
  std::mt19937_64 random_;
  std::ofstream accepted_;
  std::string template_;
  std::size_t header_key_end_ = 0, body_key_end_ = 0, user_end_ = 0, time_end_ = 0;
  std::uint64_t made_ = 0, wanted_ = 0;
};

/// Everybody's contacts, then everybody's preferences.
class people final : public workload {
public:
  explicit people(const options& what) : what_(what) {}

  bool next(std::string& request, nanoseconds) override {
    if (made_ / 2 == what_.users)
      return false;
    const auto number = what_.first_user + made_ / 2;
    const bool contacts = made_++ % 2 == 0;
    const auto body =
      contacts ? "{\"contacts\":{\"webhook\":\"" + what_.contact + "\"},\"time_zone\":\"UTC\"}" : preferences(number);
    request = head(what_, "PUT", "/v1/users/" + user_text(number) + (contacts ? "" : "/preferences"), body.size())
              + "\r\n" + body;
    return true;
  }
  void accepted(const std::string&, std::string_view) override {}
  std::uint64_t wanted() const override { return made_; }

private:
  std::string preferences(std::uint64_t number) const {
    const bool out = what_.opted_out_every != 0 && number % what_.opted_out_every == 0;
    return std::string{R"({"preferences":[{"category":"promotional","channel":"*","enabled":false},)"} + R"({"type":")"
           + what_.type + R"(","channel":"webhook","enabled":)" + (out ? "false" : "true") + "}]}";
  }

  options what_;
  std::uint64_t made_ = 0;
};

} // namespace

std::unique_ptr<workload> make_workload(const options& what) {
  if (what.work == "notifications")
    return std::make_unique<notifications>(what);
  if (what.work == "people")
    return std::make_unique<people>(what);
  throw std::invalid_argument("--work is \"notifications\" or \"people\", not \"" + what.work + "\"");
}

} // namespace load
