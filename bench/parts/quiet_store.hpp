// The engine's stores without an engine, opened as it opens them.
#pragma once

#include "bench/fill/templates.hpp"
#include "runtime/engine/clock.hpp"
#include "runtime/store/stores.hpp"

namespace parts {

class quiet_store final : private carillon::store_observer {
public:
  /// Throws std::runtime_error with the store's sentence.
  explicit quiet_store(const carillon::options& config)
      : stores(fill::value_of(carillon::open_stores(config, clock, *this))) {}

  const carillon::system_clock clock{};
  carillon::stores stores;

private:
  void committed(std::string_view, std::size_t, carillon::duration) override {}
  void trouble(std::string_view, const carillon::fault&) override {}
  void recovered(std::string_view) override {}
};

} // namespace parts
