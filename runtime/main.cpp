#include "runtime/cli/run.hpp"

int main(int argc, char** argv) {
  return carillon::cli::run(argc, argv);
}
