#include "runtime/http/tls_session.hpp"

#include <openssl/err.h>

#include <new>

namespace carillon::http {
namespace {

constexpr std::size_t record_bytes = 16UL * 1024;

fault tls_fault(const std::string& setting, const std::string& file) {
  char reason[256] = "unknown reason";
  if (auto code = ERR_get_error())
    ERR_error_string_n(code, reason, sizeof reason);
  return {errc::internal_error, "[server] tls." + setting + ": " + file + " cannot be used: " + reason + "."};
}

/// http/1.1 where the client offers it (RFC 7301); without it the handshake goes on.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, ours, sizeof ours - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

} // namespace

result<tls_context> load_tls(const std::string& cert, const std::string& key) {
  tls_context out{SSL_CTX_new(TLS_server_method())};
  if (!out)
    throw std::bad_alloc{};
  SSL_CTX_set_min_proto_version(out.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(out.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(out.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(out.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(out.get(), cert.c_str()) != 1)
    return tls_fault("cert", cert);
  if (SSL_CTX_use_PrivateKey_file(out.get(), key.c_str(), SSL_FILETYPE_PEM) != 1
      || SSL_CTX_check_private_key(out.get()) != 1)
    return tls_fault("key", key);
  return out;
}

tls_session::tls_session(SSL_CTX& context)
    : ssl_(SSL_new(&context)), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  if (!ssl_ || !in_ || !out_)
    throw std::bad_alloc{};
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_accept_state(ssl_.get());
}

bool tls_session::feed(std::string_view wire, boost::beast::flat_buffer& plain) {
  if (BIO_write(in_, wire.data(), static_cast<int>(wire.size())) != static_cast<int>(wire.size()))
    return false;
  ERR_clear_error();
  while (true) {
    auto space = plain.prepare(record_bytes);
    int got = SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()));
    if (got <= 0)
      return SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ;
    plain.commit(static_cast<std::size_t>(got));
  }
}

bool tls_session::seal(std::string_view plain) {
  ERR_clear_error();
  return plain.empty() || SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())) > 0;
}

void tls_session::close() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

std::string tls_session::take_output() {
  std::string out(BIO_ctrl_pending(out_), '\0');
  if (!out.empty())
    BIO_read(out_, out.data(), static_cast<int>(out.size()));
  return out;
}

} // namespace carillon::http
