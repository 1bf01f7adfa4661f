// What an operator looks at and changes: providers, sandbox, keys, settings.
#include <algorithm>

#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"
#include "runtime/http/handlers/query_reader.hpp"
#include "runtime/http/keys.hpp"
#include "runtime/http/limits.hpp"
#include "runtime/http/response.hpp"
#include "runtime/http/settings_json.hpp"

namespace carillon::http {
namespace {

constexpr std::string_view settings_feature = "notification";

ordered_json lane_json(const provider_view& v) {
  return {{"breaker", to_string(v.breaker)},
          {"forced", to_string(v.forced)},
          {"failure_rate", v.failure_rate},
          {"in_flight", v.in_flight},
          {"slots", v.slots},
          {"reopens_at", time_json(v.reopens_at)},
          {"paused_until", time_json(v.paused_until)}};
}

ordered_json provider_json(const provider_status& p) {
  auto& v = p.bulk;
  return {{"name", v.name},
          {"protocol", v.protocol},
          {"channel", v.channel ? ordered_json(to_string(*v.channel)) : ordered_json(nullptr)},
          {"lanes", {{"critical", lane_json(p.critical)}, {"bulk", lane_json(p.bulk)}}}};
}

struct order {
  breaker_order state = breaker_order::automatic;
  std::string reason;
};

order read_order(object_reader& in) {
  order out;
  std::optional<breaker_order> state;
  in.word("state", state, parse_breaker_order, "open, closed or auto", presence::required);
  in.text("reason", out.reason, limits::note_bytes);
  out.state = state.value_or(out.state);
  return out;
}

ordered_json sandbox_json(const sandbox_message& m) {
  return {{"delivery_id", to_string(m.delivery_id)}, {"notification_id", to_string(m.notification_id)},
          {"channel", to_string(m.channel)},         {"to", m.to},
          {"content", rendered_json(m.what)},        {"at", time_json(m.at)}};
}

ordered_json key_json(const api_key& k) {
  ordered_json out{{"id", k.id},
                   {"name", k.name},
                   {"tenant", k.space.tenant},
                   {"mode", to_string(k.space.mode)},
                   {"scopes", ordered_json::array()},
                   {"lane", k.lane ? ordered_json(to_string(*k.lane)) : ordered_json(nullptr)},
                   {"rate", k.rate ? ordered_json(*k.rate) : ordered_json(nullptr)},
                   {"expires_at", time_json(k.expires_at)},
                   {"created_at", time_json(k.created_at)},
                   {"revoked", k.revoked}};
  for (auto s : k.scopes)
    out["scopes"].push_back(to_string(s));
  return out;
}

void read_scopes(object_reader& in, std::vector<scope>& out) {
  auto* list = in.array("scopes", 4, presence::required);
  if (!list)
    return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto& item = (*list)[i];
    auto word = item.is_string() ? parse_scope(item.get_ref<const std::string&>()) : std::nullopt;
    if (!word)
      in.errors().push_back(
        {in.pointer_to("scopes") + '/' + std::to_string(i), "format", "must be send, read, manage or admin"});
    else if (std::find(out.begin(), out.end(), *word) == out.end())
      out.push_back(*word);
  }
  if (list->empty())
    in.fail("scopes", "range", "must name a scope");
}

api_key read_wanted_key(object_reader& in, const space& where, sys_time now) {
  api_key out;
  out.space.tenant = where.tenant;
  std::optional<mode> kind;
  in.name("name", out.name, presence::required);
  in.word("mode", kind, parse_mode, "live or test");
  read_scopes(in, out.scopes);
  in.name("tenant", out.space.tenant);
  in.word("lane", out.lane, parse_lane, "critical or bulk");
  in.positive("rate", out.rate, limits::key_rate);
  in.time("expires_at", out.expires_at);
  out.space.mode = kind.value_or(mode::live);
  if (out.expires_at && *out.expires_at <= now)
    in.fail("expires_at", "range", "is in the past");
  return out;
}

answer setting_answer(const versioned_json& stored) {
  auto out =
    json_answer({{"config", kept_json(stored.config)}, {"enabled", stored.enabled}, {"version", stored.version}});
  out.headers.push_back(etag(stored.version));
  return out;
}

versioned_json read_setting(object_reader& in, bool understood) {
  versioned_json out;
  if (auto* config = in.object("config", presence::required)) {
    out.config = to_text(*config);
    if (understood)
      read_settings(*config, in.pointer_to("config"), in.errors());
  }
  in.flag("enabled", out.enabled);
  std::int64_t ignored = 0; // what GET answered may be sent back as it is; If-Match binds
  in.integer("version", ignored, 0, limits::max_version);
  return out;
}

/// Breakers and settings belong to the engine, so to all tenants and to live traffic.
std::optional<fault> only_operators(const space& whose) {
  if (whose.tenant != space{}.tenant)
    return fault{errc::forbidden, "This concerns all tenants: a key of the tenant default is needed."};
  if (whose.mode == mode::test)
    return fault{errc::forbidden, "This concerns live traffic: a live key is needed."};
  return std::nullopt;
}

} // namespace

void list_providers(service& with, request& rq, responder respond) {
  with.engine.providers(
    answer_with<std::vector<provider_status>>(rq, respond, [](const std::vector<provider_status>& all) {
      ordered_json rows = ordered_json::array();
      for (auto& p : all)
        rows.push_back(provider_json(p));
      return list_answer(std::move(rows), "");
    }));
}

void put_breaker(service& with, request& rq, responder respond) {
  if (auto refused = only_operators(rq.where()))
    return respond(std::move(*refused));
  auto what = read_body(rq, read_order);
  if (!what)
    return respond(std::move(what.error()));
  auto& name = rq.args[0];
  if (!with.engine.config().providers.contains(name))
    return respond(fault{errc::not_found, "There is no provider of that name."});
  auto answer = on_pool<ok_t>(rq, [respond, name, order = *what](result<ok_t> kept) {
    if (!kept)
      return respond(std::move(kept.error()));
    respond(json_answer({{"name", name}, {"state", to_string(order.state)}, {"reason", order.reason}}));
  });
  // On the store's thread, so that orders come into force as they were written.
  auto stored = [&engine = with.engine, answer, name, state = what->state](result<ok_t> kept) {
    if (kept) {
      engine.order_breaker(name, state);
      engine.watch().log(log_level::warning, "breaker_ordered",
                         {{"provider", name}, {"state", std::string{to_string(state)}}});
    }
    answer(std::move(kept));
  };
  with.engine.control().put_breaker_order(name, what->state, what->reason, std::move(stored));
}

void list_sandbox(service& with, request& rq, responder respond) {
  query_reader query{rq};
  auto limit = query.limit();
  if (query.problem())
    return respond(*query.problem());
  ordered_json rows = ordered_json::array();
  for (auto& m : with.engine.sandbox_messages(rq.where(), limit))
    rows.push_back(sandbox_json(m));
  respond(list_answer(std::move(rows), ""));
}

void list_keys(service& with, request& rq, responder respond) {
  with.engine.control().list_keys(rq.where().tenant,
                                  answer_with<std::vector<api_key>>(rq, respond, [](const std::vector<api_key>& keys) {
                                    ordered_json rows = ordered_json::array();
                                    for (auto& k : keys)
                                      rows.push_back(key_json(k));
                                    return list_answer(std::move(rows), "");
                                  }));
}

/// Admins make keys for their own tenant; those of "default", the operator's, for any.
void post_key(service& with, request& rq, responder respond) {
  auto now = with.engine.clock().now();
  auto what = read_body(rq, [&](object_reader& in) { return read_wanted_key(in, rq.where(), now); });
  if (!what)
    return respond(std::move(what.error()));
  if (what->space.tenant != rq.where().tenant && rq.where().tenant != space{}.tenant)
    return respond(fault{errc::forbidden, "A key of this tenant makes keys for its own tenant only."});
  if (what->space.mode == mode::live && rq.where().mode == mode::test)
    return respond(fault{errc::forbidden, "A test key makes test keys only."});
  auto made = make_key(std::move(*what), now);
  auto added = [&with, respond, text = made.text](result<api_key> kept) {
    if (!kept)
      return respond(std::move(kept.error()));
    with.keys.add(*kept);
    auto body = key_json(*kept);
    body["key"] = text;
    respond(json_answer(body, 201));
  };
  with.engine.control().add_key(std::move(made.kept), on_pool<api_key>(rq, std::move(added)));
}

void delete_key(service& with, request& rq, responder respond) {
  if (rq.where().mode == mode::test) // it might be a live one's
    return respond(fault{errc::forbidden, "A test key revokes no keys: a live key is needed."});
  auto revoked = [&with, respond, id = rq.args[0]](result<ok_t> gone) {
    if (!gone)
      return respond(std::move(gone.error()));
    with.keys.remove(id);
    respond(no_content());
  };
  with.engine.control().revoke_key(rq.where().tenant, rq.args[0], on_pool<ok_t>(rq, std::move(revoked)));
}

void get_setting(service& with, request& rq, responder respond) {
  auto show = [respond, known = rq.args[0] == settings_feature](result<versioned_json> found) {
    if (!found && found.error().code == errc::not_found && known)
      return respond(setting_answer({})); // nobody has changed it yet
    respond(found ? setting_answer(*found) : result<answer>{std::move(found.error())});
  };
  with.engine.control().get_setting(rq.args[0], on_pool<versioned_json>(rq, std::move(show)));
}

void put_setting(service& with, request& rq, responder respond) {
  if (auto refused = only_operators(rq.where()))
    return respond(std::move(*refused));
  auto expected = expected_version(rq);
  if (!expected)
    return respond(std::move(expected.error()));
  bool understood = rq.args[0] == settings_feature;
  auto what = read_body(rq, [understood](object_reader& in) { return read_setting(in, understood); });
  if (!what)
    return respond(std::move(what.error()));
  auto answer = answer_with<versioned_json>(rq, respond, setting_answer);
  // On the store's thread, so that settings come into force as they were written.
  auto stored = [&engine = with.engine, answer, understood](result<versioned_json> kept) {
    if (kept && understood)
      if (auto settings = parse_settings(*kept))
        engine.announce(std::make_shared<const feature_settings>(std::move(*settings)));
    answer(std::move(kept));
  };
  with.engine.control().put_setting(rq.args[0], what->config, what->enabled, *expected, std::move(stored));
}

} // namespace carillon::http
