// What handlers work with: the engine, the keys, the pools and the jobs.
#pragma once

#include "runtime/http/engine_port.hpp"
#include "runtime/http/jobs.hpp"
#include "runtime/http/key_ring.hpp"
#include "runtime/http/pool.hpp"

namespace carillon::http {

struct service {
  engine_port& engine;
  key_ring& keys;
  pool& critical;
  pool& bulk;
  job_board& jobs;

  pool& pool_of(lane l) { return l == lane::critical ? critical : bulk; }
};

} // namespace carillon::http
