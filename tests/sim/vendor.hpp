// The vendors outside, and the client that calls them. A vendor may take a
// message and keep silent, take it and report a failure, take nothing, ask for a
// pause, or never answer. It remembers what it took, whoever asks for it later.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/sim/ledger.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

/// How a vendor treats one call.
enum class manner : std::uint8_t {
  honest,          ///< takes it and says so
  silent,          ///< takes it, its answer is lost
  late,            ///< takes it and says so after the caller has given up
  deceitful,       ///< takes it and reports a failure
  deaf,            ///< takes nothing and says nothing
  busy,            ///< takes nothing: a failure that may pass
  throttling,      ///< takes nothing: asks for a pause
  no_such_address, ///< takes nothing: the address is dead
  no_such_message, ///< takes nothing: this message will never do
  locked_out,      ///< takes nothing: our account is refused
  unreachable,     ///< the connection fails before anything is sent
};

/// The client of one lane and process. Its calls die with it; what is under way
/// to the vendor then may still arrive.
class wire_client final : public vendor_client, public std::enable_shared_from_this<wire_client> {
public:
  wire_client(surroundings& around, ledger& book, lane l) : around_(around), book_(book), lane_(l) {}

  void call(wire_request what, std::function<void(wire_answer)> then) override;
  /// The process is gone.
  void close();

private:
  struct journey {
    wire_request what;
    call_id id;
    manner how = manner::honest;
  };
  void arrive(const journey& j);
  void answer(const call_id& id, wire_answer with, outcome meaning);

  surroundings& around_;
  ledger& book_;
  lane lane_;
  std::map<std::uint64_t, std::function<void(wire_answer)>> waiting_;
  bool closed_ = false;
};

} // namespace carillon::sim
