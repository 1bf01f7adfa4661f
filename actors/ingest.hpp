// Ingest: the first actor of a lane. It gives a request its id, its place in the
// acceptance order and its idempotency reservation, caps what one tenant may
// bring in, and passes it on. Sent to by the doors only.
#pragma once

#include "actors/lane_context.hpp"
#include "actors/policy/token_bucket.hpp"

namespace carillon {

struct ingest_config {
  double per_tenant_rate = 0;   ///< notifications per second, 0: no cap
  std::size_t tenants = 10'000; ///< tenants whose rate is remembered
};

struct ingest_state {
  static inline const char* name = "ingest";

  context_ptr context;
  ingest_config config;
  peers_ptr peers;
  bool draining = false;
  std::unique_ptr<bucket_table> tenants;

  void submit(const intake_ptr& what);
  /// What stands against taking it in, if anything does.
  std::optional<fault> refuse(intake& what);
  /// Fills `what.n` from the command and the configured type.
  std::optional<fault> describe(intake& what) const;
};

ingest_actor::behavior_type ingest(ingest_actor::stateful_pointer<ingest_state> self, context_ptr context,
                                   ingest_config config);

} // namespace carillon
