#include "runtime/store/postgres/lane_calls.hpp"

#include <algorithm>
#include <map>

#include "runtime/store/codec.hpp"
#include "runtime/store/filing.hpp"

namespace carillon {
namespace {

/// As PostgreSQL reads bytes from text.
std::string bytea_of(const std::array<std::uint8_t, 32>& digest) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "\\x";
  for (auto byte : digest) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

using claim_name = std::tuple<std::string, std::string_view, std::string>;

claim_name name_of(const space& where, const idempotency_claim& what) {
  return {where.tenant, to_string(where.mode), what.key};
}

fault reused() {
  return {errc::key_reused, "The idempotency key was used for a different request; use a new key for it."};
}

result<receipt> answer_of(const uuid& first, bool same_digest) {
  if (!same_digest)
    return reused();
  return receipt{first, lane_of(first), true};
}

template <class Call>
Call* as(job& call) {
  return dynamic_cast<Call*>(&call);
}

} // namespace

void lane_batch::run(const std::vector<job_ptr>& calls) {
  for (auto& one : calls)
    if (!take(*one)) {
      flush();
      one->run();
    }
  flush();
}

bool lane_batch::take(job& call) {
  if (auto* accept = as<accept_call>(call)) {
    accepts_.push_back(accept);
    return true;
  }
  if (auto* start = as<start_call>(call)) {
    auto again = [this](auto& one) { return touched_.contains(one.key); };
    if (std::any_of(start->what.begin(), start->what.end(), again))
      flush();
    for (auto& one : start->what)
      touched_.insert(one.key);
    starts_.push_back(start);
    return true;
  }
  if (auto* update = as<update_call>(call)) {
    if (touched_.contains(update->what.d.key))
      flush();
    touched_.insert(update->what.d.key);
    updates_.push_back(update);
    return true;
  }
  return false;
}

void lane_batch::flush() {
  accept_all();
  start_all();
  update_all();
  accepts_.clear();
  starts_.clear();
  updates_.clear();
  touched_.clear();
}

// ---------------------------------------------------------------- accept

void lane_batch::accept_all() {
  auto calls = accepts_;
  std::erase_if(calls, [](auto* one) {
    auto wrong = misplaced(one->what);
    if (wrong)
      one->answer = *wrong;
    return wrong.has_value();
  });
  refuse_of_erased(calls);
  claim_keys(calls);
  std::vector<const acceptance*> kept;
  delivery_columns deliveries;
  for (auto* one : calls) {
    kept.push_back(&one->what);
    for (auto& d : one->what.deliveries)
      deliveries.add(d);
    one->answer = receipt{one->what.n->id, one->what.n->lane, false};
  }
  insert_notifications(in_, kept);
  deliveries.insert(in_);
}

/// Takes out, with their answers, those whose key is taken: by an earlier call of the set, or by what is kept.
void lane_batch::claim_keys(std::vector<accept_call*>& calls) {
  std::map<claim_name, accept_call*> first; // in the order of their names, so that two writers never wait in a circle
  std::vector<accept_call*> repeats, keyless;
  for (auto* one : calls)
    if (!one->what.claim)
      keyless.push_back(one);
    else if (!first.emplace(name_of(one->what.n->space, *one->what.claim), one).second)
      repeats.push_back(one);
  if (first.empty())
    return;
  column<std::string> tenant, mode, key, digest, id;
  std::map<std::string, accept_call*> by_id;
  for (auto& [name, one] : first) {
    tenant.push_back(std::get<0>(name));
    mode.emplace_back(std::get<1>(name));
    key.push_back(std::get<2>(name));
    digest.push_back(bytea_of(one->what.claim->digest));
    id.push_back(to_string(one->what.n->id));
    by_id.emplace(id.back(), one);
  }
  auto now = clock_.now();
  for (const auto& row :
       in_.run("INSERT INTO idempotency_key(tenant, mode, key, digest, id, kept_at) "
               "SELECT *, $6::bigint FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::uuid[]) "
               "ON CONFLICT (tenant, mode, key) DO UPDATE SET digest = excluded.digest, id = excluded.id, "
               "kept_at = excluded.kept_at WHERE idempotency_key.kept_at < $7::bigint RETURNING id",
               pqxx::params{tenant, mode, key, digest, id, micros(now), micros(now - idempotency_ttl_)}))
    by_id.erase(row[0].as<std::string>());
  if (!by_id.empty())
    for (const auto& row : in_.run(
           "SELECT u.id, k.id, k.digest = u.digest FROM "
           "unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::uuid[]) AS u(tenant, mode, key, digest, id) "
           "JOIN idempotency_key k USING (tenant, mode, key) WHERE k.id <> u.id",
           pqxx::params{tenant, mode, key, digest, id}))
      if (auto lost = by_id.find(row[0].as<std::string>()); lost != by_id.end())
        lost->second->answer = answer_of(parse_uuid(row[1].view()).value_or(uuid{}), row[2].as<bool>());
  calls = keyless;
  for (auto& [name, one] : first)
    if (!by_id.contains(to_string(one->what.n->id)))
      calls.push_back(one);
  for (auto* one : repeats) {
    auto* winner = first.at(name_of(one->what.n->space, *one->what.claim));
    auto same = winner->what.claim->digest == one->what.claim->digest;
    if (!by_id.contains(to_string(winner->what.n->id)))
      one->answer = answer_of(winner->what.n->id, same);
    else if (same)
      one->answer = winner->answer;
    else if (auto known = recall(in_, one->what.n->space, *one->what.claim, now - idempotency_ttl_); !known)
      one->answer = known.error();
    else if (*known)
      one->answer = **known;
  }
}

void lane_batch::refuse_of_erased(std::vector<accept_call*>& calls) {
  column<std::string> tenant, mode, user;
  column<std::int64_t> created_at;
  column<int> at;
  for (std::size_t n = 0; n < calls.size(); ++n) {
    auto& of = *calls[n]->what.n;
    at.push_back(static_cast<int>(n));
    tenant.push_back(of.space.tenant);
    mode.emplace_back(to_string(of.space.mode));
    user.push_back(of.user_id);
    created_at.push_back(micros(of.created_at));
  }
  if (calls.empty())
    return;
  std::unordered_set<accept_call*> refused;
  for (const auto& row :
       in_.run("SELECT u.at FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bigint[]) "
               "AS u(at, tenant, mode, user_id, created_at) JOIN farewell f USING (tenant, mode, user_id) "
               "WHERE u.created_at <= f.at",
               pqxx::params{at, tenant, mode, user, created_at}))
    refused.insert(calls[row[0].as<std::size_t>()]);
  std::erase_if(calls, [&](auto* one) {
    if (!refused.contains(one))
      return false;
    one->answer = erased_meanwhile();
    return true;
  });
}

result<std::optional<receipt>> lane_batch::recall(session& in, const space& where, const idempotency_claim& what,
                                                  sys_time kept_since) {
  auto [tenant, mode, key] = name_of(where, what);
  auto rows = in.run("SELECT id, digest = $4::bytea FROM idempotency_key "
                     "WHERE tenant = $1 AND mode = $2 AND key = $3 AND kept_at >= $5",
                     pqxx::params{tenant, std::string{mode}, key, bytea_of(what.digest), micros(kept_since)});
  if (rows.empty())
    return std::optional<receipt>{};
  auto first = answer_of(parse_uuid(rows[0][0].view()).value_or(uuid{}), rows[0][1].as<bool>());
  if (!first)
    return first.error();
  return std::optional{*first};
}

// ---------------------------------------------------------------- start

void lane_batch::start_all() {
  column<std::int64_t> key, due, at;
  column<int> number;
  column<std::string> provider, attempt, change;
  for (auto* call : starts_)
    for (auto& one : call->what) {
      key.push_back(one.key);
      due.push_back(due_column(one.due));
      at.push_back(micros(one.what.started_at));
      number.push_back(one.what.number);
      provider.push_back(one.what.provider);
      attempt.push_back(encode_attempt(one.what));
      change.push_back(encode_change({delivery_status::sending, one.what.started_at, {}, {}}));
    }
  std::unordered_set<row_key> begun;
  if (!key.empty())
    for (const auto& row :
         in_.run("UPDATE delivery_open d SET status = 2, queue = u.provider, due = 0, "
                 "attempt_count = d.attempt_count + 1, last_attempt_at = u.at, changed_at = u.at, "
                 "attempts = d.attempts || CASE d.attempts WHEN '' THEN '' ELSE ',' END || u.attempt, "
                 "history = d.history || CASE d.history WHEN '' THEN '' ELSE ',' END || u.change "
                 "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], "
                 "$7::text[]) AS u(key, due, at, number, provider, attempt, change) "
                 "WHERE d.key = u.key AND d.status <= 1 AND d.attempt_count = u.number - 1 AND d.due = u.due "
                 "RETURNING d.key",
                 pqxx::params{key, due, at, number, provider, attempt, change}))
      begun.insert(row[0].as<row_key>());
  for (auto* call : starts_) {
    std::vector<row_key> of_call;
    for (auto& one : call->what)
      if (begun.contains(one.key))
        of_call.push_back(one.key);
    call->answer = std::move(of_call);
  }
}

// ---------------------------------------------------------------- update

void lane_batch::update_all() {
  std::vector<update_call*> calls;
  for (auto* one : updates_)
    if (auto wrong = illegal(one->what))
      one->answer = *wrong;
    else
      calls.push_back(one);
  // Nearly every row is of a person who still is there: the second look is for the
  // few whose person was erased while the call was on the wire.
  update_some(calls, false);
  update_some(calls, true);
}

/// Those that were written leave `calls`.
void lane_batch::update_some(std::vector<update_call*>& calls, bool erased) {
  delivery_columns rows;
  for (auto* one : calls) {
    auto d = one->what.d;
    if (erased)
      scrub(d);
    rows.add(d, {one->what.expected, static_cast<std::size_t>(std::max(0, one->what.expected_attempts)), erased});
  }
  auto keys = rows.update(in_);
  std::unordered_set<row_key> written(keys.begin(), keys.end());
  postgres_table table{in_};
  for (auto* one : calls) {
    update_result answer;
    answer.applied = written.contains(one->what.d.key);
    if (answer.applied && (one->what.release_standby || one->what.cancel_standby))
      answer.released = follow_up_siblings(table, one->what, clock_.now());
    one->answer = std::move(answer);
  }
  std::erase_if(calls, [&](auto* one) { return written.contains(one->what.d.key); });
}

} // namespace carillon
