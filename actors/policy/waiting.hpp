// Why a delivery that may go has not gone: read from how its providers stand at
// the moment somebody asks. Nothing of it is stored, because it changes without
// any row being written. The rules stand in the table of choice.hpp. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/work.hpp"

namespace carillon {

/// Nothing but the work before it stands in its way.
inline constexpr std::string_view waits_turn = "waits.turn";

struct waiting {
  std::string provider;
  decision why;
  std::optional<sys_time> until; ///< nullopt: nobody can say
};

/// It may go as far as rules and its own time are concerned, or waits for its next
/// attempt: a provider, or what it answered, is what holds it.
bool waits_for_provider(const delivery& d, sys_time now);

/// What `d` waits for, given the providers that may serve it in order (`route_from`,
/// or `route_of` for one that is not stored) and how they stand. A provider whose
/// work others may take is passed over, as the dispatcher does; where that holds for
/// all of them, the one that comes back first is named. Nothing where it does not
/// wait for a provider, or where the view of one that decides is missing.
std::optional<waiting> waiting_of(const delivery& d, const std::vector<std::string>& route,
                                  const std::vector<provider_view>& views, sys_time now);

} // namespace carillon
