#include "runtime/http/erasure.hpp"

namespace carillon {
namespace {

class erasure : public std::enable_shared_from_this<erasure> {
public:
  erasure(engine_port& engine, space where, std::string user_id, done<ok_t> then)
      : engine_(engine), where_(std::move(where)), user_id_(std::move(user_id)), then_(std::move(then)) {}

  void run() { engine_.store_of(lane::critical).erase(where_, user_id_, next(&erasure::bulk)); }

private:
  void bulk() { engine_.store_of(lane::bulk).erase(where_, user_id_, next(&erasure::inbox)); }
  void inbox() { engine_.inbox().erase(where_, user_id_, next(&erasure::finish)); }
  void finish() {
    engine_.forget_in_sandbox(where_, user_id_);
    engine_.control().finish_erasure(where_, user_id_, then_);
  }

  done<ok_t> next(void (erasure::*step)()) {
    return [self = shared_from_this(), step](result<ok_t> got) {
      if (got)
        (self.get()->*step)();
      else
        self->then_(std::move(got));
    };
  }

  engine_port& engine_;
  space where_;
  std::string user_id_;
  done<ok_t> then_;
};

} // namespace

void erase_everywhere(engine_port& engine, const space& where, const std::string& user_id, done<ok_t> then) {
  std::make_shared<erasure>(engine, where, user_id, std::move(then))->run();
}

} // namespace carillon
