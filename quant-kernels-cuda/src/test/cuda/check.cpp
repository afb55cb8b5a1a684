// Compares every family of kernels with plain loops in double precision. Runs on a device and on the emulation:
//   c++ -std=c++17 -O2 -o check check*.cpp -ldl; ./check LIBRARY PTX_FOLDER
#include "check.h"

int failures = 0;
int checks = 0;
double largestShare = 0;

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "check LIBRARY PTX_FOLDER\n");
    return 2;
  }
  Driver d(argv[1], argv[2]);
  Random random(7);
  checkOperations(d, random);
  checkProducts(d, random);
  if (d.capability() == 90) {
    checkWarpgroups(d, random);
  }
  checkAttentions(d, random);
  printf("%d checks, %d failed; errors with limits of their own are up to %.2f of these\n", checks, failures, largestShare);
  return failures == 0 ? 0 : 1;
}
