// Room for connections: each is a file descriptor, and a process may have so many.
#pragma once

#include <cstddef>

namespace carillon::http {

/// Raises the process's limit of open files, as far as the system lets it, until
/// `connections` fit beside the descriptors of stores and vendors. Returns how many fit.
std::size_t make_room_for(std::size_t connections);

} // namespace carillon::http
