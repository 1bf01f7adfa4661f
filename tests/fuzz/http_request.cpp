// Bytes as they come from a socket, from the first of a request to the last of its
// body, cut wherever the network likes.
#include <algorithm>

#include "runtime/http/head.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace carillon;
using namespace carillon::http;
using fuzz::promise;

namespace {

constexpr std::uint64_t body_limit = 4'096;

void check_head(const head& h, std::string_view block) {
  auto begins = [&](std::string_view word) { return block.find(word) != std::string_view::npos; };
  promise(!h.target.empty() && h.target.size() <= block.size(), "a head that is taken has a target of its own bytes");
  promise(begins(h.target), "the target is what stood there");
  promise(!has_bare_line_feed(block), "no bare line feed in a head that is taken");
  promise(!(h.chunked && h.content_length), "no head with two lengths is taken");
}

/// As the connection does it: fed in two parts.
void read_body(parser& into, std::string_view bytes, std::size_t part) {
  into.eager(true);
  into.body_limit(body_limit);
  boost::beast::error_code ec;
  for (auto now = std::min(part, bytes.size()); !into.is_done();) {
    auto used = into.put(boost::asio::buffer(bytes.data(), now), ec);
    promise(used <= now, "no more is used than was given");
    bytes.remove_prefix(used);
    now -= used;
    if (ec && ec != boost::beast::http::error::need_more)
      return;
    if (ec || used == 0) {
      if (now == bytes.size())
        return;
      now = bytes.size();
    }
  }
  promise(into.get().body().size() <= body_limit, "no body grows past its limit");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  std::size_t part = data[0];
  auto bytes = fuzz::text_of(data + 1, size - 1);
  auto taken = head_size(bytes);
  auto early = head_size(bytes.substr(0, std::min(part, bytes.size())));
  if (early && *early > 0)
    promise(taken && *taken == *early, "what comes later does not move the end of a head");
  if (!taken || *taken == 0)
    return 0;
  promise(*taken <= bytes.size(), "a head ends within what came");
  auto block = bytes.substr(0, *taken);
  parser into;
  auto got = read_head(block, into);
  if (!got) {
    promise(!got.error().detail.empty(), "a refusal says why");
    return 0;
  }
  check_head(*got, block);
  if (got->has_body() && got->content_length.value_or(0) <= body_limit) // more is refused by its head
    read_body(into, bytes.substr(*taken), part);
  return 0;
}
