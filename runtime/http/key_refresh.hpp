// Keeps the key ring as the control store has it: keys made or revoked by the
// command line or by another node count here within key_refresh::interval.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "runtime/http/engine_port.hpp"
#include "runtime/http/key_ring.hpp"
#include "runtime/http/pool.hpp"

namespace carillon::http {

class key_refresh {
public:
  static constexpr auto interval = std::chrono::seconds{2};
  static constexpr auto first_load_deadline = std::chrono::seconds{10};

  /// Goes on on `where`'s thread.
  key_refresh(engine_port& engine, key_ring& ring, pool& where);

  /// Reads the keys once; blocks. The store's fault where they cannot be read.
  status_result load();
  /// Reads them again every interval. Before the pool starts.
  void start();

private:
  void arm();
  void read();

  engine_port& engine_;
  key_ring& ring_;
  std::shared_ptr<inlet> way_in_;
  boost::asio::steady_timer timer_;
};

} // namespace carillon::http
