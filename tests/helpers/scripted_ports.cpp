#include "tests/helpers/scripted_ports.hpp"

namespace carillon::test {

template class script<acceptance, receipt>;
template class script<std::vector<attempt_start>, std::vector<row_key>>;
template class script<delivery_update, update_result>;
template class script<asked_nothing, ok_t>;
template class script<pull_request, pull_result>;
template class script<scripted_lane_store::leftovers, std::vector<pulled>>;
template class script<asked_nothing, std::vector<queue_state>>;
template class script<scripted_lane_store::span, std::vector<due_entry>>;
template class script<sys_time, limit_history>;
template class script<sys_time, std::vector<pulled>>;
template class script<scripted_control_store::look_up, person>;
template class script<suppression, suppression>;
template class script<inbox_item, ok_t>;
template class script<wire_request, wire_answer>;

void scripted_lane_store::accept(acceptance what, done<receipt> then) {
  accepts(std::move(what), std::move(then));
}

void scripted_lane_store::is_empty() {
  barriers.always(ok);
  in_flights.always(std::vector<pulled>{});
  queue_lists.always(std::vector<queue_state>{});
  dues.always(std::vector<due_entry>{});
  histories.always(limit_history{});
  helds.always(std::vector<pulled>{});
}

void scripted_lane_store::forget() {
  accepts.forget();
  starts.forget();
  updates.forget();
  barriers.forget();
  pulls.forget();
  in_flights.forget();
  queue_lists.forget();
  dues.forget();
  histories.forget();
  helds.forget();
}

void scripted_control_store::find_person(lane, space where, std::string user_id,
                                         std::vector<std::pair<channel, std::string>> extra, done<person> then) {
  people({std::move(where), std::move(user_id), std::move(extra)}, std::move(then));
}

void scripted_control_store::forget() {
  people.forget();
  suppressions.forget();
}

void scripted_inbox_store::add(inbox_item what, done<ok_t> then) {
  items(std::move(what), std::move(then));
}

void scripted_inbox_store::forget() {
  items.forget();
}

void scripted_vendors::call(wire_request what, std::function<void(wire_answer)> then) {
  calls(std::move(what), [then = std::move(then)](result<wire_answer> answer) { then(std::move(*answer)); });
}

void scripted_vendors::forget() {
  calls.forget();
}

void recording_sandbox::add(sandbox_message what) {
  messages.push_back(std::move(what));
}

} // namespace carillon::test
