// routing = first, before a request is stored: the channels after the first usable
// one stand by, and take its place when it turns out unusable. Pure. Afterwards
// the store does the same with its rows.
#pragma once

#include <vector>

#include "messages/work.hpp"

namespace carillon {

/// Channels after the first that is under way wait for it to fail.
void stand_by(std::vector<delivery_work>& deliveries, sys_time now);

/// Where nothing but standbys is left, the next channel becomes queued; false where
/// there is none or none is needed. It has not been held to any limit yet.
bool release_standby(std::vector<delivery_work>& deliveries, sys_time now);

} // namespace carillon
