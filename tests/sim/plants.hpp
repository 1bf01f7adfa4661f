// Defects planted by hand, to see that the ledger catches them: each a switch of
// this program only, made where the engine meets the simulation (a port, a
// message), never in the engine's sources.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace carillon::sim {

enum class plant : std::uint8_t {
  none,
  lost_acknowledgement,
  lost_commit,
  double_send,
  early_outcome,
  leaked_credit,
  late_timer,
  early_retry,
  forgotten_change,
  forgotten_key,
  generous_slots,
  wrong_order,
};

struct plant_row {
  plant what;
  std::string_view name, defect;
};
inline constexpr std::array plants{
  plant_row{plant::lost_acknowledgement, "lost_acknowledgement", "the store keeps an outcome and does not say so"},
  plant_row{plant::lost_commit, "lost_commit", "a request is answered 202 and not kept"},
  plant_row{plant::double_send, "double_send", "after a restart, calls that were under way are taken for unsent"},
  plant_row{plant::early_outcome, "early_outcome", "an outcome is written before the vendor has the message"},
  plant_row{plant::leaked_credit, "leaked_credit", "a slot that was granted or given back gets lost"},
  plant_row{plant::late_timer, "late_timer", "work falls due eight seconds late"},
  plant_row{plant::early_retry, "early_retry", "work is read three seconds before it is due"},
  plant_row{plant::forgotten_change, "forgotten_change", "a cache is not told that a person changed their mind"},
  plant_row{plant::forgotten_key, "forgotten_key", "an idempotency key is not kept"},
  plant_row{plant::generous_slots, "generous_slots", "a provider grants two slots more than it has"},
  plant_row{plant::wrong_order, "wrong_order", "ready work is read newest first"},
};

/// Nothing where there is none of that name.
std::optional<plant> find_plant(std::string_view name);

} // namespace carillon::sim
