#include "tests/sim/vendor.hpp"

#include <array>

namespace carillon::sim {
namespace {

using namespace std::chrono_literals;

struct manner_row {
  manner how;
  int weight; ///< among the lies
  std::string_view word;
  outcome meaning; ///< of what the caller gets to hear
  int smtp, http;  ///< reply codes; 0: no answer
  std::string_view smtp_text;
};
constexpr std::array manners{
  manner_row{manner::honest, 10, "honest", outcome::accepted, 250, 200, "2.0.0 Ok: queued as 4T1"},
  manner_row{manner::silent, 12, "silent", outcome::ambiguous, 0, 0, ""},
  manner_row{manner::late, 6, "late", outcome::ambiguous, 250, 200, "2.0.0 Ok: queued as 4T2"},
  manner_row{manner::deceitful, 3, "deceitful", outcome::retry, 451, 500, "4.3.0 Try later"},
  manner_row{manner::deaf, 8, "deaf", outcome::ambiguous, 0, 0, ""},
  manner_row{manner::busy, 25, "busy", outcome::retry, 451, 503, "4.3.0 Try later"},
  manner_row{manner::throttling, 8, "throttling", outcome::throttled, 450, 429, "4.7.28 Too fast"},
  manner_row{manner::no_such_address, 2, "no_such_address", outcome::bad_address, 550, 410, "5.1.1 No such user"},
  manner_row{manner::no_such_message, 2, "no_such_message", outcome::bad_message, 554, 0, "5.6.0 Cannot send"},
  manner_row{manner::locked_out, 2, "locked_out", outcome::bad_credentials, 535, 0, "5.7.8 Bad credentials"},
  manner_row{manner::unreachable, 10, "unreachable", outcome::retry, 0, 0, ""},
};

const manner_row& row_of(manner how) {
  return manners.at(static_cast<std::size_t>(how));
}

constexpr bool takes(manner how) {
  return how <= manner::deceitful;
}

manner draw_manner(dice& chance, bool is_smtp) {
  int all = 0;
  for (auto& row : manners)
    all += row.weight;
  for (;;) {
    auto roll = chance.between(1, all);
    for (auto& row : manners)
      if ((roll -= row.weight) <= 0) {
        if (row.meaning != outcome::ambiguous && row.how != manner::unreachable && (is_smtp ? row.smtp : row.http) == 0)
          break; // this protocol has no such answer
        return row.how;
      }
  }
}

/// `smtp://mail_a.example:25` names provider mail_a; webhooks are one provider.
std::string provider_of(const wire_request& what) {
  if (what.what == wire_request::kind::http)
    return "hook";
  auto from = what.url.find("://") + 3;
  return what.url.substr(from, what.url.find('.', from) - from);
}

/// Our key, as the vendor gets to see it.
uuid delivery_of(const wire_request& what) {
  if (what.what == wire_request::kind::http) {
    for (auto& field : what.headers)
      if (field.name == "webhook-id")
        return parse_uuid(field.value).value_or(uuid{});
    return {};
  }
  constexpr std::string_view name = "Message-ID: <";
  auto at = what.body.find(name);
  return at == std::string::npos ? uuid{} : parse_uuid(what.body.substr(at + name.size(), 36)).value_or(uuid{});
}

wire_answer no_answer() {
  wire_answer out;
  out.why = wire_answer::failure::no_answer;
  out.detail = "no answer within the timeout";
  return out;
}

} // namespace

void wire_client::call(wire_request what, std::function<void(wire_answer)> then) {
  around_.wire.touch();
  if (closed_)
    return;
  auto& chance = around_.chance;
  journey j;
  j.id = book_.called(lane_, provider_of(what), delivery_of(what));
  if (chance.chance(around_.bad().vendor_lies))
    j.how = draw_manner(chance, what.what == wire_request::kind::smtp);
  if (around_.first_attempts_fail && j.id.attempt == 1)
    j.how = manner::busy;
  waiting_[j.id.number] = std::move(then);
  around_.log.note("call", j.id.provider, j.id.delivery, row_of(j.how).word);
  around_.todo.in(what.timeout, [weak = weak_from_this(), id = j.id] {
    if (auto self = weak.lock())
      self->answer(id, no_answer(), outcome::ambiguous);
  });
  j.what = std::move(what);
  if (j.how == manner::unreachable) {
    wire_answer refused;
    refused.why = wire_answer::failure::not_sent;
    around_.todo.in(chance.between(50us, 20ms), [weak = weak_from_this(), id = j.id, refused] {
      if (auto self = weak.lock())
        self->answer(id, refused, outcome::retry);
    });
    return;
  }
  if (around_.planted(plant::early_outcome)) {
    arrive(j);
    j.how = manner::silent;
  }
  auto& around = around_;
  auto travels = around_.planted(plant::early_outcome) ? 1s : chance.between(50us, 5ms);
  around_.todo.in(travels, [weak = weak_from_this(), &around, &book = book_, j = std::move(j)] {
    auto self = weak.lock();
    if (self && self->closed_)
      self.reset();
    if (!self && around.chance.chance(0.5))
      return; // the process died before the bytes went out
    if (takes(j.how))
      book.took(j.id, j.how == manner::deceitful);
    if (self)
      self->arrive(j);
  });
}

void wire_client::close() {
  closed_ = true;
  auto dropped = std::exchange(waiting_, {});
}

void wire_client::arrive(const journey& j) {
  auto& chance = around_.chance;
  auto& row = row_of(j.how);
  auto is_smtp = j.what.what == wire_request::kind::smtp;
  wire_answer with;
  with.status = is_smtp ? row.smtp : row.http;
  if (with.status == 0)
    return; // the caller's timeout will tell
  if (is_smtp)
    with.body = row.smtp_text;
  else if (j.how == manner::throttling)
    with.headers.push_back({"retry-after", std::to_string(chance.between(1, 8))});
  auto wait = j.how == manner::late ? j.what.timeout + 1s : chance.between(50us, 30ms);
  if (j.how == manner::honest && around_.bad().vendor_lies > 0 && chance.chance(0.2))
    wait = chance.between(30ms, 1500ms);
  if (j.how == manner::honest)
    wait += around_.vendor_takes;
  around_.todo.in(wait, [weak = weak_from_this(), id = j.id, with, meaning = row.meaning] {
    if (auto self = weak.lock())
      self->answer(id, with, meaning);
  });
}

void wire_client::answer(const call_id& id, wire_answer with, outcome meaning) {
  auto waiting = waiting_.extract(id.number);
  if (waiting.empty())
    return; // it was answered, or given up
  book_.vendor_answered(id, meaning, with);
  waiting.mapped()(std::move(with));
}

} // namespace carillon::sim
