// TLS over memory: bytes in, bytes out, no socket. So a TLS connection can move
// from one pool to another between two requests like any other; Asio's ssl::stream
// is bound to the event loop it was made on.
#pragma once

#include <openssl/ssl.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "messages/errors.hpp"

namespace carillon::http {

struct ssl_free {
  void operator()(SSL* p) const { SSL_free(p); }
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
};
using tls_context = std::unique_ptr<SSL_CTX, ssl_free>;

/// A server's certificate chain and key, PEM; TLS 1.2 and later, ALPN http/1.1.
/// internal_error names the file and setting that cannot be used.
result<tls_context> load_tls(const std::string& cert, const std::string& key);

class tls_session {
public:
  /// Throws std::bad_alloc where OpenSSL has no memory.
  explicit tls_session(SSL_CTX& context);

  /// Takes bytes from the wire, first those of the handshake; appends what they
  /// say to `plain`. False where the peer broke the protocol or closed.
  bool feed(std::string_view wire, boost::beast::flat_buffer& plain);
  /// Encrypts; false where the session is broken.
  bool seal(std::string_view plain);
  /// Says goodbye (close_notify).
  void close();
  /// Bytes for the wire since the last call.
  std::string take_output();

private:
  std::unique_ptr<SSL, ssl_free> ssl_;
  BIO* in_ = nullptr;  ///< owned by ssl_
  BIO* out_ = nullptr; ///< owned by ssl_
};

} // namespace carillon::http
