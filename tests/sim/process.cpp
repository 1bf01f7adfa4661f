#include "tests/sim/process.hpp"

#include <set>

#include "actors/messaging.hpp"
#include "tests/sim/planted_store.hpp"

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

} // namespace

process::process(surroundings& around, files& disk, ledger& book)
    : around_(around),
      book_(book),
      clock_(around),
      watch_(std::make_unique<fragile_telemetry>(around, book)),
      sandbox_(std::make_unique<watched_sandbox>(around, book)),
      control_file_(open("control")),
      inbox_file_(open("inbox")),
      control_(std::make_unique<model_control_store>(disk.control, control_file_.lines())),
      inbox_store_(std::make_unique<model_inbox_store>(disk.inbox, inbox_file_.lines())),
      inbox_(std::make_unique<watched_inbox>(around, book, *inbox_store_)) {
  around_.log.note("process", "starts");
  for (auto& [provider, order] : disk.control.breaker_orders())
    orders_[provider] = order;
  for (auto l : {lane::bulk, lane::critical}) {
    auto& parts = at(l);
    parts.file = open(std::string{to_string(l)});
    parts.store = std::make_unique<planted_store>(
      around, disk.of(l), parts.file.lines(),
      [&book, l](const notification& n, const delivery& d) { book.start_asked(l, n, d); });
    parts.client = std::make_shared<wire_client>(around, book, l);
    parts.ids = std::make_unique<id_generator>(l, parts.store->newest_key(), around.chance.raw());
    start(l);
  }
}

// The lines and clients go first, and with them every callback: nothing that the
// dying actors still do reaches anybody.
process::~process() {
  ++around_.life;
  for (auto& parts : lanes_) {
    parts.file.writes->close();
    parts.file.engine_reads->close();
    parts.file.door_reads->close();
    parts.client->close();
  }
  for (auto* file : {&control_file_, &inbox_file_}) {
    file->writes->close();
    file->engine_reads->close();
    file->door_reads->close();
  }
  for (auto& parts : lanes_)
    parts.system.reset();
  around_.log.note("process", "gone");
}

process::file_of_lines process::open(const std::string& name) {
  return {std::make_shared<write_line>(around_, name), std::make_shared<read_line>(around_, name + "-r"),
          std::make_shared<read_line>(around_, name + "-d")};
}

void process::start(lane l) {
  at(l).system = std::make_unique<lane_system>(context_of(l), around_.clock.steady());
}

lane_context process::context_of(lane l) {
  auto& parts = at(l);
  return {
    .lane = l,
    .config = around_.plan.config,
    .store = *parts.store,
    .control = *control_,
    .inbox = *inbox_,
    .vendors = *parts.client,
    .sandbox = *sandbox_,
    .clock = clock_,
    .watch = *watch_,
    .ids = *parts.ids,
    .keys = keys_,
    .seed = around_.chance.raw(),
    .link_key = {},
    .settings =
      [this] {
        around_.wire.touch();
        return around_.settings;
      },
    .standing_order =
      [this](const std::string& provider) {
        auto found = orders_.find(provider);
        return found == orders_.end() ? breaker_order::automatic : found->second;
      },
    .steady =
      [this] {
        around_.wire.touch();
        return around_.clock.steady();
      },
    .announce = [this](const change& what) { announce(what); },
    .post_debits = l == lane::critical ? [this](debits_ptr debits) { hand_over(std::move(debits)); }
                                       : std::function<void(debits_ptr)>{},
    .publish = {},
    .report_health = [](const lane_view&) {},
    .escalate = [this](const std::string&) { around_.crash("a lane gave up"); },
  };
}

void process::hand_over(debits_ptr debits) {
  if (auto& bulk = at(lane::bulk).system; bulk && bulk->peers())
    cross(bulk->peers()->throttle, debit_atom_v, std::move(debits));
}

void process::submit(intake_ptr what) {
  if (auto& peers = at(what->lane).system->peers())
    return cross(peers->ingest, submit_atom_v, std::move(what));
  what->answer(fault{errc::shutting_down, "The engine is starting.", {}, 1s});
}

void process::announce(const change& what) {
  auto news = std::make_shared<const change>(what);
  for (auto& parts : lanes_)
    if (parts.system && parts.system->peers())
      for (auto& shard : parts.system->peers()->preferences)
        cross(shard, changed_atom_v, news);
}

void process::wake(lane l, const std::vector<delivery>& queued) {
  std::set<queue_key> queues;
  for (auto& d : queued)
    if (d.status == delivery_status::queued)
      queues.emplace(d.queue, d.space);
  if (auto& peers = at(l).system->peers())
    for (auto& queue : queues)
      cross(peers->dispatcher, ready_atom_v, queue);
}

void process::order_breaker(const std::string& provider, breaker_order what) {
  orders_[provider] = what;
  for (auto& parts : lanes_)
    if (auto& peers = parts.system->peers())
      if (auto* to = peers->provider(provider))
        cross(*to, order_atom_v, what);
}

void process::look(lane l, std::function<void(const provider_view&)> then) {
  auto peers = at(l).system->peers();
  if (!peers)
    return;
  at(l).system->system().spawn([peers, then](caf::event_based_actor* self) {
    for (auto& [name, provider] : peers->providers)
      self->request(provider, 2s, look_atom_v)
        .then([then](const provider_view& seen) { then(seen); }, [](const caf::error&) {});
  });
}

void process::kill(lane l, const std::string& child) {
  caf::anon_send(at(l).system->keeper(), order_atom_v, child);
}

std::size_t process::ready() const {
  return lanes_[0].system->ready() + lanes_[1].system->ready();
}

void process::run(std::size_t job) {
  auto first = lanes_[0].system->ready();
  auto& whose = job < first ? *lanes_[0].system : *lanes_[1].system;
  auto index = job < first ? job : job - first;
  auto throws = around_.bad().handler_throws;
  std::string name = whose.name_of(index);
  // Nobody restarts a keeper but the process itself.
  if (throws > 0 && name != "keeper" && around_.chance.chance(throws)) {
    around_.wire.arm(static_cast<int>(around_.chance.below(4)));
    whose.run(index);
    if (!around_.wire.disarm())
      around_.log.note("threw", name);
    return;
  }
  whose.run(index);
}

std::optional<instant> process::next_timer() const {
  auto a = lanes_[0].system->next_timer(), b = lanes_[1].system->next_timer();
  if (a && b)
    return std::min(*a, *b);
  return a ? a : b;
}

void process::move_to(instant now) {
  for (auto& parts : lanes_)
    parts.system->move_to(now);
}

} // namespace carillon::sim
