// TLS in front of the same connections, moves between pools included.
#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <filesystem>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/http/server_fixture.hpp"

using namespace carillon;
using namespace carillon::test;

namespace {

namespace asio = boost::asio;

struct closer {
  void operator()(std::FILE* f) const { std::fclose(f); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509* p) const { X509_free(p); }
};
using file = std::unique_ptr<std::FILE, closer>;

/// A self-signed certificate for an hour, in two files that go with it.
struct certificate {
  certificate() {
    std::unique_ptr<EVP_PKEY, closer> pair{EVP_EC_gen("P-256")};
    std::unique_ptr<X509, closer> x{X509_new()};
    ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(x.get()), 3600);
    X509_set_pubkey(x.get(), pair.get());
    auto* name = X509_get_subject_name(x.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x.get(), name);
    X509_sign(x.get(), pair.get(), EVP_sha256());
    PEM_write_X509(file{std::fopen(cert.c_str(), "w")}.get(), x.get());
    PEM_write_PrivateKey(file{std::fopen(key.c_str(), "w")}.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  ~certificate() {
    std::filesystem::remove(cert);
    std::filesystem::remove(key);
  }
  std::string base = (std::filesystem::temp_directory_path() / ("carillon_tls_" + new_row_id({}))).string();
  std::string cert = base + ".crt", key = base + ".key";
};

class tls_client {
public:
  explicit tls_client(std::uint16_t port) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.handshake(asio::ssl::stream_base::client);
  }
  /// The status of the answer to one request.
  int call(const std::string& text) {
    asio::write(stream_, asio::buffer(text));
    std::string in;
    asio::read_until(stream_, asio::dynamic_buffer(in), "\r\n\r\n");
    auto head = in.find("\r\n\r\n") + 4;
    auto length = std::stoul(in.substr(in.find("Content-Length: ") + 16));
    if (in.size() < head + length)
      asio::read(stream_, asio::dynamic_buffer(in), asio::transfer_exactly(head + length - in.size()));
    return std::stoi(in.substr(9, 3));
  }
  std::string protocol() const {
    return SSL_get_version(const_cast<asio::ssl::stream<asio::ip::tcp::socket>&>(stream_).native_handle());
  }

private:
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream_{context_, tls_};
};

options tls_options(const certificate& c) {
  auto out = fake_engine::default_test_options();
  out.server.tls_cert = c.cert;
  out.server.tls_key = c.key;
  return out;
}

std::string post(const std::string& fields) {
  return "POST /v1/notifications HTTP/1.1\r\nHost: t\r\n" + fields
         + "Content-Length: " + std::to_string(good_body.size()) + "\r\n\r\n" + good_body;
}

} // namespace

TEST_CASE("requests are served over TLS, moving between the pools") {
  certificate c;
  running_server at{tls_options(c)};
  at.start();
  tls_client client{at.server.port()};
  CHECK(client.protocol() == "TLSv1.3");
  for (int i = 0; i < 5; ++i) {
    CHECK(client.call(post("")) == 202);
    CHECK(client.call(post("Priority: u=0\r\n")) == 202);
  }
}

TEST_CASE("large bodies and answers pass through TLS whole") {
  certificate c;
  running_server at{tls_options(c)};
  at.start();
  tls_client client{at.server.port()};
  auto body = good_body;
  body.insert(1, R"("metadata":{"a":")" + std::string(200'000, 'x') + "\"},");
  auto head =
    "POST /v1/notifications HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  CHECK(client.call(head + body) == 202);
  CHECK(client.call("GET /openapi.json HTTP/1.1\r\nHost: t\r\n\r\n") == 200);
}

TEST_CASE("who does not speak TLS is closed, and nobody else is held up") {
  certificate c;
  running_server at{tls_options(c)};
  at.start();
  auto plain = at.connect();
  plain.send("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n");
  CHECK(plain.read().status == 0);
  CHECK(tls_client{at.server.port()}.call(post("")) == 202);
}

TEST_CASE("a certificate that cannot be used is named with its setting") {
  auto config = fake_engine::default_test_options();
  config.server.tls_cert = "/nonexistent/cert.pem";
  config.server.tls_key = "/nonexistent/key.pem";
  running_server at{config};
  auto started = at.server.start();
  REQUIRE_FALSE(started);
  CHECK(started.error().detail.find("tls.cert: /nonexistent/cert.pem") != std::string::npos);
}
