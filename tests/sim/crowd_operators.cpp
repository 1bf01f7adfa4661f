// What is done to requests after they were accepted, and to the engine as a whole.
#include "tests/sim/crowd.hpp"

namespace carillon::sim {

using namespace std::chrono_literals;

void crowd::cancel() {
  if (accepted_.empty())
    return;
  auto id = around_.chance.one_of(accepted_);
  engine_->store_of(lane_of(id))
    .cancel({}, id, around_.clock.wall(), while_alive<notification_view>([this, id](const auto& view) {
              around_.log.note("cancel", to_string(id), view ? "done" : std::string{code_of(view.error().code)});
              if (view)
                book_.cancelled(*view);
            }));
}

void crowd::engage() {
  if (accepted_.empty())
    return;
  auto id = around_.chance.one_of(accepted_);
  engine_->store_of(lane_of(id))
    .engage({}, id, {}, engagement::read, around_.clock.wall(), while_alive<ok_t>([](const auto&) {}));
}

void crowd::redrive(lane l) {
  if (!engine_)
    return;
  auto put_back = [this, l](const result<dead_letter_page>& page) {
    if (!page || page->data.empty())
      return;
    std::vector<row_key> keys;
    for (auto& dead : page->data)
      keys.push_back(dead.d.key);
    engine_->store_of(l).redrive(keys, {std::string{rule_redriven}, "by an operator"}, around_.clock.wall(),
                                 while_alive<std::vector<delivery>>([this, l](const auto& queued) {
                                   around_.log.note("redriven", to_string(l), queued ? queued->size() : 0);
                                   if (queued)
                                     engine_->wake(l, *queued);
                                 }));
  };
  dead_letter_filter all;
  all.limit = 10;
  engine_->store_of(l).dead_letters(all, while_alive<dead_letter_page>(put_back));
}

void crowd::resolve() {
  for (auto l : all_lanes)
    for (auto key : disk_.of(l).unfinished()) {
      auto d = *disk_.of(l).row(key);
      if (d.status != delivery_status::held)
        continue;
      static const std::vector<delivery_status> ends{delivery_status::sent, delivery_status::queued,
                                                     delivery_status::failed};
      auto n = disk_.of(l).notification_of(d);
      auto wake = [this, l, where = n->space, id = n->id](const result<delivery>& got) {
        around_.log.note("resolved", got ? to_string(got->status) : code_of(got.error().code));
        if (!got)
          return;
        auto all = [this, l, d = *got](const result<notification_view>& found) {
          engine_->wake(l, found ? found->deliveries : std::vector{d});
        };
        engine_->store_of(l).find(where, id, while_alive<notification_view>(all));
      };
      return engine_->store_of(l).resolve(n->space, n->id, d.id, around_.chance.one_of(ends), {"resolved", "by hand"},
                                          around_.clock.wall(), while_alive<delivery>(wake));
    }
}

void crowd::order_breaker() {
  static const std::vector<std::string> providers{"mail_a", "mail_b", "hook", "texts"};
  static const std::vector<breaker_order> orders{breaker_order::open, breaker_order::closed, breaker_order::automatic};
  auto name = around_.chance.one_of(providers);
  auto order = around_.chance.one_of(orders);
  engine_->control().put_breaker_order(name, order, "", while_alive<ok_t>([this, name, order](const auto& kept) {
                                         around_.log.note("order", name, to_string(order), kept ? "kept" : "refused");
                                         if (kept)
                                           tell_breaker(name, order);
                                       }));
}

void crowd::tell_breaker(const std::string& provider, breaker_order what) {
  for (auto l : all_lanes)
    book_.shaken(l, provider); // its slots are void
  engine_->order_breaker(provider, what);
}

void crowd::flip_switch() {
  auto now = *around_.settings;
  static const std::vector<channel> channels{channel::email, channel::webhook, channel::in_app};
  auto& on = now.channels.try_emplace(around_.chance.one_of(channels), true).first->second;
  on = !on;
  set_switches(std::move(now));
}

void crowd::set_switches(feature_settings now) {
  auto kept = std::make_shared<const feature_settings>(std::move(now));
  engine_->control().put_setting("notification", "{}", true, {},
                                 while_alive<versioned_json>([this, kept](const auto& stored) {
                                   around_.log.note("switches", stored ? "set" : "not");
                                   if (stored) {
                                     around_.settings = kept;
                                     around_.settings_changed_at = around_.clock.steady();
                                   }
                                 }));
}

void crowd::leave() {
  if (around_.plan.bad.switches > 0)
    set_switches({});
  if (around_.plan.bad.breaker_orders == 0)
    return; // an order renews all credit, and would heal what was lost
  for (auto* name : {"mail_a", "mail_b", "hook", "texts"})
    engine_->control().put_breaker_order(
      name, breaker_order::automatic, "",
      while_alive<ok_t>([this, name](const auto&) { tell_breaker(name, breaker_order::automatic); }));
}

} // namespace carillon::sim
