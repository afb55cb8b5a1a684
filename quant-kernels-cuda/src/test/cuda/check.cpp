// Compares every family of kernels with plain loops in double precision. Runs on a device and on the emulation:
//   c++ -std=c++17 -O2 -o check check*.cpp -ldl; ./check LIBRARY PTX_FOLDER [FAMILY...]
#include "check.h"

int failures = 0;
int checks = 0;
double largestShare = 0;

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "check LIBRARY PTX_FOLDER [operations] [products] [warpgroups] [attentions]\n");
    return 2;
  }
  Driver d(argv[1], argv[2]);
  auto run = [&](const char* family, void (*check)(Driver&, Random&)) {
    if (argc == 3 || std::count(argv + 3, argv + argc, std::string(family)) > 0) {
      Random random(7);
      check(d, random);
    }
  };
  run("operations", checkOperations);
  run("products", checkProducts);
  if (d.capability() == 90) {
    run("warpgroups", checkWarpgroups);
  }
  run("attentions", checkAttentions);
  printf("%d checks, %d failed; errors with limits of their own are up to %.2f of these\n", checks, failures, largestShare);
  return failures == 0 ? 0 : 1;
}
