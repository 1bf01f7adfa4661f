// People: profile, preferences and erasure. After each change the caches of both
// lanes are told before the caller is, so its next request sees the change.
#include "runtime/http/user_json.hpp"

#include <algorithm>

#include "runtime/http/erasure.hpp"
#include "runtime/http/handlers/common.hpp"
#include "runtime/http/handlers/handlers.hpp"

namespace carillon::http {
namespace {

using show = answer (*)(const user&);

answer show_profile(const user& who) {
  auto out = json_answer(user_json(who));
  out.headers.push_back(etag(who.version));
  return out;
}

answer show_preferences(const user& who) {
  auto out = json_answer(preferences_json(who));
  out.headers.push_back(etag(who.preferences_version));
  return out;
}

/// Either part of a person: how it is read, shown and versioned.
struct part_rules {
  user_part part;
  void (*read)(object_reader& in, const options& config, user& out);
  ordered_json (*write)(const user& who);
  show answer_with;
  std::uint64_t user::*version;
};
constexpr part_rules profile{user_part::profile,
                             [](object_reader& in, const options&, user& out) { read_profile(in, out); }, profile_json,
                             show_profile, &user::version};
constexpr part_rules choices{user_part::preferences, read_preferences, preferences_json, show_preferences,
                             &user::preferences_version};

result<user> read_user_part(const options& config, const request& rq, const json& body, const part_rules& rules) {
  return read_object(body, [&](object_reader& in) {
    user out;
    out.space = rq.where();
    out.id = rq.args[0];
    rules.read(in, config, out);
    return out;
  });
}

done<user_ptr> after_write(service& with, const request& rq, responder respond, const part_rules& rules) {
  return on_pool<user_ptr>(rq, [&with, &rules, respond](result<user_ptr> kept) {
    if (!kept)
      return respond(std::move(kept.error()));
    with.engine.announce(change{(*kept)->space, (*kept)->id, {}});
    respond(rules.answer_with(**kept));
  });
}

void get_part(service& with, request& rq, responder respond, const part_rules& rules) {
  with.engine.control().get_user(
    rq.where(), rq.args[0],
    answer_with<user_ptr>(rq, respond, [&rules](const user_ptr& who) { return rules.answer_with(*who); }));
}

void put_part(service& with, request& rq, responder respond, const part_rules& rules) {
  auto expected = expected_version(rq);
  auto body = parse_json(rq.body);
  if (!expected || !body)
    return respond(expected ? body.error() : expected.error());
  auto what = read_user_part(with.engine.config(), rq, *body, rules);
  if (!what)
    return respond(std::move(what.error()));
  auto now = with.engine.clock().now();
  what->created_at = what->updated_at = now;
  with.engine.control().put_user(std::move(*what), rules.part, *expected, after_write(with, rq, respond, rules));
}

/// Merging drops a null whatever its name is: a wrong name must not look as if it
/// had been taken away.
std::vector<field_error> unknown_names(const options& config, const request& rq, const json& patch,
                                       const part_rules& rules) {
  auto read = read_user_part(config, rq, patch, rules);
  if (read)
    return {};
  auto wrong = std::move(read.error().fields);
  std::erase_if(wrong, [](auto& field) { return field.code != "unknown"; });
  return wrong;
}

/// The merged part; else everything that is wrong with it, and with the patch's names.
result<user> read_merged(const options& config, const request& rq, const json& merged, const part_rules& rules,
                         std::vector<field_error> wrong) {
  auto what = read_user_part(config, rq, merged, rules);
  if (what && wrong.empty())
    return what;
  if (!what)
    for (auto& field : what.error().fields)
      if (std::none_of(wrong.begin(), wrong.end(), [&](auto& known) { return known.pointer == field.pointer; }))
        wrong.push_back(std::move(field));
  return invalid(std::move(wrong));
}

/// RFC 7396: null takes a member away. The write is bound to the version that was
/// read, so that a change in between is not lost.
void patch_part(service& with, request& rq, responder respond, const part_rules& rules) {
  auto expected = expected_version(rq);
  auto patch = parse_json(rq.body);
  if (!expected || !patch)
    return respond(expected ? patch.error() : expected.error());
  auto wrong = unknown_names(with.engine.config(), rq, *patch, rules);
  auto again = std::make_shared<request>(std::move(rq));
  auto merge = [&with, &rules, respond, again, patch = std::move(*patch), wrong = std::move(wrong),
                expected = *expected](result<user_ptr> found) {
    if (!found)
      return respond(wrong.empty() ? std::move(found.error()) : invalid(wrong));
    json merged = rules.write(**found);
    merged.merge_patch(patch);
    auto what = read_merged(with.engine.config(), *again, merged, rules, wrong);
    if (!what)
      return respond(std::move(what.error()));
    what->created_at = (*found)->created_at;
    what->updated_at = with.engine.clock().now();
    auto stands = (**found).*rules.version;
    auto version = expected.value_or(any_version) == any_version ? stands : *expected;
    with.engine.control().put_user(std::move(*what), rules.part, version, after_write(with, *again, respond, rules));
  };
  with.engine.control().get_user(again->where(), again->args[0], on_pool<user_ptr>(*again, std::move(merge)));
}

} // namespace

void get_user(service& with, request& rq, responder respond) {
  get_part(with, rq, std::move(respond), profile);
}
void put_user(service& with, request& rq, responder respond) {
  put_part(with, rq, std::move(respond), profile);
}
void patch_user(service& with, request& rq, responder respond) {
  patch_part(with, rq, std::move(respond), profile);
}
/// If-Match is held against what is stored just before: a change in between is erased too.
void delete_user(service& with, request& rq, responder respond) {
  auto expected = expected_version(rq);
  if (!expected)
    return respond(std::move(expected.error()));
  auto erased = on_pool<ok_t>(rq, [respond](result<ok_t> got) {
    if (!got)
      return respond(std::move(got.error()));
    respond(no_content());
  });
  auto erase = [&engine = with.engine, where = rq.where(), id = rq.args[0], erased] {
    engine.control().erase_user(where, id, engine.clock().now(), [&engine, where, id, erased](result<ok_t> kept) {
      if (!kept)
        return erased(std::move(kept));
      engine.announce(change{where, id, {}});
      erase_everywhere(engine, where, id, erased);
    });
  };
  if (!*expected)
    return erase();
  auto if_it_stands = [respond, erase, version = **expected](const result<user_ptr>& found) {
    if (!found && found.error().code != errc::not_found)
      return respond(found.error());
    if (!fulfils(version, found ? (*found)->version : 0))
      return respond(fault{errc::version_mismatch, "The user is not at the version of If-Match; nothing was erased."});
    erase();
  };
  with.engine.control().get_user(rq.where(), rq.args[0], on_pool<user_ptr>(rq, std::move(if_it_stands)));
}
void get_preferences(service& with, request& rq, responder respond) {
  get_part(with, rq, std::move(respond), choices);
}
void put_preferences(service& with, request& rq, responder respond) {
  put_part(with, rq, std::move(respond), choices);
}
void patch_preferences(service& with, request& rq, responder respond) {
  patch_part(with, rq, std::move(respond), choices);
}

} // namespace carillon::http
