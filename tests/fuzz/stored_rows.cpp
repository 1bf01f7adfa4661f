// Texts of a store's columns, as a damaged file may hold them: read, or refused by an
// exception that the store turns into an error.
#include <nlohmann/json.hpp>

#include "messages/domain.hpp"
#include "runtime/store/codec.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace carillon;
using fuzz::promise;

namespace {

void as_doc(std::string_view text) {
  notification n, again;
  decode_doc(text, n);
  decode_doc(encode_doc(n), again);
  promise(again.content == n.content && again.to == n.to && again.locale == n.locale
            && again.correlation_id == n.correlation_id,
          "a document reads back as what was written");
}

void as_contacts(std::string_view text) {
  auto got = decode_contacts(text);
  promise(decode_contacts(encode_contacts(got)) == got, "contacts read back as what was written");
}

void as_rules(std::string_view text) {
  auto got = decode_rules(text);
  promise(decode_rules(encode_rules(got)) == got, "rules read back as what was written");
}

void as_trail(std::string_view text) {
  auto attempts = decode_attempts(text);
  promise(decode_attempts(encode_attempts(attempts)).size() == attempts.size(), "attempts read back");
}

void as_history(std::string_view text) {
  auto history = decode_history(text);
  promise(decode_history(encode_history(history)).size() == history.size(), "the history reads back");
}

void as_window(std::string_view text) {
  static_cast<void>(decode_window(text));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  constexpr std::array readers{as_doc, as_contacts, as_rules, as_trail, as_history, as_window};
  try {
    readers.at(data[0] % readers.size())(fuzz::text_of(data + 1, size - 1));
  } catch (const std::exception&) { // the store answers internal_error, and nothing is lost
  }
  return 0;
}
