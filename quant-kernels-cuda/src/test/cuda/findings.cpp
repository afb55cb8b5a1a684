#include "findings.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <set>

#include "emulation.h"

namespace emulation {

const void* site;

static std::string kernel;
static unsigned count;
static std::set<std::string> printed;

static unsigned long seed() {
  const char* stated = getenv("QUANT4J_EMULATION_SEED");
  return stated != nullptr ? strtoul(stated, nullptr, 10) : 1;
}

void found(const char* checker, const std::string& kind, const std::string& detail) {
  count++;
  Dl_info library = {};
  dladdr(site, &library);
  char place[40];
  snprintf(place, sizeof(place), "0x%zx", (size_t)((const char*)site - (const char*)library.dli_fbase));
  if (!printed.insert(kernel + checker + kind + place).second) {
    return;
  }
  fprintf(stderr, "emulation: %s: %s: %s%s (block %u %u %u, thread %u, code at %s, seed %lu)\n", checker, kernel.c_str(), kind.c_str(),
          detail.c_str(), here.block.x, here.block.y, here.block.z, here.thread.x, place, seed());
}

void findingsBegin(const std::string& name) {
  kernel = name;
  count = 0;
}

std::string findingsEnd() { return count == 0 ? "" : std::to_string(count) + " findings"; }

Order::Order(size_t all) : count(all) {
  static uint64_t state = seed() * 0x9e3779b97f4a7c15ull + 1;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  start = state % count;
  step = (state >> 32) % count;
  while (std::gcd(step, count) != 1) {
    step++;
  }
}

}  // namespace emulation
