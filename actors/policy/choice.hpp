// What people chose, and what carillon makes of it: which channels a notification
// uses, and for each address whether it may be used now, later or not at all.
// Every answer names its rule. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/categories.hpp"
#include "config/options.hpp"
#include "messages/domain.hpp"
#include "messages/ports.hpp"

namespace carillon {

/// The rules that a person's choices, the configuration and the clock give. Others are
/// named where they are applied: `limit.*` (limits.hpp), `outcome.*`, `fallback`,
/// `retry.used_up` and `ambiguous.hold` (disposition.hpp), `endpoint.*`
/// (endpoint_share.hpp), `no_channel`, `no_provider`, `sender.cancel`, `resolved`, `redriven`.
///   settings.channel_off, settings.type_off     kill switches          -> suppressed
///   person.erased                               tombstone              -> suppressed
///   no_address                                  nothing to send to     -> failed
///   suppression                                 the ledger             -> suppressed
///   expired                                     too late               -> expired
///   preference.type_channel, .type, .category_channel, .category, .any_channel, .any
///                                               a person's choice      -> suppressed or allowed
///   category.no_opt_out                         beats a choice: opt_out=false -> allowed
///   category.default                            default_enabled=false  -> suppressed
///   mandatory                                   beats a choice or quiet hours -> allowed
///   send_at                                     the sender's time      -> scheduled
///   quiet_hours                                 the person's time      -> scheduled
///   routing.first                               a sibling goes first   -> scheduled (standby)
///   allowed                                     nothing stands against -> queued
/// What is allowed may still wait for a provider. These are never stored, but read
/// from how the providers stand when somebody asks (waiting.hpp):
///   waits.breaker, waits.breaker_forced         open after failures, or by a person's order
///   waits.probe                                 half open: a few calls at a time
///   waits.pause                                 the vendor's Retry-After
///   waits.slot, waits.rate                      as many calls as it may have
///   waits.start, waits.shutdown                 the provider, or the engine, begins or ends
///   waits.turn                                  work before it goes first
struct verdict {
  delivery_status status = delivery_status::queued; ///< queued, scheduled, suppressed, failed or expired
  decision why;
  std::optional<sys_time> due; ///< of scheduled
};

/// Everything a verdict rests on.
struct choice_input {
  const options& config;
  const feature_settings* settings = nullptr;
  const person& who;
  const type_options& type;
  const category_options& category;
  std::string type_name, category_name;
  carillon::priority priority = priority::medium;
  carillon::channel channel = channel::email;
  std::string address;             ///< empty: none
  std::optional<sys_time> send_at; ///< only at accept
  std::optional<sys_time> expires_at;
  sys_time now{};
};

/// Checks in the order of the table: what stands against it, the person's choice,
/// the time. Quiet hours are those at `send_at` where that lies ahead; they hold
/// only categories with quiet hours, never mandatory types nor priority critical.
/// What would wait until `expires_at` or longer is expired now, and says so.
verdict decide(const choice_input& in);

/// The most specific rule of a person for this type, category and channel, or null.
/// Type before category before any; at the same level a channel before "*"; of
/// two that are alike the later one.
const preference_rule* find_rule(const std::vector<preference_rule>& rules, const std::string& type,
                                 const std::string& category, channel on);

/// Channels of a notification: those asked for, else the type's, else every one
/// that has providers, an address, and is not switched off by the person (where
/// the person may). A condition that would leave none is dropped, so that the
/// deliveries that remain say why nothing was sent.
std::vector<channel> channels_of(const command& what, const type_options& type, const options& config,
                                 const contacts& where, const user* who);

/// Type and category as configured, with defaults for undeclared types.
/// invalid_request with pointer /category where the category is not declared.
struct resolved_type {
  type_options type;
  category_options category;
  std::string category_name;
  carillon::priority priority = priority::medium;
};
result<resolved_type> resolve_type(const options& config, const std::string& type, const std::string& category,
                                   std::optional<priority> wanted);

} // namespace carillon
