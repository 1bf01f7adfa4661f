// Stands in for a peer of the actor under test: takes every message and keeps it
// until the test takes it out. Requests are answered with true.
#pragma once

#include <algorithm>
#include <caf/all.hpp>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <tuple>
#include <vector>

namespace carillon::test {

class probe {
public:
  explicit probe(caf::actor_system& system) : letters_(std::make_shared<letters>()) {
    // Spawned with an argument: without one CAF binds a reference to nothing, which UBSan reports.
    auto collect = [](caf::event_based_actor* self, const std::shared_ptr<letters>& kept) {
      self->set_default_handler([kept](caf::scheduled_actor*, caf::message_view& letter) -> caf::result<caf::message> {
        kept->push_back(letter.move_content_to_message());
        return caf::make_message(true);
      });
      return caf::behavior{[](caf::unit_t) {}};
    };
    actor_ = system.spawn(collect, letters_);
  }
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;
  ~probe() { leave(); }

  /// The handle under which the actor under test knows it.
  template <class Handle>
  Handle as() const {
    return caf::actor_cast<Handle>(actor_);
  }

  /// How many messages of that kind wait: `count<work_ptr>(send_atom_v)`.
  template <class... Ts, class Atom>
  std::size_t count(Atom) const {
    return static_cast<std::size_t>(
      std::count_if(letters_->begin(), letters_->end(), [](auto& m) { return is<Atom, Ts...>(m); }));
  }
  bool empty() const { return letters_->empty(); }

  /// Takes the oldest message of that kind out: its value, or a tuple of several.
  template <class... Ts, class Atom>
  auto take(Atom) {
    auto found = std::find_if(letters_->begin(), letters_->end(), [](auto& m) { return is<Atom, Ts...>(m); });
    REQUIRE(found != letters_->end());
    auto letter = std::move(*found);
    letters_->erase(found);
    return values<Ts...>(letter, std::index_sequence_for<Ts...>{});
  }

  void clear() { letters_->clear(); }
  /// Ends it, as a dead peer.
  void leave() {
    if (actor_)
      caf::anon_send_exit(actor_, caf::exit_reason::kill);
    actor_ = nullptr;
  }

private:
  using letters = std::vector<caf::message>;

  template <class Atom, class... Ts>
  static bool is(const caf::message& letter) {
    return letter.match_elements<Atom, Ts...>();
  }
  template <class... Ts, std::size_t... I>
  static auto values(const caf::message& letter, std::index_sequence<I...>) {
    if constexpr (sizeof...(Ts) == 1)
      return letter.get_as<std::tuple_element_t<0, std::tuple<Ts...>>>(1);
    else
      return std::tuple<Ts...>{letter.get_as<Ts>(I + 1)...};
  }

  std::shared_ptr<letters> letters_;
  caf::actor actor_;
};

} // namespace carillon::test
