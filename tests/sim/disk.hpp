// The lines of a store's file in virtual time. Writes are committed in batches,
// whatever waits when the writer is free; a commit takes time, may fail, may take
// very long, and the process may die just before or just after it. Reads see what
// was committed when they were made, and answer a little later. Lines belong to a
// process and are forgotten with it; the models they write to stay.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/model/call_line.hpp"
#include "tests/sim/surroundings.hpp"

namespace carillon::sim {

class write_line final : public call_line, public std::enable_shared_from_this<write_line> {
public:
  write_line(surroundings& around, std::string file) : around_(around), file_(std::move(file)) {}
  /// The process is gone: what was not committed never happened, and nobody hears of the rest.
  void close();

private:
  void push(port_call what) override;
  void begin();
  void commit();

  surroundings& around_;
  std::string file_;
  std::deque<port_call> waiting_;
  std::vector<port_call> batch_;
  bool busy_ = false;
  bool closed_ = false;
};

class read_line final : public call_line, public std::enable_shared_from_this<read_line> {
public:
  read_line(surroundings& around, std::string file) : around_(around), file_(std::move(file)) {}
  void close();

private:
  void push(port_call what) override;
  void serve();
  void finish(bool failed);

  surroundings& around_;
  std::string file_;
  std::deque<port_call> waiting_; ///< the first is being served
  bool closed_ = false;
};

} // namespace carillon::sim
