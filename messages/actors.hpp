// The engine's table of contents: every actor, what it may be sent and what it
// does about it. Messages without an answer are fire-and-forget: work that gets
// lost with a dying actor answers its caller and returns its slot by itself (see
// work.hpp), and what was durable is read again from the store.
//
//   door → ingest → preference → throttle → dispatcher ⇒ store.accept
//                       ↑                       ↓ ⇓ store.start
//                  dispatcher (pulled work)   provider → vendor
//                                                ↓
//              retry_timer ← plan ───────── status_sink ⇒ store.update
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "messages/work.hpp"

namespace carillon {
struct lane_peers;
/// Whom an actor may talk to; replaced whole whenever a peer was restarted.
using peers_ptr = std::shared_ptr<const lane_peers>;
using change_ptr = std::shared_ptr<const change>;
using queue_key = std::pair<std::string, space>; ///< provider's queue and whose data
using pull_answer_ptr = std::shared_ptr<pull_result>;
using pulled_ptr = std::shared_ptr<std::vector<pulled>>;
using due_list_ptr = std::shared_ptr<std::vector<due_entry>>;
using queue_list_ptr = std::shared_ptr<std::vector<queue_state>>;
} // namespace carillon

CAF_BEGIN_TYPE_ID_BLOCK(carillon, first_custom_type_id)

CAF_ADD_TYPE_ID(carillon, (carillon::intake_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::work_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::report_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::order_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::peers_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::change_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::debits_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::queue_key))
CAF_ADD_TYPE_ID(carillon, (carillon::provider_view))
CAF_ADD_TYPE_ID(carillon, (carillon::lane_view))
CAF_ADD_TYPE_ID(carillon, (carillon::breaker_order))
CAF_ADD_TYPE_ID(carillon, (carillon::sys_time))
CAF_ADD_TYPE_ID(carillon, (carillon::pull_answer_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::pulled_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::due_list_ptr))
CAF_ADD_TYPE_ID(carillon, (carillon::person))
CAF_ADD_TYPE_ID(carillon, (carillon::wire_answer))
CAF_ADD_TYPE_ID(carillon, (carillon::update_result))
CAF_ADD_TYPE_ID(carillon, (carillon::queue_list_ptr))

CAF_ADD_ATOM(carillon, carillon, submit_atom, "submit")   // take a request in
CAF_ADD_ATOM(carillon, carillon, decide_atom, "decide")   // apply your rule and pass it on
CAF_ADD_ATOM(carillon, carillon, place_atom, "place")     // find it a provider
CAF_ADD_ATOM(carillon, carillon, send_atom, "send")       // call the vendor: it is durable
CAF_ADD_ATOM(carillon, carillon, report_atom, "report")   // an attempt ended
CAF_ADD_ATOM(carillon, carillon, record_atom, "record")   // make this state durable
CAF_ADD_ATOM(carillon, carillon, plan_atom, "plan")       // when is it tried again
CAF_ADD_ATOM(carillon, carillon, settle_atom, "settle")   // the outcome is durable
CAF_ADD_ATOM(carillon, carillon, credit_atom, "credit")   // slots for the dispatcher
CAF_ADD_ATOM(carillon, carillon, pause_atom, "pause")     // slots are void for a while
CAF_ADD_ATOM(carillon, carillon, ready_atom, "ready")     // a queue has ready work
CAF_ADD_ATOM(carillon, carillon, due_atom, "due")         // a queue has work due at an instant
CAF_ADD_ATOM(carillon, carillon, parked_atom, "parked")   // a new row waits in the store
CAF_ADD_ATOM(carillon, carillon, stall_atom, "stall")     // the store could not
CAF_ADD_ATOM(carillon, carillon, answer_atom, "answer")   // a port answered
CAF_ADD_ATOM(carillon, carillon, refund_atom, "refund")   // undo a debit
CAF_ADD_ATOM(carillon, carillon, debit_atom, "debit")     // somebody else's debit
CAF_ADD_ATOM(carillon, carillon, changed_atom, "changed") // drop caches of this
CAF_ADD_ATOM(carillon, carillon, order_atom, "order")     // a person's order to a breaker
CAF_ADD_ATOM(carillon, carillon, look_atom, "look")       // how do you stand
CAF_ADD_ATOM(carillon, carillon, peers_atom, "peers")     // your peers changed
CAF_ADD_ATOM(carillon, carillon, drain_atom, "drain")     // start nothing new
CAF_ADD_ATOM(carillon, carillon, beat_atom, "beat")       // a timer of your own
CAF_ADD_ATOM(carillon, carillon, patience_atom, "wait")   // a short wait of yours is over

CAF_END_TYPE_ID_BLOCK(carillon)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::intake_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::work_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::report_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::order_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::peers_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::change_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::debits_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::queue_key)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::provider_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::lane_view)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::breaker_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::sys_time)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::pull_answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::pulled_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::due_list_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::person)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::wire_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::update_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(carillon::queue_list_ptr)

namespace carillon {

// One handler a line, each with its comment.
// clang-format off
/// Takes requests in; one per lane. Gives id, lane and key reservation.
using ingest_actor = caf::typed_actor<
  // A request from a door. Passes it to preference; answers the door itself with
  // rate_limited (the tenant's cap), key_in_flight, shutting_down, or the refusal of
  // what came too late, unless the store knows its key.
  caf::reacts_to<submit_atom, intake_ptr>,
  // From now on every request is answered with shutting_down.
  caf::reacts_to<drain_atom>,
  // Tell the metrics how long your mailbox is.
  caf::reacts_to<look_atom>,
  // Peers were restarted.
  caf::reacts_to<peers_atom, peers_ptr>>;

/// Applies people's choices; sharded by user, with a bounded cache.
using preference_actor = caf::typed_actor<
  // Decides every channel of a request and passes it to throttle.
  caf::reacts_to<decide_atom, intake_ptr>,
  // Decides a stored delivery again before an attempt; passes it to throttle, or
  // to status_sink where it ended or waits.
  caf::reacts_to<decide_atom, work_ptr>,
  // The control store answered a look-up.
  caf::reacts_to<answer_atom, std::string, person>,
  // The control store could not answer it: requests are answered with
  // store_unavailable, stored work stays in its queue.
  caf::reacts_to<answer_atom, std::string>,
  // Forget what is cached of a person or address; exact once this was handled.
  caf::reacts_to<changed_atom, change_ptr>,
  caf::reacts_to<look_atom>,
  caf::reacts_to<peers_atom, peers_ptr>>;

/// Holds the limits; one per lane. Bulk's owns the people's limits: critical
/// work is exempt from them and only posts its debits there, as it posts those of
/// channels and of everything.
using throttle_actor = caf::typed_actor<
  // Debits a request's deliveries; over a limit delays, drops or rejects them
  // with the limit's name (not where the store knows the request's key), then passes
  // the request to the dispatcher.
  caf::reacts_to<decide_atom, intake_ptr>,
  // The same for one stored delivery that has no place yet, or has lost it.
  caf::reacts_to<decide_atom, work_ptr>,
  // Debits of the other lane, counted without a decision.
  caf::reacts_to<debit_atom, debits_ptr>,
  // What they were made for did not come about: debits of its own are taken back.
  caf::reacts_to<refund_atom, debits_ptr>,
  // Preference has forgotten them: passed on, behind what was decided before.
  caf::reacts_to<changed_atom, change_ptr>,
  // Recent attempts to rebuild the limits from, and until when reserved places were
  // read.
  caf::reacts_to<answer_atom, pulled_ptr, sys_time>,
  caf::reacts_to<look_atom>,
  caf::reacts_to<peers_atom, peers_ptr>>;

/// Routes deliveries to providers and keeps the ready queues; one per lane.
using dispatcher_actor = caf::typed_actor<
  // Chooses providers, grants a slot on the straight way, and asks the store to
  // keep the request; the door is answered once that is durable. Where the
  // straight way opens soon, it waits for that a few milliseconds.
  caf::reacts_to<place_atom, intake_ptr>,
  // A stored delivery, decided again: starts it with the slot it holds.
  caf::reacts_to<place_atom, work_ptr>,
  // `n` more slots at a provider, of that epoch; a newer epoch voids older slots,
  // and a newer epoch without slots means that the provider is blocked. Answered
  // once it is so.
  caf::replies_to<credit_atom, std::string, std::uint64_t, std::size_t>::with<bool>,
  // Slots of an older epoch are void; the provider will be back soon, so its work
  // waits for it. Answered once it is so.
  caf::replies_to<pause_atom, std::string, std::uint64_t>::with<bool>,
  // A queue has ready rows in the store (released, redriven, due, from before).
  caf::reacts_to<ready_atom, queue_key>,
  // A new row that could not go the straight way is in the store now.
  caf::reacts_to<parked_atom, queue_key>,
  // The store answered a pull for that queue; null: it could not.
  caf::reacts_to<answer_atom, queue_key, pull_answer_ptr>,
  // The store named the queues that have unfinished work from before; null: it
  // could not, it is asked again after a pause. Until then nothing goes straight.
  caf::reacts_to<answer_atom, queue_list_ptr>,
  // The store could not start work of that queue: it is tried again after a pause.
  caf::reacts_to<stall_atom, queue_key>,
  // Pulled work was dropped on its way: its row still waits in the store, and is
  // read again after a pause.
  caf::reacts_to<stall_atom, queue_key, row_key>,
  // Calls recorded as started at a provider that the configuration no longer has:
  // they end as ambiguous.
  caf::reacts_to<answer_atom, pulled_ptr>,
  // Pulled work left the dispatcher's hands: it was started, or it ended.
  caf::reacts_to<settle_atom, queue_key, row_key>,
  // Its own clock: pulls again what could not be pulled.
  caf::reacts_to<beat_atom>,
  // Its own clock: requests that wait for the straight way have waited long enough.
  caf::reacts_to<patience_atom>,
  // Requests of theirs that wait were decided before that: they go by way of the store.
  caf::reacts_to<changed_atom, change_ptr>,
  // Grant nothing new; what is durable stays in the store.
  caf::reacts_to<drain_atom>,
  caf::reacts_to<look_atom>,
  caf::reacts_to<peers_atom, peers_ptr>>;

/// One per configured provider and lane: breaker, slots, rate, calls.
using provider_actor = caf::typed_actor<
  // Its start is durable: call the vendor. Work of an older epoch, or that meets
  // a paused endpoint, is reported as not attempted.
  caf::reacts_to<send_atom, work_ptr>,
  // The vendor, or the client, answered the call for that delivery.
  caf::reacts_to<answer_atom, row_key, wire_answer>,
  // The outcome is durable: the slot is free again.
  caf::reacts_to<settle_atom, row_key>,
  // Calls found recorded as started at start-up: they end as ambiguous. Null:
  // they could not be read, it is tried again.
  caf::reacts_to<answer_atom, pulled_ptr>,
  // What was started with slots before that epoch has arrived: it may give out
  // slots of it. 0: nobody could say, it asks again.
  caf::reacts_to<ready_atom, std::uint64_t>,
  // A person forces the breaker, or gives it back to itself.
  caf::reacts_to<order_atom, breaker_order>,
  // How it stands.
  caf::replies_to<look_atom>::with<provider_view>,
  // Its own clock: rate, pauses, open_for, recovery.
  caf::reacts_to<beat_atom>,
  // Call nobody any more; what is on the wire may end.
  caf::reacts_to<drain_atom>,
  caf::reacts_to<peers_atom, peers_ptr>>;

/// Knows when work falls due; one per lane. RAM holds the next 60 s as instants
/// per queue, never the rows.
using retry_timer_actor = caf::typed_actor<
  // Plans what follows a failed attempt: same provider, the next one, or the dead
  // letters; passes its order on to status_sink as `record`.
  caf::reacts_to<plan_atom, report_ptr>,
  // A row of that queue waits until the instant.
  caf::reacts_to<due_atom, queue_key, sys_time>,
  // The store named the queues that have unfinished work from before; null: it
  // could not, it is asked again.
  caf::reacts_to<answer_atom, queue_list_ptr>,
  // The store read the due times up to that instant (the horizon).
  caf::reacts_to<answer_atom, due_list_ptr, sys_time>,
  // Held deliveries whose expiry has passed.
  caf::reacts_to<answer_atom, pulled_ptr>,
  // First attempts earn the retry budget.
  caf::reacts_to<credit_atom, std::size_t>,
  // Its own clock.
  caf::reacts_to<beat_atom>,
  caf::reacts_to<look_atom>,
  caf::reacts_to<peers_atom, peers_ptr>>;

/// The only writer of outcomes; one per lane.
using status_sink_actor = caf::typed_actor<
  // An attempt ended: keeps its outcome, then settles with the provider. Failed
  // ones are planned by the retry timer first.
  caf::reacts_to<report_atom, report_ptr>,
  // A planned outcome, or a delivery that ended or waits without an attempt.
  caf::reacts_to<record_atom, order_ptr>,
  // The store wrote an update, or found that the delivery had moved on.
  caf::reacts_to<answer_atom, row_key, update_result>,
  // The store could not write: it is tried again until it can.
  caf::reacts_to<answer_atom, row_key>,
  // The address is on the ledger: its delivery may be written.
  caf::reacts_to<changed_atom, row_key>,
  // Its own clock.
  caf::reacts_to<beat_atom>,
  caf::reacts_to<look_atom>,
  caf::reacts_to<peers_atom, peers_ptr>>;

/// Spawns and restarts everything above; one per lane.
using supervisor_actor = caf::typed_actor<
  // Health and restarts.
  caf::replies_to<look_atom>::with<lane_view>,
  // Stop intake, then grants; calls on the wire may end.
  caf::reacts_to<drain_atom>,
  // Kill the child of that name; for tests of supervision.
  caf::reacts_to<order_atom, std::string>,
  // Its own clock: restarts after backoff.
  caf::reacts_to<beat_atom>,
  // Its own clock: has every child tell the metrics how it stands.
  caf::reacts_to<due_atom>>;

/// Spawns the supervisor, and another one where that died; one per lane.
using keeper_actor = caf::typed_actor<
  // Passed on to the supervisor, and to those that come after it.
  caf::reacts_to<drain_atom>,
  // Kill the child of that name, or `supervisor`; for tests of supervision.
  caf::reacts_to<order_atom, std::string>,
  // Its own clock: the restart after backoff, and the end of its patience.
  caf::reacts_to<beat_atom>>;
// clang-format on

struct lane_peers {
  ingest_actor ingest;
  std::vector<preference_actor> preferences;
  throttle_actor throttle;
  dispatcher_actor dispatcher;
  std::vector<std::pair<std::string, provider_actor>> providers;
  retry_timer_actor retry_timer;
  status_sink_actor status_sink;

  /// The shard that decides for a user.
  const preference_actor& preference_for(const std::string& user_id) const {
    return preferences[std::hash<std::string>{}(user_id) % preferences.size()];
  }
  /// Null where no provider of that name runs.
  const provider_actor* provider(const std::string& name) const {
    for (auto& [known, handle] : providers)
      if (known == name)
        return &handle;
    return nullptr;
  }
};

} // namespace carillon
