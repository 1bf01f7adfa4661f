#include "runtime/store/sqlite/reader.hpp"

#include "runtime/store/sqlite/faults.hpp"
#include "runtime/thread.hpp"

namespace carillon {

reader_thread::reader_thread(std::string name, std::string path, turn whose)
    : name_(std::move(name)), path_(std::move(path)), whose_(whose), queue_(queue_calls) {}

reader_thread::~reader_thread() {
  stop();
}

void reader_thread::start() {
  thread_ = std::thread{[this] { loop(); }};
}

void reader_thread::stop() {
  queue_.close();
  if (thread_.joinable())
    thread_.join();
}

void reader_thread::loop() {
  begin_thread(name_, whose_);
  while (!queue_.closed()) {
    for (auto& one : queue_.take(1, std::nullopt))
      if (!queue_.closed())
        run(*one);
  }
}

void reader_thread::run(job& one) {
  try {
    open();
    one.run();
    one.finish(nullptr);
  } catch (const sqlite_error& e) {
    if (needs_reopen(e))
      close();
    auto told = fault_of(e, path_);
    one.finish(&told);
  } catch (const std::exception& e) {
    fault told{errc::internal_error, path_ + ": " + e.what()};
    one.finish(&told);
  }
}

} // namespace carillon
