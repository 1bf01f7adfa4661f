// A webhook vendor to send to: `bench_vendor [--port 0] [--script delay_ms=20]`.
// Prints `{"port": N}` once it listens and runs until it is ended.
#include <cstdio>
#include <exception>

#include "bench/common/arguments.hpp"
#include "bench/vendor/server.hpp"

int main(int argc, char** argv) {
  try {
    const bench::arguments given{argc, argv, "port script"};
    vendor::script script;
    script.apply(given.text("script"));
    vendor::server server{static_cast<std::uint16_t>(given.number("port")), script};
    std::printf("{\"port\": %u}\n", static_cast<unsigned>(server.port()));
    std::fflush(stdout);
    server.run();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_vendor: %s\n", problem.what());
    return 2;
  }
}
