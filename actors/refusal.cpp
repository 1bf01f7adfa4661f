#include "actors/refusal.hpp"

namespace carillon {

void refuse_unless_repeated(const lane_context& context, const intake_ptr& what, fault why) {
  if (!what->claim || what->explain)
    return what->refuse(std::move(why));
  context.store.recall(what->space, *what->claim,
                       [what, why = std::move(why), &watch = context.watch](result<std::optional<receipt>> known) {
                         if (!known)
                           return what->refuse(std::move(known.error()));
                         if (!*known)
                           return what->refuse(why);
                         if (watch.wants(log_level::debug))
                           watch.log(log_level::debug, "notification.replayed",
                                     {{"request_id", what->correlation_id},
                                      {"notification_id", to_string((*known)->id)},
                                      {"lane", std::string{to_string((*known)->lane)}}});
                         what->accept(**known);
                       });
}

} // namespace carillon
