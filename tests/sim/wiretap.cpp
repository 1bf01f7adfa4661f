#include "tests/sim/wiretap.hpp"

#include <caf/all.hpp>

#include "messages/actors.hpp"

namespace carillon::sim {
namespace {

/// What can be shown of one part of a message.
std::string shown(const caf::message& letter, std::size_t i) {
  if (letter.match_element<queue_key>(i))
    return letter.get_as<queue_key>(i).first;
  if (letter.match_element<row_key>(i))
    return std::to_string(letter.get_as<row_key>(i));
  if (letter.match_element<std::string>(i))
    return letter.get_as<std::string>(i);
  if (letter.match_element<std::uint64_t>(i))
    return std::to_string(letter.get_as<std::uint64_t>(i));
  if (letter.match_element<work_ptr>(i))
    return letter.get_as<work_ptr>(i) ? std::to_string(letter.get_as<work_ptr>(i)->d.key) : "none";
  if (letter.match_element<report_ptr>(i))
    return std::to_string(letter.get_as<report_ptr>(i)->d.key);
  if (letter.match_element<order_ptr>(i))
    return std::to_string(letter.get_as<order_ptr>(i)->update.d.key);
  if (letter.match_element<pull_answer_ptr>(i)) {
    auto& answer = letter.get_as<pull_answer_ptr>(i);
    return answer ? std::to_string(answer->rows.size()) + (answer->more ? " and more" : "") : "none";
  }
  return "...";
}

} // namespace

std::vector<caf::message> wiretap::see(caf::atom_value what, caf::message letter) {
  if (around_.log.prints())
    note(what, letter);
  if (what == place_atom_v || what == record_atom_v)
    remember_places(letter);
  if (around_.defect != plant::none)
    return spoiled(what, std::move(letter));
  return {std::move(letter)};
}

/// Whom the limits have let through or told to wait, and for when.
void wiretap::remember_places(const caf::message& letter) {
  if (letter.match_element<work_ptr>(1) && letter.get_as<work_ptr>(1))
    remember_place(letter.get_as<work_ptr>(1)->n->lane, letter.get_as<work_ptr>(1)->d, true);
  if (letter.match_element<order_ptr>(1) && letter.get_as<order_ptr>(1))
    remember_place(letter.get_as<order_ptr>(1)->n->lane, letter.get_as<order_ptr>(1)->update.d, false);
  if (letter.match_element<intake_ptr>(1) && letter.get_as<intake_ptr>(1))
    for (auto& w : letter.get_as<intake_ptr>(1)->deliveries)
      remember_place(w.n->lane, w.d, w.d.status == delivery_status::queued);
}

void wiretap::remember_place(lane l, const delivery& d, bool goes_on) {
  if (!d.place)
    return;
  auto& known = around_.places[{l, d.key}];
  if (known.place != *d.place)
    known = {.place = *d.place, .blinds = around_.blinds};
  if (!goes_on)
    return;
  known.steps = around_.steps;
  // A row that was pulled twice is decided twice: what its other decision was told is not what it begins with.
  around_.used_places[{l, d.key}] = known;
}

std::vector<caf::message> wiretap::spoiled(caf::atom_value what, caf::message letter) {
  auto& chance = around_.chance;
  auto grants = what == credit_atom_v && letter.size() == 4;
  if (around_.planted(plant::leaked_credit) && grants && letter.get_as<std::size_t>(3) == 1 && chance.chance(0.05))
    return {};
  if (around_.planted(plant::generous_slots) && grants && letter.get_as<std::size_t>(3) > 0)
    return {caf::make_message(credit_atom_v, letter.get_as<std::string>(1), letter.get_as<std::uint64_t>(2),
                              letter.get_as<std::size_t>(3) + 2)};
  if (around_.planted(plant::forgotten_change) && what == changed_atom_v && letter.match_element<change_ptr>(1)
      && chance.chance(0.3))
    return {};
  if (around_.planted(plant::late_timer) && what == due_atom_v && letter.size() == 3)
    return {
      caf::make_message(due_atom_v, letter.get_as<queue_key>(1), letter.get_as<sys_time>(2) + std::chrono::seconds{8})};
  return {std::move(letter)};
}

/// Not part of the trace's hash: epochs go on from run to run.
void wiretap::note(caf::atom_value what, const caf::message& letter) {
  auto text = "  - " + caf::to_string(what);
  for (std::size_t i = 1; i < letter.size(); ++i)
    text += ' ' + shown(letter, i);
  around_.log.aside(text);
}

} // namespace carillon::sim
