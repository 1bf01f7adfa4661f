// The head of a request: its start line and header fields, read by Beast's parser
// and checked for everything that two servers could understand differently.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string_view>

#include "messages/errors.hpp"
#include "runtime/http/exchange.hpp"
#include "runtime/http/limits.hpp"

namespace carillon::http {

using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// What the server uses of a head; views into the parser's message.
struct head {
  method how = method::get;
  std::string_view target;
  bool keep_alive = true;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool expects_continue = false;
  bool urgent = false; ///< `Priority: u=0` or `u=1` (RFC 9218)
  std::string_view authorization, content_type, content_encoding, if_match, if_none_match, request_id;
  std::optional<std::string_view> idempotency_key;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

/// How many bytes of `data` the head takes: 0 while it is incomplete. A fault
/// where it can no longer become one that is taken (414, 431).
result<std::size_t> head_size(std::string_view data);

/// True where a line feed stands without its carriage return (RFC 9112, section 2.2).
bool has_bare_line_feed(std::string_view text);

/// Feeds a complete head to a fresh parser and checks it. The parser stands at
/// the body's first byte afterwards; the head's views live as long as it does.
result<head> read_head(std::string_view block, parser& into);

} // namespace carillon::http
