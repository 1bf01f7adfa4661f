#include "messages/domain.hpp"

#include <cassert>

#include "messages/transitions.hpp"

namespace carillon {

std::string to_string(const space& value) {
  return value.tenant + '/' + std::string{to_string(value.mode)};
}

space parse_space(std::string_view text) {
  auto slash = text.rfind('/');
  if (slash == std::string_view::npos)
    return {std::string{text}, mode::live};
  return {std::string{text.substr(0, slash)}, parse_mode(text.substr(slash + 1)).value_or(mode::live)};
}

std::vector<std::string> addresses_of(const contacts& where, channel on, const std::string& user_id) {
  auto one = [](const std::string& value) {
    return value.empty() ? std::vector<std::string>{} : std::vector<std::string>{value};
  };
  switch (on) {
  case channel::email: return one(where.email);
  case channel::sms:
  case channel::whatsapp: return one(where.phone);
  case channel::webhook: return one(where.webhook);
  case channel::in_app: return one(user_id);
  case channel::chat: return one(where.slack_channel.empty() ? where.telegram_chat : where.slack_channel);
  case channel::push: {
    std::vector<std::string> tokens;
    for (auto& d : where.devices)
      tokens.push_back(d.protocol + ':' + d.token);
    return tokens;
  }
  }
  return {};
}

rendered render_for(const content& what, channel on) {
  rendered out{what.title, what.body, "", what.data};
  auto found = what.by_channel.find(on);
  if (found == what.by_channel.end())
    return out;
  auto& own = found->second;
  for (auto* title : {&own.title, &own.subject})
    if (!title->empty())
      out.title = *title;
  for (auto* body : {&own.body, &own.text})
    if (!body->empty())
      out.body = *body;
  out.html = own.html;
  return out;
}

void move_to(delivery& d, delivery_status next, sys_time at, decision why) {
  assert(d.history.empty() || may_move(d.status, next));
  d.status = next;
  d.history.push_back({next, at, std::move(why.rule), std::move(why.reason)});
}

} // namespace carillon
